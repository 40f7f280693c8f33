// Calibrated, blurred anomaly maps of both branches, their sum and the maxima, on CUDA: W d W^T (blur_operators.hpp).
// Layout   distances [n, side, side] of two branches and three scales, operators as prepared, mask [size, size];
//          maps [n, size, size], scores [n, 3].
// Launch   two: the scores become -infinity; then a block of four warps for each tile of 32 columns and 8 rows. A block
//          fetches all that its tile reaches at once (at size 256: 12 x 18, 8 x 10 and 5 x 6 distances of each branch
//          and 4 KiB of weights), multiplies from the left into [column, row, branch], then a thread multiplies two
//          rows of both branches of one column from the right. A score is an atomic maximum on the bits of the block's,
//          which is the same in any order.
// Traffic  at size 256, one part: 786 KB of maps written once, 93 KB of distances and operators read, from the L2 cache
//          after the first tile: 0.2 us of the H200's 4.3 TB/s. It is bound by latency, not by memory: one wave of 256
//          blocks, two dependent fetches (the bands' starts, then the bands) of about 0.6 us each and two short
//          products (70 multiply-adds per pixel, 0.5 us). Predicted 2.5 us and 1.5 us for the scores' launch before it.
//          Many images are bound by shared memory's reads and must write the maps at 25 % of the copy bandwidth or
//          more.
// Limits   every size and side of the contract: a block's shared memory is 9 KiB at size 256 and at most 97 KiB, when
//          all sides are the size; compute capability 8.6 has 99.
#include "anomaly_map/anomaly_map_cuda.hpp"

#include "cuda/device.hpp"
#include "cuda/runtime.hpp"

