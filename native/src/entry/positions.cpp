// Entry points of scoring positions: robust_rest, area_filter, line_filter, position_scores.
#include "positions/positions.hpp"

#include <cmath>

#include "entry/entry.hpp"

using namespace trd::entry;

namespace {

// Also that runs and pixels fit each other, so that nothing outside the frame is touched.
void require_area(const trd_area* area) {
    require(area && area->runs, "the area or its runs are null");
    require(area->size > 0 && area->size <= trd::kMaxFrame, "the area's size is not in 1..16384");
    require(area->run_count > 0 && area->run_count <= area->size * area->size, "the area's run_count is out of range");
    int64_t end = 0, pixels = 0;
    for (int64_t i = 0; i < area->run_count; ++i) {
        const int64_t from = area->runs[2 * i], n = area->runs[2 * i + 1];
        require(from >= end && n > 0 && from + n <= area->size * area->size,
                "a run of the area is empty, outside the frame or not behind the one before");
        end = from + n;
        pixels += n;
    }
    require(pixels == area->pixels, "the area's pixels are not those of its runs");
}

Region runs_of(const trd_area& area) { return {area.runs, 2 * area.run_count}; }

void require_workspace(const void* workspace, int64_t bytes, int64_t needed) {
    require(workspace && bytes >= needed, "the workspace is null or smaller than its _workspace_bytes");
    require(aligned(workspace, 64), "the workspace is not 64-byte aligned");
}

bool is_deviation(double d) { return d >= trd::kMinAreaDeviation && d <= trd::kMaxAreaDeviation; }

}  // namespace

int64_t trd_robust_rest_workspace_bytes(int64_t n, int64_t functions) {
    constexpr int64_t most = trd::kMaxFrame * trd::kMaxFrame;
    const bool fits = n > 0 && n <= most && functions >= 0 && functions <= trd::kMaxFunctions;
    return fits ? trd::robust_rest_workspace_bytes(n, functions) : 0;
}

trd_status trd_robust_rest_plan(const trd_exec* exec, const float* function, void* workspace, int64_t workspace_bytes,
                                int64_t n, int64_t functions) {
    return guarded([&] {
        require_cpu(exec);
        const int64_t bytes = trd_robust_rest_workspace_bytes(n, functions);
        require(bytes > 0, "robust_rest_plan: n or functions is out of range");
        require(function || functions == 0, "robust_rest_plan: function is null");
        require_workspace(workspace, workspace_bytes, bytes);
        if (functions > 0) require_disjoint({{function, n * functions}}, {{workspace, bytes / 4}});
        trd::plan_robust_rest(function, n, functions, workspace);
    });
}

trd_status trd_robust_rest(const trd_exec* exec, const float* y, float most, int32_t unseen, float* rest,
                           void* workspace, int64_t workspace_bytes, int64_t n) {
    return guarded([&] {
        require_cpu(exec);
        require(y && rest, "robust_rest: y or rest is null");
        require(most > 0, "robust_rest: most is not positive");
        require(unseen == 0 || unseen == 1, "robust_rest: unseen is neither 0 nor 1");
        require_workspace(workspace, workspace_bytes, sizeof(trd::FitHeader));
        const auto* const planned = static_cast<const trd::FitHeader*>(workspace);
        require(planned->what == trd::kFitWhat && planned->n == n, "robust_rest: the workspace is not planned for n");
        const int64_t bytes = trd_robust_rest_workspace_bytes(n, planned->count);
        require(bytes > 0, "robust_rest: the workspace is not planned for n");
        require_workspace(workspace, workspace_bytes, bytes);
        require_disjoint({{y, n}}, {{rest, n}, {workspace, bytes / 4}});
        trd::cpu::robust_rest({y, most, unseen == 1, rest, workspace});
    });
}

int64_t trd_area_filter_workspace_bytes(int64_t size) {
    return size > 0 && size <= trd::kMaxFrame ? trd::area_filter_workspace_bytes(size) : 0;
}

trd_status trd_area_filter(const trd_exec* exec, const float* in, const trd_area* area, const float* less, float* out,
                           double deviation, void* workspace, int64_t workspace_bytes) {
    return guarded([&] {
        require_cpu(exec);
        require(in && out, "area_filter: in or out is null");
        require_area(area);
        require(is_deviation(deviation), "area_filter: the deviation is out of range");
        const int64_t bytes = trd_area_filter_workspace_bytes(area->size);
        require_workspace(workspace, workspace_bytes, bytes);
        require_disjoint({{in, area->pixels}, {less ? less : in, area->pixels}, runs_of(*area)},
                         {{out, area->pixels}, {workspace, bytes / 4}});
        trd::cpu::area_filter({in, *area, less, out, deviation, workspace});
    });
}

