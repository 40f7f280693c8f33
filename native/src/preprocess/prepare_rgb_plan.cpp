// Pillow's filter, and what lies in the workspace of trd_prepare_rgb.
#include <cmath>

#include "preprocess/prepare_rgb.hpp"

namespace trd {
namespace {

// Pillow's triangle filter: its support grows with the reduction, its weights are rounded to fixed point.
struct PillowFilter {
    double scale, support;
    PillowFilter(int64_t in, int64_t out)
        : scale(static_cast<double>(in) / static_cast<double>(out)), support(scale < 1 ? 1 : scale) {}
    int64_t first(int64_t i) const {
        const auto v = static_cast<int64_t>((static_cast<double>(i) + 0.5) * scale - support + 0.5);
        return v < 0 ? 0 : v;
    }
    int64_t taps(int64_t i, int64_t in) const {
        const auto end = static_cast<int64_t>((static_cast<double>(i) + 0.5) * scale + support + 0.5);
        return (end < in ? end : in) - first(i);
    }
};

// Multiples of 8, what the vector variants take at once, unless the image is narrower than that.
int64_t padded_taps(int64_t in, int64_t out) {
    const PillowFilter filter(in, out);
    int64_t most = 1;
    for (int64_t i = 0; i < out; ++i) most = filter.taps(i, in) > most ? filter.taps(i, in) : most;
    most = (most + 7) / 8 * 8;
    return most < in ? most : in;
}

void fill_axis(int64_t in, int64_t out, int64_t taps, int32_t* first, int32_t* weights) {
    const PillowFilter filter(in, out);
    for (int64_t i = 0; i < out; ++i) {
        const double centre = (static_cast<double>(i) + 0.5) * filter.scale;
        const int64_t start = filter.first(i), n = filter.taps(i, in);
        // The window may have to begin earlier so that it ends inside the image.
        const int64_t window = start + taps <= in ? start : in - taps;
        first[i] = static_cast<int32_t>(window);
        const auto weight = [&](int64_t k) {
            const double v = 1 - std::fabs((static_cast<double>(k + start) - centre + 0.5) * (1 / filter.support));
            return v > 0 ? v : 0;
        };
        double sum = 0;
        for (int64_t k = 0; k < n; ++k) sum += weight(k);
        for (int64_t k = 0; k < taps; ++k) {
            const int64_t own = k + window - start;
            weights[i * taps + k] =
                own < 0 || own >= n ? 0 : static_cast<int32_t>(0.5 + weight(own) / sum * (1 << kPillowBits));
        }
    }
}

void fill_split(int64_t count, const int32_t* weights, int16_t* split) {
    for (int64_t i = 0; i < count; ++i) {
        split[i / 8 * 16 + i % 8] = static_cast<int16_t>(weights[i] >> 11);
        split[i / 8 * 16 + 8 + i % 8] = static_cast<int16_t>(weights[i] & 2047);
    }
}

}  // namespace

void derive_taps(PlanHeader& plan) {
    plan.across_taps = padded_taps(plan.width, plan.size);
    plan.down_taps = padded_taps(plan.height, plan.size);
}

RgbWorkspace::RgbWorkspace(const PlanHeader& plan, void* start) {
    WorkspaceLayout layout(start);
    layout.take<PlanHeader>(1);
    const int64_t size = plan.size;
    across.taps = plan.across_taps;
    down.taps = plan.down_taps;
    across.first = across_first = layout.take<int32_t>(size);
    across.weights = across_weights = layout.take<int32_t>(size * across.taps);
    across.split = across_split = layout.take<int16_t>(2 * size * ((across.taps + 7) / 8 * 8));
    down.first = down_first = layout.take<int32_t>(size);
    down.weights = down_weights = layout.take<int32_t>(size * down.taps);
    down.split = nullptr;
    pitch = (3 * size + 1 + 63) / 64 * 64;
    between = layout.take<uint8_t>(plan.height * pitch);
    bytes = layout.bytes();
}

void RgbWorkspace::fill(const PlanHeader& plan) {
    fill_axis(plan.width, plan.size, across.taps, across_first, across_weights);
    fill_axis(plan.height, plan.size, down.taps, down_first, down_weights);
    if (across.taps % 8 == 0) fill_split(plan.size * across.taps, across_weights, across_split);
}

}  // namespace trd
