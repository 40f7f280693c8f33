// Points to geometry in metric terms (SPEC section 5): what lies in the workspace of trd_prepare_metric, the arithmetic
// that both backends share, and the row operations that have variants for newer instructions. All give the same bits:
// the same float operations in the same order, without contraction.
#pragma once
#include <cstdint>

#include "gaussian.hpp"
#include "preprocess/preprocess.hpp"
#include "preprocess/tables.hpp"
#include "workspace.hpp"

namespace trd {

constexpr float kLeastWeight = 0.05f;  // of measured pixels under the finer Gaussian; below, a pixel is neutral

struct MetricTables {
    Blur smooth, relief;
    float slope;      // of a sum of Sobel's 3 x 3: slope_gain / 8
    float per_metre;  // 1 / relief_metres
    float per_ground, fade_offset;  // fade = per_ground * height + fade_offset, from 0 to 1
};

struct MetricWorkspace {
    static constexpr int64_t kPadding = 64;  // floats behind a plane, which vectors may read
    int64_t pitch = 0;                       // floats from row to row of a plane
    MetricTables* tables = nullptr;
    int32_t *columns = nullptr, *rows = nullptr;  // [size, 2]: points that an output averages, from and to
    float *height = nullptr, *weight = nullptr;   // [size, pitch]: mean height and 1, or 0 and 0 without a point
    // [size, pitch]. On the CPU [0] the smoothed height, NaN where there is none, [1] the relief and [2] how much of
    // the pixel is shown; on CUDA height and weight blurred downwards, by the finer Gaussian, then by the wider one.
    float* blurred[4] = {};
    int64_t bytes = 0;
    MetricWorkspace(const PlanHeader& plan, void* start);
    void fill(const PlanHeader& plan);
    void set(const MetricScales& scales);
};

// z = z0 + a (x - x0) + b (y - y0); what is nearer than that is above it.
struct HeightPlane {
    float x0, y0, z0, a, b;
};

namespace {

TRD_HOST_DEVICE inline HeightPlane height_plane(const float* p) { return {p[0], p[1], p[2], p[3], p[4]}; }

TRD_HOST_DEVICE inline float above(const HeightPlane& p, float x, float y, float z) {
    return (p.a * (x - p.x0) + p.b * (y - p.y0)) + (p.z0 - z);
}

TRD_HOST_DEVICE inline bool measured(float x, float y, float z) {
    return z != 0 && __builtin_fabsf(x) <= kMaxCoordinate && __builtin_fabsf(y) <= kMaxCoordinate &&
           __builtin_fabsf(z) <= kMaxCoordinate;  // false for NaN
}

// Index with a half-sample symmetric border: b a | a b c | c b.
TRD_HOST_DEVICE inline int64_t mirrored(int64_t i, int64_t n) {
    while (i < 0 || i >= n) i = i < 0 ? -1 - i : 2 * n - 1 - i;
    return i;
}

// How much is shown of a pixel whose surface and surroundings are so high: all from twice the ground's height on.
TRD_HOST_DEVICE inline float fade(float surface, float around, float per_ground, float offset) {
    const float s = __builtin_fabsf(surface), a = __builtin_fabsf(around);
    const float v = (s > a ? s : a) * per_ground + offset;
    return v > 0.0f ? (v < 1.0f ? v : 1.0f) : 0.0f;  // 0 for NaN
}

// tanh as a rational function, after Eigen's: within 3e-7, never beyond 1.
TRD_HOST_DEVICE inline float bounded_tanh(float v) {
    constexpr float kEnd = 7.90531110763549805f;
    const float x = v > kEnd ? kEnd : v < -kEnd ? -kEnd : v, s = x * x;
    float p = s * -2.76076847742355e-16f + 2.00018790482477e-13f;
    p = s * p + -8.60467152213735e-11f;
    p = s * p + 5.12229709037114e-08f;
    p = s * p + 1.48572235717979e-05f;
    p = s * p + 6.37261928875436e-04f;
    p = x * (s * p + 4.89352455891786e-03f);
    float q = s * 1.19825839466702e-06f + 1.18534705686654e-04f;
    q = s * q + 2.26843463243900e-03f;
    q = s * q + 4.89352518554385e-03f;
    return p / q;
}

}  // namespace

namespace cpu {

struct MetricRows {
    // Adds the heights of n points to sum and their number to count.
    void (*heights)(const float* xyz, int64_t n, const HeightPlane& plane, float* sum, float* count);
    // height / weight, NaN below the least weight.
    void (*surface)(const float* height, const float* weight, int64_t n, float* out);
    // How much of a pixel is shown, and so much of tanh((surface - height / weight) per_metre), 0 where there is no
    // surface.
    void (*relief)(const float* surface, const float* height, const float* weight, int64_t n,
                   const MetricTables& tables, float* out, float* shown);
    // n pixels of the image, not yet normalised; rows of the surface start at the pixel to the left.
    void (*image)(const float* above, const float* here, const float* below, const float* relief, const float* shown,
                  int64_t n, float slope, float* out);
};

const MetricRows& metric_rows();  // of this machine's Isa
extern const MetricRows metric_rows_avx2, metric_rows_avx512;

}  // namespace cpu
}  // namespace trd