int64_t trd_line_filter_workspace_bytes(int64_t size, double along) {
    const bool fits = size > 0 && size <= trd::kMaxFrame && is_deviation(along);
    return fits ? trd::line_filter_workspace_bytes(size, along) : 0;
}

trd_status trd_line_filter(const trd_exec* exec, const float* in, const trd_area* area, const float* scale, float* out,
                           double across, double along, void* workspace, int64_t workspace_bytes) {
    return guarded([&] {
        require_cpu(exec);
        require(in && out, "line_filter: in or out is null");
        require_area(area);
        require(is_deviation(across), "line_filter: the deviation across is out of range");
        const int64_t bytes = trd_line_filter_workspace_bytes(area->size, along);
        require(bytes > 0, "line_filter: the deviation along is out of range");
        require_workspace(workspace, workspace_bytes, bytes);
        const int64_t all = TRD_LINE_DIRECTIONS * area->pixels;
        require_disjoint({{in, area->pixels}, scale ? Region{scale, all} : Region{in, area->pixels}, runs_of(*area)},
                         {{out, scale ? area->pixels : all}, {workspace, bytes / 4}});
        trd::cpu::line_filter({in, *area, scale, out, across, along, workspace});
    });
}

int64_t trd_position_scores_workspace_bytes(int64_t size, int64_t area_pixels) {
    const bool fits = size > 0 && size <= trd::kMaxFrame && area_pixels > 0 && area_pixels <= size * size;
    return fits ? trd::position_scores_workspace_bytes(size, area_pixels) : 0;
}

trd_status trd_position_scores(const trd_exec* exec, const trd_area* area, const trd_position_branch* rgb,
                               const trd_position_branch* depth, float* map, float* map_rgb, float* map_depth,
                               float sum_offset, float factor, float offset, double deviation, void* workspace,
                               int64_t workspace_bytes) {
    return guarded([&] {
        require_cpu(exec);
        require(rgb && depth && map && map_rgb && map_depth, "position_scores: a pointer is null");
        require_area(area);
        require(is_deviation(deviation), "position_scores: the deviation is out of range");
        require(std::isfinite(sum_offset) && std::isfinite(factor) && std::isfinite(offset),
                "position_scores: factor or an offset is not finite");
        const int64_t pixels = area->size * area->size;
        const int64_t bytes = trd_position_scores_workspace_bytes(area->size, area->pixels);
        require_workspace(workspace, workspace_bytes, bytes);
        for (const trd_position_branch* b : {rgb, depth}) {
            require(b->mean && b->scale, "position_scores: a mean or scale is null");
            require(b->filters >= 0 && b->filters <= trd::kMaxFilters, "position_scores: filters is not in 0..16");
            require(b->reserved == 0, "position_scores: reserved is not 0");
            require(b->filters == 0 || (b->filtered && b->filter_scale && b->filter_offset),
                    "position_scores: a branch's filters are null");
            require(std::isfinite(b->offset) && std::isfinite(b->sum_factor) && std::isfinite(b->result_factor) &&
                        std::isfinite(b->result_offset),
                    "position_scores: a branch's offset or factor is not finite");
            for (int64_t f = 0; f < b->filters; ++f)
                require(std::isfinite(b->filter_offset[f]), "position_scores: a filter's offset is not finite");
            // Without filters their regions are that of the mean.
            const int64_t filtered = b->filters * area->pixels;
            const auto region = [&](const float* p, int64_t n) {
                return b->filters > 0 ? Region{p, n} : Region{b->mean, pixels};
            };
            require_disjoint({{b->mean, pixels},
                              {b->scale, pixels},
                              region(b->filtered, filtered),
                              region(b->filter_scale, filtered),
                              region(b->filter_offset, b->filters),
                              runs_of(*area)},
                             {{map, pixels}, {map_rgb, pixels}, {map_depth, pixels}, {workspace, bytes / 4}});
        }
        trd::cpu::position_scores(
            {*area, {*rgb, *depth}, sum_offset, factor, offset, deviation, map, {map_rgb, map_depth}, workspace});
    });
}
