// The row operations of the metric geometry, one source for all variants: included by the file of each, which compiles
// it for its instructions.
#pragma once
#include <limits>

#include "preprocess/metric.hpp"

namespace trd::cpu {
namespace {

void heights(const float* xyz, int64_t n, const HeightPlane& given, float* sum, float* count) {
    const HeightPlane plane = given;
    for (int64_t i = 0; i < n; ++i) {
        const float x = xyz[3 * i], y = xyz[3 * i + 1], z = xyz[3 * i + 2];
        const float ax = __builtin_fabsf(x), ay = __builtin_fabsf(y), az = __builtin_fabsf(z);
        const bool is = (ax <= kMaxCoordinate) & (ay <= kMaxCoordinate) & (az <= kMaxCoordinate) & (z != 0);
        const float h = above(plane, x, y, z);
        sum[i] += is ? h : 0.0f;
        count[i] += is ? 1.0f : 0.0f;
    }
}

void surface(const float* __restrict__ height, const float* __restrict__ weight, int64_t n, float* __restrict__ out) {
    for (int64_t i = 0; i < n; ++i) {
        const float v = height[i] / weight[i];
        out[i] = weight[i] >= kLeastWeight ? v : std::numeric_limits<float>::quiet_NaN();
    }
}

void relief(const float* __restrict__ surface, const float* __restrict__ height, const float* __restrict__ weight,
            int64_t n, const MetricTables& tables, float* __restrict__ out, float* __restrict__ shown) {
    const float per_metre = tables.per_metre, per_ground = tables.per_ground, offset = tables.fade_offset;
    for (int64_t i = 0; i < n; ++i) {
        const float around = height[i] / weight[i];
        const float share = fade(surface[i], around, per_ground, offset);
        const float v = bounded_tanh((surface[i] - around) * per_metre) * share;
        out[i] = surface[i] == surface[i] ? v : 0.0f;
        shown[i] = share;
    }
}

void image(const float* __restrict__ above, const float* __restrict__ here, const float* __restrict__ below,
           const float* __restrict__ relief, const float* __restrict__ shown, int64_t n, float slope,
           float* __restrict__ out) {
    for (int64_t i = 0; i < n; ++i) {
        const float centre = here[i + 1];
        // A neighbour without a surface counts as level with the pixel.
        const auto known = [centre](float v) { return v == v ? v : centre; };
        const float a0 = known(above[i]), a1 = known(above[i + 1]), a2 = known(above[i + 2]);
        const float b0 = known(below[i]), b1 = known(below[i + 1]), b2 = known(below[i + 2]);
        const float h0 = known(here[i]), h2 = known(here[i + 2]);
        const float dx = (((a2 - a0) + 2.0f * (h2 - h0)) + (b2 - b0)) * slope;
        const float dy = (((b0 - a0) + 2.0f * (b1 - a1)) + (b2 - a2)) * slope;
        const float x = centre == centre ? dx : 0.0f, y = centre == centre ? dy : 0.0f;
        const float half = 0.5f / __builtin_sqrtf((x * x + y * y) + 1.0f);
        out[3 * i] = 0.5f - x * half * shown[i];
        out[3 * i + 1] = 0.5f - y * half * shown[i];
        out[3 * i + 2] = 0.5f + 0.5f * relief[i];
    }
}

}  // namespace
}  // namespace trd::cpu
