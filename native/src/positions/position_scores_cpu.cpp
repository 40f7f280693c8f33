// Soft maxima of maps and filtered differences, on the CPU: sums of exponentials, their logarithms, and a Gaussian of
// the three maps, whose lines are taken before it: it keeps constants.
#include <algorithm>

#include "gaussian.hpp"
#include "positions/area.hpp"
#include "positions/positions.hpp"
#include "workspace.hpp"

namespace trd {
namespace {

constexpr int64_t kPadding = 64;  // floats behind an image, which vectors may read

struct ScoresWorkspace {
    float* map[3];  // joint, and of both branches: [size, size]
    float* sums;    // [area]
    int64_t bytes;
    ScoresWorkspace(int64_t size, int64_t area, void* start) {
        WorkspaceLayout layout(start);
        for (float*& m : map) m = layout.take<float>(size * size + kPadding);
        sums = layout.take<float>(area);
        bytes = layout.bytes();
    }
};

}  // namespace

int64_t position_scores_workspace_bytes(int64_t size, int64_t area) {
    return ScoresWorkspace(size, area, nullptr).bytes;
}

namespace cpu {
namespace {

constexpr int64_t kChunk = 1024;  // positions whose sums stay in the first-level cache

// The sums of the exponentials of a branch's filtered differences, 0 beyond the area.
void sum_filters(const trd_position_branch& b, const trd_area& area, float* sums, float* map) {
    std::fill_n(sums, area.pixels, 0.0f);
    for (int64_t k = 0; k < area.pixels; k += kChunk) {
        const int64_t n = std::min(kChunk, area.pixels - k);
        for (int64_t f = 0; f < b.filters; ++f)
            position_rows().add_soft(b.filtered + f * area.pixels + k, b.filter_scale + f * area.pixels + k,
                                     b.filter_offset[f], n, sums + k);
    }
    spread(sums, area, map);
}

}  // namespace

void position_scores(const PositionScores& p) {
    const int64_t size = p.area.size, pixels = size * size;
    const ScoresWorkspace w(size, p.area.pixels, p.workspace);
    const trd_position_branch& rgb = p.branch[0];
    const trd_position_branch& depth = p.branch[1];
    sum_filters(rgb, p.area, w.sums, w.map[1]);
    sum_filters(depth, p.area, w.sums, w.map[2]);
    const float share[3] = {rgb.sum_factor, depth.sum_factor, p.sum_offset};
    const PositionRows& rows = position_rows();
    rows.add_both(p.map[0], rgb.mean, rgb.scale, p.map[1], depth.mean, depth.scale, share, w.map[1], w.map[2], pixels,
                  w.map[0]);
    rows.add_map(p.map[0], rgb.mean, rgb.scale, rgb.offset, pixels, w.map[1]);
    rows.add_map(p.map[1], depth.mean, depth.scale, depth.offset, pixels, w.map[2]);
    rows.logarithms(kSoftness * p.factor, p.offset, pixels, w.map[0]);
    rows.logarithms(kSoftness * rgb.result_factor, rgb.result_offset, pixels, w.map[1]);
    rows.logarithms(kSoftness * depth.result_factor, depth.result_offset, pixels, w.map[2]);
    float* const out[3] = {p.joint, p.map[0], p.map[1]};
    const Blur blur = gaussian(p.deviation, kAreaReach);
    for (int m = 0; m < 3; ++m) {
        std::fill_n(w.map[m] + pixels, kPadding, 0.0f);
        for (int64_t y = 0; y < size; ++y) {
            for (int64_t x = 0; x < size; x += kBlurColumns) {
                const int64_t n = std::min(kBlurColumns, size - x);
                float row[kBlurColumns + kBlurOverrun], *const to = out[m] + y * size + x;
                const bool overruns = n % kBlurOverrun != 0;
                gaussian_row(w.map[m], size, size, y, x, n, blur, Border::whole_sample, overruns ? row : to);
                if (overruns) std::copy_n(row, n, to);
            }
        }
    }
}

}  // namespace cpu
}  // namespace trd