namespace trd::cuda {
namespace {

constexpr int kThreads = 128, kWarps = kThreads / 32;
constexpr int kRowsOfThread = kTileRows / kWarps;
constexpr int kBlocksOfTile = kTileColumns / static_cast<int>(kBlockPixels);
static_assert(kTileColumns == 32, "a lane for each column");

// Both branches' values at one place; the pixels of two rows above each other.
struct alignas(8) Pair {
    float rgb, depth;
};
struct alignas(16) Quad {
    Pair row[kRowsOfThread];
};
static_assert(sizeof(Quad) == 16, "read at once");

// Where a block keeps what in shared memory, in floats.
struct Plan {
    int span[3];          // columns of a scale that a tile reaches at most
    int source[3];        // Pair [rows that the tile reaches, span]
    int row_weight[3];    // float [kTileRows, row_taps]
    int block_weight[3];  // float [kBlocksOfTile, block_taps, kBlockPixels]
    int left[3];          // Pair [span, kTileRows]
    int floats;
};

// So many columns of a scale later, at most, does a band start so many pixels later. A pixel's place is rounded, but
// the steps of 1 between equal sides are exact.
int64_t later(int64_t size, int64_t side, int64_t pixels) {
    return side == size ? pixels : pixels * (side - 1) / (size - 1) + 1;
}

Plan plan_of(const BlurOperators& o) {
    Plan p = {};
    const auto take = [&p](int64_t floats) {
        const int at = p.floats;
        p.floats += static_cast<int>(floats + 3) / 4 * 4;
        return at;
    };
    for (int s = 0; s < 3; ++s) {
        const auto& w = o.scale[s];
        const int64_t columns = w.block_taps + later(o.size, w.side, kTileColumns - kBlockPixels);
        const int64_t rows = w.row_taps + later(o.size, w.side, kTileRows - 1);
        p.span[s] = static_cast<int>(columns < w.side ? columns : w.side);
        p.source[s] = take(2 * p.span[s] * (rows < w.side ? rows : w.side));
        p.row_weight[s] = take(kTileRows * w.row_taps);
        p.block_weight[s] = take(kBlocksOfTile * w.block_taps * kBlockPixels);
        p.left[s] = take(2 * p.span[s] * kTileRows);
    }
    return p;
}

// A maximum of floats as one of integers: keys order as the values do, -0 is 0, NaN is above all.
constexpr int kNoPixel = -0x7fffffff - 1, kNanKey = 0x7fffffff;

__device__ __forceinline__ int key_of(float value) {
    const float v = value + 0.0f;  // -0 becomes 0
    int bits;
    memcpy(&bits, &v, 4);
    return v != v ? kNanKey : bits < 0 ? bits ^ 0x7fffffff : bits;
}

__device__ __forceinline__ int larger(int a, int b) { return a > b ? a : b; }

// The score, whose bits stand for -infinity at first, becomes at least the key's value. Positive floats order as signed
// integers and are above all negative ones, which order the other way round.
__device__ __forceinline__ void raise(float* score, int key) {
    if (key >= 0) atomicMax(reinterpret_cast<int*>(score), key);
    else if (key != kNoPixel) atomicMin(reinterpret_cast<unsigned*>(score), static_cast<unsigned>(key ^ 0x7fffffff));
}

// scores: [count]
__global__ void __launch_bounds__(kThreads) clear_scores_kernel(unsigned* scores, int64_t count) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x;
    if (i < count) scores[i] = 0xff800000u;
}

// floats: 16-byte aligned in both; a multiple of 4, or at the end of its table, which is padded
__device__ __forceinline__ void fetch(float* to, const float* from, int floats) {
    for (int i = 4 * static_cast<int>(threadIdx.x); i < floats; i += 4 * kThreads) cp_async16(to + i, from + i);
}

__global__ void __launch_bounds__(kThreads)
    anomaly_map_kernel(const AnomalyMap a, const BlurOperators o, const Plan plan, unsigned tiles_x,
                       unsigned tiles_of_image) {
    TRD_DYNAMIC_SHARED(float, shared);
    __shared__ int best[3][kWarps];
    const int warp = static_cast<int>(threadIdx.x) / 32, lane = static_cast<int>(threadIdx.x) % 32;
    const int64_t image = blockIdx.x / tiles_of_image, size = o.size;
    const unsigned tile = blockIdx.x % tiles_of_image;
    const int64_t x0 = int64_t{tile % tiles_x} * kTileColumns, y0 = int64_t{tile / tiles_x} * kTileRows;
    const int64_t x = x0 + lane, y = y0 + kRowsOfThread * warp;
    const int rows = static_cast<int>(size - y0 < kTileRows ? size - y0 : kTileRows);
    const int blocks = size - x0 > kBlockPixels ? kBlocksOfTile : 1;
    const int block = lane < blocks * static_cast<int>(kBlockPixels) ? lane / static_cast<int>(kBlockPixels) : 0;
    const int row = static_cast<int>(threadIdx.x) % kTileRows;  // of the product from the left
    const auto* const ints = reinterpret_cast<const int32_t*>(a.operators);
    const auto* const floats = reinterpret_cast<const float*>(a.operators);

    // Where the bands start: all of it is asked for before any is used.
    int top[3], bottom[3], from[3], to[3], own_row[3], own_block[3];
#pragma unroll
    for (int s = 0; s < 3; ++s) {
        const int32_t* const first = ints + o.scale[s].row_first + y0;
        const int32_t* const column = ints + o.scale[s].block_first + x0 / kBlockPixels;
        top[s] = first[0];
        bottom[s] = first[rows - 1];
        own_row[s] = first[row < rows ? row : 0];
        from[s] = column[0];
        to[s] = column[blocks - 1];
        own_block[s] = column[block];
    }
    bool counts[kRowsOfThread];
#pragma unroll
    for (int r = 0; r < kRowsOfThread; ++r)
        counts[r] = x < size && y + r < size && (a.mask == nullptr || a.mask[(y + r) * size + x] != 0);

#pragma unroll
    for (int s = 0; s < 3; ++s) {
        const int row_taps = static_cast<int>(o.scale[s].row_taps),
                  block_taps = static_cast<int>(o.scale[s].block_taps);
        fetch(shared + plan.row_weight[s], floats + o.scale[s].row_weight + y0 * row_taps, rows * row_taps);
        fetch(shared + plan.block_weight[s], floats + o.scale[s].block_weight + x0 * block_taps,
              blocks * block_taps * static_cast<int>(kBlockPixels));
        const int64_t side = o.scale[s].side;
        const int source_rows = bottom[s] + row_taps - top[s], columns = to[s] + block_taps - from[s];
        for (int m = 0; m < 2; ++m) {
            const float* const distance = a.distance[m][s] + (image * side + top[s]) * side + from[s];
            float* const source = shared + plan.source[s] + m;
            for (int i = warp; i < source_rows; i += kWarps)
                for (int j = lane; j < columns; j += 32)
                    cp_async4(source + 2 * (i * plan.span[s] + j), distance + i * side + j);
        }
    }
    cp_async_commit();
    cp_async_wait<0>();
    __syncthreads();

    // From the left, and calibrated: left [column, row].
    if (row < rows) {
#pragma unroll
        for (int s = 0; s < 3; ++s) {
            const int taps = static_cast<int>(o.scale[s].row_taps), span = plan.span[s];
            const int columns = to[s] + static_cast<int>(o.scale[s].block_taps) - from[s];
            const float* const weight = shared + plan.row_weight[s] + row * taps;
            const Pair* const source =
                reinterpret_cast<const Pair*>(shared + plan.source[s]) + (own_row[s] - top[s]) * span;
            Pair* const left = reinterpret_cast<Pair*>(shared + plan.left[s]) + row;
            for (int j = static_cast<int>(threadIdx.x) / kTileRows; j < columns; j += kThreads / kTileRows) {
                Pair sum = {0, 0};
                for (int k = 0; k < taps; ++k) {
                    const Pair v = source[k * span + j];
                    sum.rgb = fmaf(weight[k], v.rgb, sum.rgb);
                    sum.depth = fmaf(weight[k], v.depth, sum.depth);
                }
                left[j * kTileRows] = {fmaf(sum.rgb, a.scale[0], a.shift[0]), fmaf(sum.depth, a.scale[1], a.shift[1])};
            }
        }
    }
    __syncthreads();

    // From the right.
    Quad sum = {};
#pragma unroll
    for (int s = 0; s < 3; ++s) {
        const int taps = static_cast<int>(o.scale[s].block_taps);
        const float* const weight = shared + plan.block_weight[s] + block * taps * static_cast<int>(kBlockPixels) +
                                    lane % static_cast<int>(kBlockPixels);
        const Quad* const left =
            reinterpret_cast<const Quad*>(shared + plan.left[s]) + (own_block[s] - from[s]) * kWarps + warp;
#pragma unroll 4
        for (int k = 0; k < taps; ++k) {
            const float w = weight[k * static_cast<int>(kBlockPixels)];
            const Quad v = left[k * kWarps];
#pragma unroll
            for (int r = 0; r < kRowsOfThread; ++r) {
                sum.row[r].rgb = fmaf(w, v.row[r].rgb, sum.row[r].rgb);
                sum.row[r].depth = fmaf(w, v.row[r].depth, sum.row[r].depth);
            }
        }
    }
    int most[3] = {kNoPixel, kNoPixel, kNoPixel};
#pragma unroll
    for (int r = 0; r < kRowsOfThread; ++r) {
        const float value[3] = {sum.row[r].rgb + sum.row[r].depth, sum.row[r].rgb, sum.row[r].depth};
        const int64_t at = (image * size + y + r) * size + x;
#pragma unroll
        for (int i = 0; i < 3; ++i) {
            if (x < size && y + r < size) a.map[i][at] = value[i];
            if (counts[r]) most[i] = larger(most[i], key_of(value[i]));
        }
    }
#pragma unroll
    for (int i = 0; i < 3; ++i) {
#pragma unroll
        for (int offset = 16; offset > 0; offset /= 2)
            most[i] = larger(most[i], __shfl_xor_sync(0xffffffffu, most[i], offset));
        if (lane == 0) best[i][warp] = most[i];
    }
    __syncthreads();
    if (threadIdx.x < 3) {
        int of_block = kNoPixel;
        for (const int key : best[threadIdx.x]) of_block = larger(of_block, key);
        raise(a.scores + 3 * image + threadIdx.x, of_block);
    }
}

}  // namespace

void anomaly_map(const trd_exec& exec, const AnomalyMap& a, const BlurOperators& layout) {
    const OnDevice device(exec);
    const auto stream = static_cast<cudaStream_t>(exec.stream);
    const int64_t scores = 3 * a.n;
    TRD_LAUNCH(clear_scores_kernel, static_cast<unsigned>((scores + kThreads - 1) / kThreads), kThreads, 0, stream,
               reinterpret_cast<unsigned*>(a.scores), scores);
    check_launch("anomaly_map, scores");
    const Plan plan = plan_of(layout);
    const int bytes = plan.floats * static_cast<int>(sizeof(float));
    if (bytes > 48 << 10) allow_shared(reinterpret_cast<const void*>(anomaly_map_kernel), bytes);
    const unsigned tiles_x = static_cast<unsigned>((layout.size + kTileColumns - 1) / kTileColumns);
    TRD_LAUNCH(anomaly_map_kernel, static_cast<unsigned>(map_tiles(a.n, layout.size)), kThreads, bytes, stream, a,
               layout, plan, tiles_x, static_cast<unsigned>(map_tiles(1, layout.size)));
    check_launch("anomaly_map");
}

}  // namespace trd::cuda
