// The kernel of the fused pairs. One pipeline of asynchronous copies runs through both products: while the last tiles
// of the intermediate are multiplied, the first weights of the second product are already on their way.
#pragma once
#include "convolution/tile.cuh"
#include "crossmodal_amplifier/fused_pair.hpp"

namespace trd::cuda {

// Threads of a block whose tiles have 64 kGroups rows; four warps multiply 64 rows.
template <int kGroups> constexpr int kPairThreads = kThreads* kGroups;

// Queues the copies of a tile: rows [first, rows) and columns [column, columns) of a matrix, zeros behind both.
template <class T, int kTileRows, int kBlockThreads>
__device__ __forceinline__ void copy_tile(unsigned char* tile, const void* matrix, int64_t row_elements, int first,
                                          int rows, int column, int columns) {
    constexpr int kStep = kBlockThreads / 8;  // rows that all threads copy at a time
    const int row = static_cast<int>(threadIdx.x) / 8, piece = static_cast<int>(threadIdx.x) % 8;
    const int from_column = column + piece * kVector<T>;
    const T* const from = static_cast<const T*>(matrix) + (first + row) * row_elements + from_column;
    unsigned char* const to = tile + place(row, piece);
    static_assert(kStep % 8 == 0 && kTileRows % kStep == 0, "a thread's pieces have the same place in their rows");
#pragma unroll
    for (int i = 0; i < kTileRows; i += kStep) {
        const bool valid = first + row + i < rows && from_column < columns;
        cp_async16(to + i * kRowBytes, valid ? from + i * row_elements : matrix, valid);
    }
}

// Calls each(row, column, v) for this thread's sums, one or two columns at a time.
template <class T, int kTileM, int kTileN, class Each>
__device__ __forceinline__ void for_sums(const Product<T, kTileM, kTileN>& product, Each&& each) {
    product.for_pairs([&](int row, int column, float v, float w) {
        const float both[2] = {v, w};
        each(row, column, both);
    });
}
template <int kTileM, int kTileN, class Each>
__device__ __forceinline__ void for_sums(const Product<float, kTileM, kTileN>& product, Each&& each) {
    using P = Product<float, kTileM, kTileN>;
#pragma unroll
    for (int i = 0; i < P::kRows; ++i)
#pragma unroll
        for (int j = 0; j < P::kColumns; ++j) {
            const float one[1] = {product.sum[i][j]};
            each(P::row(i), P::column(j), one);
        }
}

template <class T, int kCount> struct alignas(sizeof(T) * kCount) Neighbours { T v[kCount]; };

// sums + bias, ReLU, rounded
template <class T, int kCount>
__device__ __forceinline__ Neighbours<T, kCount> activated(const float (&sums)[kCount], const float* bias) {
    Neighbours<T, kCount> result;
#pragma unroll
    for (int e = 0; e < kCount; ++e) {
        const float v = sums[e] + bias[e];
        result.v[e] = from_float<T>(v < 0 ? 0 : v);  // a NaN stays one
    }
    return result;
}

// Tiles of 64 kGroups pixels and kTileN channels. What the pipeline copies and the block multiplies, in order:
//   up    for each kTileN of the slice's channels, for each kTileK of c:       in, up   -> hidden
//   down  for each kTileN of the c outputs, for each kTileK of the slice:      hidden, down -> out or partial
template <class T, int kGroups, int kTileN>
__global__ void __launch_bounds__(kPairThreads<kGroups>, 1)
    fused_pair_kernel(const __grid_constant__ FusedPairs group) {
    constexpr int kTileM = kPairRows * kGroups, kStageBytes = (kTileM + kTileN) * kRowBytes;
    constexpr int kBlock = kPairThreads<kGroups>;
    static_assert(kGroups == 1 || sizeof(T) == 2, "the float32 product is of 128 threads");
    static_assert(kTileN % kTileK<T> == 0, "the intermediate is whole tiles of k");
    TRD_DYNAMIC_SHARED(unsigned char, shared);
    unsigned char* const hidden = shared + kPairStages * kStageBytes;  // tiles [kTileM, kTileK], one after the other

    int pair = 0;
    while (pair + 1 < group.count && blockIdx.x >= group.pairs[pair + 1].first_block) ++pair;
    const FusedPair& p = group.pairs[pair];
    const int block = static_cast<int>(blockIdx.x - p.first_block), slice = block / p.tiles_m;
    const int m = (block - slice * p.tiles_m) * kTileM, j = slice * p.width;
    const int j_end = j + p.width < 2 * p.c ? j + p.width : 2 * p.c;
    const int up_tiles = (j_end - j + kTileN - 1) / kTileN, up_k = (p.c + kTileK<T> - 1) / kTileK<T>;
    const int down_tiles = (p.c + kTileN - 1) / kTileN, down_k = (j_end - j + kTileK<T> - 1) / kTileK<T>;

    int next_stage = 0, next_tile = 0, next_k = 0;
    bool next_up = true;
    const auto load = [&] {
        unsigned char* const stage = shared + next_stage * kStageBytes;
        if (next_up) {
            const int k = next_k * kTileK<T>;
            copy_tile<T, kTileM, kBlock>(stage, p.in, p.c, m, p.m, k, p.c);
            copy_tile<T, kTileN, kBlock>(stage + kTileM * kRowBytes, p.up, p.up_row, j + next_tile * kTileN, j_end, k,
                                         k + kTileK<T>);
            if (++next_k == up_k) {
                next_k = 0;
                if (++next_tile == up_tiles) next_tile = 0, next_up = false;
            }
        } else if (next_tile < down_tiles) {
            const int k = j + next_k * kTileK<T>;
            copy_tile<T, kTileN, kBlock>(stage + kTileM * kRowBytes, p.down, p.down_row, next_tile * kTileN, p.c, k,
                                         k + kTileK<T>);
            if (++next_k == down_k) next_k = 0, ++next_tile;
        }
        next_stage = next_stage + 1 == kPairStages ? 0 : next_stage + 1;
        cp_async_commit();  // an empty group where nothing was left: the waits below count groups
    };
    int this_stage = 0;
    const auto arrived = [&] {
        cp_async_wait<kPairStages - 2>();
        __syncthreads();  // the tile is there, and nobody reads any more what the next copies overwrite
        load();
        const unsigned char* const stage = shared + this_stage * kStageBytes;
        this_stage = this_stage + 1 == kPairStages ? 0 : this_stage + 1;
        return stage;
    };
#pragma unroll
    for (int i = 0; i < kPairStages - 1; ++i) load();

    // Every 64 threads multiply kPairRows / 2 rows of their own: 64 kGroups rows in all.
    Product<T, kPairRows, kTileN> product;
    for (int tile = 0; tile < up_tiles; ++tile) {
        product.clear();
        for (int k = 0; k < up_k; ++k) {
            const unsigned char* const stage = arrived();
            product.multiply(stage, stage + kTileM * kRowBytes);
        }
        const int first = j + tile * kTileN;
        unsigned char* const to = hidden + tile * (kTileN / kTileK<T>)*kTileM * kRowBytes;
        for_sums(product, [&](int row, int column, const auto& sums) {
            constexpr int kCount = sizeof sums / sizeof(float);
            Neighbours<T, kCount> h = {};  // behind the last channel: a zero, also where the input is infinite
            if (first + column < j_end) h = activated<T>(sums, p.up_bias + first + column);
            const int k = column % kTileK<T>;
            *reinterpret_cast<Neighbours<T, kCount>*>(to + column / kTileK<T> * kTileM * kRowBytes +
                                                      place(row, k / kVector<T>) +
                                                      k % kVector<T> * static_cast<int>(sizeof(T))) = h;
        });
    }
    // The next tile's barrier lies between these stores and the loads below.
    for (int tile = 0; tile < down_tiles; ++tile) {
        product.clear();
        for (int k = 0; k < down_k; ++k) {
            const unsigned char* const stage = arrived();
            product.multiply(hidden + k * kTileM * kRowBytes, stage + kTileM * kRowBytes);
        }
        const int first = tile * kTileN;
        for_sums(product, [&](int row, int column, const auto& sums) {
            constexpr int kCount = sizeof sums / sizeof(float);
            const int n = first + column;
            if (m + row >= p.m || n >= p.c) return;
            if (p.slices == 1) {
                *reinterpret_cast<Neighbours<T, kCount>*>(static_cast<T*>(p.out) + (m + row) * p.out_stride + n) =
                    activated<T>(sums, p.down_bias + n);
            } else {
                Neighbours<float, kCount> part;
#pragma unroll
                for (int e = 0; e < kCount; ++e) part.v[e] = sums[e];
                *reinterpret_cast<Neighbours<float, kCount>*>(
                    p.partial + (static_cast<int64_t>(slice) * p.m + m + row) * p.c + n) = part;
            }
        });
    }
}

}  // namespace trd::cuda
