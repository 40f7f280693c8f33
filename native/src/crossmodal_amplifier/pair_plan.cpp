// How the pairs of a launch are divided. One block per tile of pixels would leave most multiprocessors idle at the
// small scales (a side of 16 has two tiles of 128 pixels, and 2048 intermediate channels). But a slice's sums, written
// and read in float32, are 8 bytes an output: what it would cost to write and read all of the pair's intermediate in 16
// bits. So as few slices as fill the device.
//
// The estimate counts in hundredths of the time in which a multiprocessor multiplies 64 x 64 sums by 128 bytes of k
// when its blocks keep it busy (0.16 us on an H200, predicted): blocks are dealt, longest first, to the multiprocessor
// with the least work.
#include <algorithm>
#include <functional>
#include <vector>

#include "crossmodal_amplifier/fused_pair.hpp"

namespace trd::cuda {
namespace {

// 64 rows: a weight that was read is used half as often, and four warps hide less of what they wait for.
constexpr int64_t kTile128 = 90, kTile64 = 125;
constexpr int64_t kBlock = 800;  // start and end of a block
constexpr int64_t kSecondLaunch = 1000;
constexpr int64_t kPartialBytes = 4400;  // partial sums written and read per hundredth: 5.5 TB/s
constexpr int64_t kMostSlices = 16;

int64_t up(int64_t a, int64_t b) { return (a + b - 1) / b; }

struct Sizes {
    int64_t element_bytes;
    const int64_t* m;
    const int64_t* c;
    int32_t count;
    int64_t columns() const { return pair_columns(element_bytes); }
    // Tiles of 64 x 64 sums and 128 bytes of k that a block multiplies in its two products.
    int64_t tiles(const PairPlan& plan, int32_t i) const {
        const int64_t k = 128 / element_bytes;
        return plan.tile_m / 64 * (up(plan.width[i], 64) * up(c[i], k) + up(c[i], 64) * up(plan.width[i], k));
    }
};

// Slices of about `work` = width * c multiplications a pixel, as wide as shared memory allows at most.
PairPlan divide(const Sizes& s, int32_t tile_m, int64_t most_width, int64_t work) {
    PairPlan plan = {};
    plan.tile_m = tile_m;
    for (int32_t i = 0; i < s.count; ++i) {
        const int64_t columns = s.columns(), hidden = 2 * s.c[i];
        const int64_t widest =
            std::min({most_width, up(work, s.c[i] * columns) * columns, up(hidden, columns) * columns});
        const int64_t width = up(up(hidden, up(hidden, widest)), columns) * columns,
                      slices = up(hidden, width);  // about equal
        plan.width[i] = static_cast<int32_t>(width);
        plan.slices[i] = static_cast<int32_t>(slices);
        plan.order[i] = i;
        plan.blocks += up(s.m[i], tile_m) * slices;
        if (slices == 1) continue;
        plan.partial_offset[i] = plan.partial_bytes;
        plan.partial_bytes += up(slices * s.m[i] * s.c[i] * static_cast<int64_t>(sizeof(float)), 256) * 256;
    }
    std::stable_sort(plan.order, plan.order + s.count,
                     [&](int32_t a, int32_t b) { return s.tiles(plan, a) > s.tiles(plan, b); });
    return plan;
}

int64_t estimate(const PairPlan& plan, const Sizes& s, const DeviceLimits& limits) {
    int64_t total = 0, longest = 0;
    std::vector<int64_t> loads;
    if (plan.blocks <= int64_t{16} * limits.multiprocessors)
        loads.assign(static_cast<size_t>(limits.multiprocessors), 0);
    for (int32_t j = 0; j < s.count; ++j) {
        const int32_t i = plan.order[j];
        const int64_t blocks = up(s.m[i], plan.tile_m) * plan.slices[i];
        const int64_t time = s.tiles(plan, i) * (plan.tile_m == 64 ? kTile64 : kTile128) + kBlock;
        longest = std::max(longest, time);
        total += blocks * time;
        for (int64_t b = 0; !loads.empty() && b < blocks; ++b) {
            std::pop_heap(loads.begin(), loads.end(), std::greater<int64_t>());
            loads.back() += time;
            std::push_heap(loads.begin(), loads.end(), std::greater<int64_t>());
        }
    }
    const int64_t time =
        loads.empty() ? total / limits.multiprocessors + longest : *std::max_element(loads.begin(), loads.end());
    return time + (plan.partial_bytes > 0 ? kSecondLaunch + plan.partial_bytes / kPartialBytes : 0);
}

}  // namespace

PairPlan plan_pairs(int64_t element_bytes, const int64_t* m, const int64_t* c, int32_t count,
                    const DeviceLimits& limits) {
    const Sizes sizes{element_bytes, m, c, count};
    int64_t longest = 0;
    for (int32_t i = 0; i < count; ++i) longest = std::max(longest, 2 * c[i] * c[i]);
    PairPlan best = {};
    int64_t best_time = -1;
    for (const int32_t tile_m : {128, 64}) {
        if (tile_m == 128 && element_bytes == 4) continue;  // the float32 product is of 128 threads and 64 rows
        const int64_t free = limits.shared_bytes - pair_shared_bytes(element_bytes, tile_m, 0);
        const int64_t most_width = free / (tile_m * element_bytes) / sizes.columns() * sizes.columns();
        if (most_width <= 0) continue;
        for (int64_t parts = 1; parts <= kMostSlices; ++parts) {
            const PairPlan plan = divide(sizes, tile_m, most_width, longest / parts);
            const int64_t time = estimate(plan, sizes, limits);
            if (best_time < 0 || time < best_time) best = plan, best_time = time;
            if (plan.blocks > int64_t{8} * limits.multiprocessors) break;  // the device is full
        }
    }
    if (best_time < 0)
        throw Failure{
            "crossmodal_amplifier: the device has too little shared memory; compute capability 8.0 is needed"};
    return best;
}

}  // namespace trd::cuda
