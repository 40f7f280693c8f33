// The robust fit on the CPU, and the choice between the variants of the positions' row operations.
#include <algorithm>
#include <limits>

#include "cpu_isa.hpp"
#include "positions/positions_rows.hpp"
#include "workspace.hpp"

namespace trd {
namespace {

struct FitWorkspace {
    FitHeader* header;
    float *functions, *sample_functions;  // [blocks, count, kFitBlock]
    float *coefficients, *sums;           // [count], [count, 16]
    float *y, *rest;                      // of the sample
    int32_t* sizes;                       // |rest| of the sample as bits, whose order is the numbers'
    int64_t sample, bytes;
    FitWorkspace(int64_t n, int64_t count, void* start) : sample((n + kFitSample - 1) / kFitSample) {
        WorkspaceLayout layout(start);
        header = layout.take<FitHeader>(1);
        functions = layout.take<float>(packed(n, count));
        sample_functions = layout.take<float>(packed(sample, count));
        coefficients = layout.take<float>(count);
        sums = layout.take<float>(count * cpu::kLanes);
        y = layout.take<float>(sample);
        rest = layout.take<float>(sample);
        sizes = layout.take<int32_t>(sample);
        bytes = layout.bytes();
    }
    static int64_t packed(int64_t n, int64_t count) { return (n + kFitBlock - 1) / kFitBlock * count * kFitBlock; }
};

// Every `step`th value of functions [count, n], in blocks.
void pack(const float* functions, int64_t n, int64_t count, int64_t step, float* out) {
    const int64_t values = (n + step - 1) / step;
    for (int64_t k = 0; k < values; k += kFitBlock)
        for (int64_t i = 0; i < count; ++i)
            for (int64_t j = k; j < k + kFitBlock; ++j) *out++ = j < values ? functions[i * n + j * step] : 0.0f;
}

}  // namespace

int64_t robust_rest_workspace_bytes(int64_t n, int64_t functions) { return FitWorkspace(n, functions, nullptr).bytes; }

void plan_robust_rest(const float* functions, int64_t n, int64_t count, void* workspace) {
    const FitWorkspace w(n, count, workspace);
    pack(functions, n, count, 1, w.functions);
    pack(functions, n, count, kFitSample, w.sample_functions);
    *w.header = {kFitWhat, n, count};
}

namespace cpu {
namespace {

const PositionRows plain = {project,  rest,       below,     add_soft, add_map,
                            add_both, logarithms, curvature, bend,     highest};

// The median of |rest|, the upper one of two: the largest number of which at most half of the sample lie below. NaN
// counts as larger than any other number.
float median(const FitWorkspace& w) {
    for (int64_t i = 0; i < w.sample; ++i) w.sizes[i] = static_cast<int32_t>(to_bits(w.rest[i]) & 0x7fffffffu);
    int32_t found = 0;
    for (int bit = 30; bit >= 0; --bit) {
        const int32_t next = found | int32_t{1} << bit;
        if (position_rows().below(w.sizes, w.sample, next) <= w.sample / 2) found = next;
    }
    return from_bits(static_cast<uint32_t>(found));
}

}  // namespace

const PositionRows& position_rows() {
    switch (isa()) {
#ifdef TRD_X86_64
        case Isa::avx512: return position_rows_avx512;
        case Isa::avx2: return position_rows_avx2;
#endif
        default: return plain;
    }
}

void robust_rest(const RobustRest& r) {
    const FitHeader planned = *static_cast<const FitHeader*>(r.workspace);
    const FitWorkspace w(planned.n, planned.count, r.workspace);
    const PositionRows& rows = position_rows();
    for (int64_t s = 0; s < w.sample; ++s) w.y[s] = r.y[s * kFitSample];
    const Fit all = {r.y, w.functions, planned.count, planned.n, r.most};
    const Fit sample = {w.y, w.sample_functions, planned.count, w.sample, r.most};
    std::fill_n(w.coefficients, planned.count, 0.0f);
    for (int round = 0; round <= kFitRounds && planned.count > 0; ++round) {
        float limit = std::numeric_limits<float>::infinity();
        if (round > 0) {
            rows.rest(sample, w.coefficients, false, w.rest);
            limit = static_cast<float>(kFitCut * (1.4826 * static_cast<double>(median(w)) + 1e-9));
        }
        std::fill_n(w.sums, planned.count * kLanes, 0.0f);
        rows.project(all, round > 0 ? w.coefficients : nullptr, limit, w.sums);
        for (int64_t i = 0; i < planned.count; ++i) {
            double sum = 0;
            for (int64_t l = 0; l < kLanes; ++l) sum += static_cast<double>(w.sums[i * kLanes + l]);
            w.coefficients[i] = static_cast<float>(sum);
        }
    }
    rows.rest(all, w.coefficients, r.unseen, r.rest);
}

}  // namespace cpu
}  // namespace trd
