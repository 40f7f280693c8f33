// How a launch is divided: the tile, and parts of k. Few tiles with a long k would leave most multiprocessors idle (at
// 8 x 8 pixels a layer has 16 to 64 tiles and up to 18 MB of weights): then k is split and a second launch adds the
// parts, in a fixed order.
//
// The estimate counts a multiprocessor's clocks. Its numbers are an H200's, from data sheets, not measured; what
// decides are their ratios: what a block reads through the L2 cache, and through shared memory, for what it multiplies.
#include <algorithm>
#include <functional>
#include <vector>

#include "convolution/convolution.hpp"
#include "convolution/problem.hpp"

namespace trd::cuda {
namespace {

constexpr int64_t kTensorFlops = 2540;  // per clock, through mma.sync
constexpr int64_t kPlainFlops = 256;    // float32
constexpr int64_t kSharedBytes = 128;   // per clock
constexpr int64_t kCacheBytes = 24;     // per clock from the L2 cache when all multiprocessors read: 5.5 TB/s
constexpr int64_t kTapReuse = 5;        // how often a pixel that was read is found in the first-level cache, of 9 taps
constexpr int64_t kAlone = 420;         // what a block alone waits for a tile of k besides multiplying it
constexpr int64_t kSecondLaunch = 2600;
constexpr int64_t kPartialBytes = 3134;  // of the whole device, per clock: 5.5 TB/s
constexpr int64_t kWeightBytes = 2450;   // the same from memory: 4.3 TB/s
constexpr int64_t kMostSplits = 16;
constexpr int64_t kLeastTiles = 4;  // of k in a part

struct Tile {
    int32_t m, n;
};

struct Sizes {
    int64_t m, n, k_tiles, weight_bytes;
    bool plain, reuse;  // float32; taps that follow each other see the same pixels
};

int64_t up(int64_t a, int64_t b) { return (a + b - 1) / b; }

Sizes sizes_of(int32_t type, const trd_convolution& l) {
    const int64_t row_bytes = packed_row(type, l.c_in, l.kernel, l.transposed) * type_bytes(type);
    const int64_t pixels = l.transposed ? l.h * l.w : convolution_side(l.h, l) * convolution_side(l.w, l);
    const int64_t n = packed_rows(l.c_out, l.transposed);
    const bool reuse = !l.transposed && l.kernel > l.stride && l.c_in * type_bytes(type) % kTileRowBytes == 0;
    return {l.n * pixels, n, row_bytes / kTileRowBytes, n * row_bytes, type == TRD_FLOAT32, reuse};
}

int64_t multiply_clocks(const Sizes& s, Tile t) {
    const int64_t k = kTileRowBytes / (s.plain ? 4 : 2);
    return 2 * t.m * t.n * k / (s.plain ? kPlainFlops : kTensorFlops);
}

// A tile of k, in a block whose multiprocessor is full.
int64_t tile_clocks(const Sizes& s, Tile t) {
    const int64_t pixels = t.m * kTileRowBytes, weights = t.n * kTileRowBytes;
    const int64_t cache = (pixels / (s.reuse ? kTapReuse : 1) + weights) / kCacheBytes;
    // Written once, pixels also read from the first-level cache, then read by two warps each.
    const int64_t shared = (pixels + weights + pixels + 2 * (pixels + weights)) / kSharedBytes;
    return std::max({cache, shared, multiply_clocks(s, t)});
}

// First copies, sums through shared memory, output.
int64_t block_clocks(Tile t) { return 800 + t.m * t.n / 8; }

int64_t blocks_of(const Sizes& s, Tile t, int64_t splits) { return up(s.m, t.m) * up(s.n, t.n) * splits; }

// Divides each layer's k into parts of at most `most` tiles.
Plan divide(const Sizes* sizes, int32_t count, Tile tile, int64_t most) {
    Plan plan = {};
    plan.tile_m = tile.m, plan.tile_n = tile.n;
    int64_t clocks[TRD_MAX_LAYERS];
    for (int32_t i = 0; i < count; ++i) {
        const Sizes& s = sizes[i];
        const int64_t per_split = up(s.k_tiles, std::min(up(s.k_tiles, most), kMostSplits)),
                      splits = up(s.k_tiles, per_split);
        plan.k_tiles_per_split[i] = static_cast<int32_t>(per_split);
        plan.splits[i] = static_cast<int32_t>(splits);
        plan.order[i] = i;
        clocks[i] = per_split * tile_clocks(s, tile);
        plan.blocks += blocks_of(s, tile, splits);
        if (splits == 1) continue;
        plan.partial_offset[i] = plan.workspace_bytes;
        plan.workspace_bytes += up(splits * s.m * s.n * static_cast<int64_t>(sizeof(float)), 256) * 256;
    }
    std::stable_sort(plan.order, plan.order + count, [&](int32_t a, int32_t b) { return clocks[a] > clocks[b]; });
    return plan;
}

// Blocks are dealt, longest first, to the multiprocessor with the least work.
int64_t estimate(const Plan& plan, const Sizes* sizes, int32_t count, int32_t multiprocessors) {
    const Tile tile = {plan.tile_m, plan.tile_n};
    int64_t total = 0, longest = 0, alone = 0, weights = 0;
    std::vector<int64_t> loads;
    if (plan.blocks <= int64_t{16} * multiprocessors) loads.assign(static_cast<size_t>(multiprocessors), 0);
    for (int32_t j = 0; j < count; ++j) {
        const int32_t i = plan.order[j];
        const Sizes& s = sizes[i];
        const int64_t blocks = blocks_of(s, tile, plan.splits[i]), tiles = plan.k_tiles_per_split[i];
        const int64_t clocks = block_clocks(tile) + tiles * tile_clocks(s, tile);
        longest = std::max(longest, clocks);
        alone = std::max(alone, block_clocks(tile) + tiles * (kAlone + multiply_clocks(s, tile)));
        total += blocks * clocks;
        weights += s.weight_bytes;
        for (int64_t b = 0; !loads.empty() && b < blocks; ++b) {
            std::pop_heap(loads.begin(), loads.end(), std::greater<int64_t>());
            loads.back() += clocks;
            std::push_heap(loads.begin(), loads.end(), std::greater<int64_t>());
        }
    }
    const int64_t busiest =
        loads.empty() ? total / multiprocessors + longest : *std::max_element(loads.begin(), loads.end());
    return std::max({busiest, alone, weights / kWeightBytes}) +
           (plan.workspace_bytes > 0 ? kSecondLaunch + 2 * plan.workspace_bytes / kPartialBytes : 0);
}

}  // namespace

Plan plan_convolutions(int32_t type, const trd_convolution* layers, int32_t count, int32_t multiprocessors,
                       bool may_split) {
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
    for (const Tile tile : {Tile{64, 64}, Tile{128, 64}, Tile{64, 128}, Tile{128, 128}}) {
        if (three && tile.m + tile.n > 128) continue;  // the kernel that gathers single elements has small tiles only
        if (type == TRD_FLOAT32 && tile.n > 64) continue;  // its sums would not fit into the registers
        for (int64_t splits = 1; splits <= (may_split ? kMostSplits : 1); ++splits) {
            const int64_t most = up(longest, splits);
            if (splits > 1 && most < kLeastTiles) break;
            const Plan plan = divide(sizes, count, tile, most);
            const int64_t time = estimate(plan, sizes, count, multiprocessors);
            if (best_time < 0 || time < best_time) best = plan, best_time = time;
            if (plan.blocks > int64_t{8} * multiprocessors) break;  // the device is full
        }
    }
    best.clocks = best_time;
    return best;
}

}  // namespace trd::cuda
