// Scores at the positions of an aligned part (SPEC section 9): the robust fit, filters on the part's area, lines, soft
// maxima.
// Arguments are already validated (entry/positions.cpp); the contract stands in trd.h.
#pragma once
#include <cstdint>

#include "trd.h"

namespace trd {

constexpr int kFitRounds = 4;            // of the robust fit, after the plain one
constexpr double kFitCut = 2;            // spreads beyond which a residual is cut
constexpr int64_t kFitSample = 16;       // one value of so many says what the spread is
constexpr double kAreaReach = 4;         // deviations that a Gaussian reaches
constexpr double kMinAreaDeviation = 1e-3, kMaxAreaDeviation = 128;  // of a Gaussian, pixels
constexpr int64_t kMaxFrame = 1 << 14;   // pixels along a side
constexpr int64_t kMaxFunctions = 64, kMaxFilters = 16;
constexpr float kSoftness = 2, kMostScore = 150;

constexpr int64_t kFitBlock = 128;  // values of all functions that lie together: one stream through the caches

// y, cut at `most`, and the functions that are to explain it: [n / kFitBlock, count, kFitBlock], zeros behind n.
struct Fit {
    const float* y;
    const float* functions;
    int64_t count, n;
    float most;
};

// With it, a workspace starts that was planned for a fit.
struct alignas(64) FitHeader {
    int64_t what, n, count;
};
constexpr int64_t kFitWhat = 0x7472642d666974;

struct RobustRest {
    const float* y;
    float most;
    bool unseen;  // where y is 0, nothing was seen: the rest is 0, too
    float* rest;
    void* workspace;
};
int64_t robust_rest_workspace_bytes(int64_t n, int64_t functions);
// functions [count, n]
void plan_robust_rest(const float* functions, int64_t n, int64_t count, void* workspace);

struct AreaFilter {
    const float* in;
    trd_area area;
    const float* less;  // may be null
    float* out;
    double deviation;  // pixels
    void* workspace;
};
int64_t area_filter_workspace_bytes(int64_t size);

constexpr int64_t kLineStep = 2;  // pixels between the places that are averaged along a line
constexpr double kLineReach = 2;  // deviations to either side along it

struct LineFilter {
    const float* in;
    trd_area area;
    const float* scale;  // [directions, area], or null: all directions are asked for
    float* out;          // [area] the highest, or [directions, area]
    double across, along;
    void* workspace;
};
int64_t line_filter_workspace_bytes(int64_t size, double along);

struct PositionScores {
    trd_area area;
    trd_position_branch branch[2];
    float sum_offset, factor, offset;  // of the joint map
    double deviation;
    float *joint, *map[2];
    void* workspace;
};
int64_t position_scores_workspace_bytes(int64_t size, int64_t area);

namespace cpu {

void robust_rest(const RobustRest& r);
void area_filter(const AreaFilter& f);
void line_filter(const LineFilter& f);
void position_scores(const PositionScores& p);

// What differs between processors; all give the same bits: the same float operations in the same order, without
// contraction.
struct PositionRows {
    // Adds per function, in sixteen sums, its products with v = fit + (y - fit within +-limit), fit = sum of
    // coefficients times functions, or 0 without any (null), to sums [count, 16].
    void (*project)(const Fit& f, const float* coefficients, float limit, float* sums);
    // y - fit.
    void (*rest)(const Fit& f, const float* coefficients, bool unseen, float* out);
    // How many of n numbers lie below a bound.
    int64_t (*below)(const int32_t* values, int64_t n, int32_t bound);
    // sum += e(scale |x| + offset), e(s) = exp(s / kSoftness), s brought into +-kMostScore.
    void (*add_soft)(const float* x, const float* scale, float offset, int64_t n, float* sum);
    // sum += e(scale (map - mean) + offset)
    void (*add_map)(const float* map, const float* mean, const float* scale, float offset, int64_t n, float* sum);
    // out = a + b + e(share[0] scale_a (map_a - mean_a) + share[1] scale_b (map_b - mean_b) + share[2])
    void (*add_both)(const float* map_a, const float* mean_a, const float* scale_a, const float* map_b,
                     const float* mean_b, const float* scale_b, const float* share, const float* a, const float* b,
                     int64_t n, float* out);
    // x = factor ln x + offset, in place.
    void (*logarithms)(float factor, float offset, int64_t n, float* x);
    // Of central second differences xx, yy and xy (a quarter of the four diagonal ones): -(xx + yy) / 2, (xx - yy) / 2
    // and xy. Rows are read from one before the first column to one behind the last.
    void (*curvature)(const float* above, const float* here, const float* below, int64_t n, float* both, float* apart,
                      float* twist);
    // both + cosine apart + sine twist, of a direction's double angle: what bends across it.
    void (*bend)(const float* both, const float* apart, const float* twist, float cosine, float sine, int64_t n,
                 float* out);
    // highest = the larger of it and |x| scale
    void (*highest)(const float* x, const float* scale, int64_t n, float* highest);
};

const PositionRows& position_rows();  // of this machine's Isa
extern const PositionRows position_rows_avx2, position_rows_avx512;

}  // namespace cpu
}  // namespace trd
