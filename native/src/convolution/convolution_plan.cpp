// How a launch is divided. Few tiles with a long k would leave most multiprocessors idle (at 8 x 8 pixels a layer has 16 to 64
// tiles and up to 18 MB of weights): then k is split and a second launch adds the parts, in a fixed order.
//
// The estimate counts in hundredths of the time in which a multiprocessor that is full of blocks multiplies 64 x 64 sums by one
// tile of k (0.16 us on an H200, predicted): blocks are dealt, longest first, to the multiprocessor with the least work.
#include <algorithm>
#include <functional>
#include <vector>

#include "convolution/convolution.hpp"
#include "convolution/problem.hpp"

namespace trd::cuda {
namespace {

constexpr int64_t kTile64 = 100, kTile128 = 175;  // 128 rows read their weights' tile once instead of twice
constexpr int64_t kBlockTiles = 2;                // start and end of a block, in tiles of k
constexpr int64_t kSecondLaunch = 1000;
constexpr int64_t kPartialBytes = 4400;           // partial sums written and read per hundredth: 5.5 TB/s
constexpr int64_t kWeightBytes = 6900;            // weights read per hundredth: 4.3 TB/s
constexpr int64_t kMostSplits = 16;
constexpr int64_t kLeastTiles = 4;                // of k in a part

struct Sizes {
    int64_t m, n, k_tiles, weight_bytes;
};

Sizes sizes_of(int32_t type, const trd_convolution& l) {
    const int64_t row_bytes = packed_row(type, l.c_in, l.kernel, l.transposed) * type_bytes(type);
    const int64_t pixels = l.transposed ? l.h * l.w : convolution_side(l.h, l) * convolution_side(l.w, l);
    const int64_t n = packed_rows(l.c_out, l.transposed);
    return {l.n * pixels, n, row_bytes / kTileRowBytes, n * row_bytes};
}

int64_t up(int64_t a, int64_t b) { return (a + b - 1) / b; }

// Divides each layer's k into parts of at most `most` tiles.
Plan divide(const Sizes* sizes, int32_t count, int32_t tile_m, int64_t most) {
    Plan plan = {};
    plan.tile_m = tile_m;
    for (int32_t i = 0; i < count; ++i) {
        const Sizes& s = sizes[i];
        const int64_t per_split = up(s.k_tiles, std::min(up(s.k_tiles, most), kMostSplits)), splits = up(s.k_tiles, per_split);
        plan.k_tiles_per_split[i] = static_cast<int32_t>(per_split);
        plan.splits[i] = static_cast<int32_t>(splits);
        plan.order[i] = i;
        plan.blocks += up(s.m, tile_m) * up(s.n, kTileN) * splits;
        if (splits == 1) continue;
        plan.partial_offset[i] = plan.workspace_bytes;
        plan.workspace_bytes += up(splits * s.m * s.n * static_cast<int64_t>(sizeof(float)), 256) * 256;
    }
    std::stable_sort(plan.order, plan.order + count,
                     [&](int32_t a, int32_t b) { return plan.k_tiles_per_split[a] > plan.k_tiles_per_split[b]; });
    return plan;
}

int64_t estimate(const Plan& plan, const Sizes* sizes, int32_t count, int32_t multiprocessors) {
    const int64_t tile = plan.tile_m == 64 ? kTile64 : kTile128;
    int64_t total = 0, longest = 0, weights = 0;
    std::vector<int64_t> loads;
    if (plan.blocks <= int64_t{16} * multiprocessors) loads.assign(static_cast<size_t>(multiprocessors), 0);
    for (int32_t j = 0; j < count; ++j) {
        const int32_t i = plan.order[j];
        const int64_t blocks = up(sizes[i].m, plan.tile_m) * up(sizes[i].n, kTileN) * plan.splits[i];
        const int64_t time = (plan.k_tiles_per_split[i] + kBlockTiles) * tile;
        longest = std::max(longest, time);
        total += blocks * time;
        weights += sizes[i].weight_bytes;
        for (int64_t b = 0; !loads.empty() && b < blocks; ++b) {
            std::pop_heap(loads.begin(), loads.end(), std::greater<int64_t>());
            loads.back() += time;
            std::push_heap(loads.begin(), loads.end(), std::greater<int64_t>());
        }
    }
    // A block alone on its multiprocessor waits for its copies and fragments more than it multiplies.
    int64_t time = std::max(longest * 8 / 5, weights / kWeightBytes);
    time = std::max(time, loads.empty() ? total / multiprocessors + longest : *std::max_element(loads.begin(), loads.end()));
    return time + (plan.workspace_bytes > 0 ? kSecondLaunch + plan.workspace_bytes / kPartialBytes : 0);
}

}  // namespace

Plan plan_convolutions(int32_t type, const trd_convolution* layers, int32_t count, int32_t multiprocessors, bool may_split) {
    Sizes sizes[TRD_MAX_LAYERS];
    int64_t longest = 0;
    bool three = false;
    for (int32_t i = 0; i < count; ++i) {
        sizes[i] = sizes_of(type, layers[i]);
        longest = std::max(longest, sizes[i].k_tiles);
        three = three || layers[i].c_in == 3;
    }
    Plan best = {};
    int64_t best_time = -1;
    for (const int32_t tile_m : {128, 64}) {
        if (tile_m == 128 && three) continue;  // the gathering kernel exists with 64 rows only
        for (int64_t splits = 1; splits <= (may_split ? kMostSplits : 1); ++splits) {
            const int64_t most = up(longest, splits);
            if (splits > 1 && most < kLeastTiles) break;
            const Plan plan = divide(sizes, count, tile_m, most);
            const int64_t time = estimate(plan, sizes, count, multiprocessors);
            if (best_time < 0 || time < best_time) best = plan, best_time = time;
            if (plan.blocks > int64_t{8} * multiprocessors) break;  // the device is full
        }
    }
    return best;
}

}  // namespace trd::cuda
