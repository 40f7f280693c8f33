// The robust fit on the CPU, and the choice between the variants of the positions' row operations.
#include <algorithm>
#include <limits>

#include "cpu_isa.hpp"
#include "positions/positions_rows.hpp"
#include "workspace.hpp"

namespace trd {
namespace {

struct FitWorkspace {
    float *coefficients, *sums;      // [functions], [functions, 16]
    float *y, *functions, *rest;     // of the sample: [sample], [functions, sample], [sample]
    int32_t* sizes;                  // [sample]: |rest| as bits, whose order is the numbers'
    int64_t sample, bytes;
    FitWorkspace(int64_t n, int64_t count, void* start) : sample((n + kFitSample - 1) / kFitSample) {
        WorkspaceLayout layout(start);
        coefficients = layout.take<float>(count);
        sums = layout.take<float>(count * cpu::kLanes);
        y = layout.take<float>(sample);
        functions = layout.take<float>(count * sample);
        rest = layout.take<float>(sample);
        sizes = layout.take<int32_t>(sample);
        bytes = layout.bytes();
    }
};

}  // namespace

int64_t robust_rest_workspace_bytes(int64_t n, int64_t functions) { return FitWorkspace(n, functions, nullptr).bytes; }

namespace cpu {
namespace {

const PositionRows plain = {project, rest, below, add_soft, soft_map, logarithms};

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
    const Fit& f = r.fit;
    const PositionRows& rows = position_rows();
    const FitWorkspace w(f.n, f.count, r.workspace);
    for (int64_t s = 0; s < w.sample; ++s) w.y[s] = f.y[s * kFitSample];
    for (int64_t i = 0; i < f.count; ++i)
        for (int64_t s = 0; s < w.sample; ++s) w.functions[i * w.sample + s] = f.functions[i * f.n + s * kFitSample];
    const Fit sample = {w.y, w.functions, f.count, w.sample, f.most};
    std::fill_n(w.coefficients, f.count, 0.0f);
    for (int round = 0; round <= kFitRounds && f.count > 0; ++round) {
        float limit = std::numeric_limits<float>::infinity();
        if (round > 0) {
            rows.rest(sample, w.coefficients, false, w.rest);
            limit = static_cast<float>(kFitCut * (1.4826 * static_cast<double>(median(w)) + 1e-9));
        }
        std::fill_n(w.sums, f.count * kLanes, 0.0f);
        rows.project(f, w.coefficients, limit, w.sums);
        for (int64_t i = 0; i < f.count; ++i) {
            double sum = 0;
            for (int64_t l = 0; l < kLanes; ++l) sum += static_cast<double>(w.sums[i * kLanes + l]);
            w.coefficients[i] = static_cast<float>(sum);
        }
    }
    rows.rest(f, w.coefficients, r.unseen, r.rest);
}

}  // namespace cpu
}  // namespace trd
