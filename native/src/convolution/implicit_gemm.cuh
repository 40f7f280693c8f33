// The main loop of every convolution: tiles of the input, gathered as k runs over taps and channels, times tiles of the
// packed weights, through a pipeline of asynchronous copies. 128 threads; thread t copies piece t % 8 of rows t / 8 +
// 16 i.
#pragma once
#include "convolution/problem.hpp"
#include "convolution/tile.cuh"

namespace trd::cuda {

// Two stages where a tile keeps the tensor cores busy for longer than its successor's copy takes: what is saved is
// first-level cache.
template <int kTileM, int kTileN> constexpr int kStages = kTileM* kTileN >= 128 * 128 ? 2 : 3;
constexpr int kRowStep = kThreads / 8;

__device__ __forceinline__ int copied_row() { return static_cast<int>(threadIdx.x) / 8; }
__device__ __forceinline__ int copied_piece() { return static_cast<int>(threadIdx.x) % 8; }

// Rows [first, first + kRows) and, one tile after the other, columns of a matrix [rows, row], type T, row whole tiles
// long.
template <class T, int kRows> struct MatrixTile {
    const T* from;
    int64_t step;  // kRowStep rows
    int rows;      // left from this thread's first

    __device__ __forceinline__ void start(const void* matrix, int64_t row, int first, int count, int k_tile) {
        from = static_cast<const T*>(matrix) + (first + copied_row()) * row + k_tile * kTileK<T> +
               copied_piece() * kVector<T>;
        step = kRowStep * row;
        rows = count - first - copied_row();
    }
    // Queues the tile's copies, zeros below the last row, and goes on to the next tile.
    __device__ __forceinline__ void load(unsigned char* tile) {
        unsigned char* const to = tile + place(copied_row(), copied_piece());
#pragma unroll
        for (int i = 0; i < kRows / kRowStep; ++i) {
            const bool valid = i * kRowStep < rows;
            cp_async16(to + i * kRowStep * kRowBytes, valid ? from + i * step : from, valid);
        }
        from += kTileK<T>;
    }
};

// Output pixels [first, first + kRows) and, one tile after the other, what (ky, kx, channel) of the kernel sees of the
// input.
template <class T, int kRows> struct PixelTile {
    static constexpr int kPieces = kRows / kRowStep;
    int pixel[kPieces];   // under the kernel's first tap; may lie outside of the image
    int corner[kPieces];  // its row * 2^16 + its column; far outside for rows behind the last
    int ci, kx, ky;

    __device__ __forceinline__ void start(const Problem& p, int first, int k_tile) {
#pragma unroll
        for (int i = 0; i < kPieces; ++i) {
            const int m = first + copied_row() + i * kRowStep;
            const int line = m / p.out_w, image = line / p.out_h;
            const int y = (line - image * p.out_h) * p.stride - p.padding,
                      x = (m - line * p.out_w) * p.stride - p.padding;
            pixel[i] = (image * p.h + y) * p.w + x;
            corner[i] = (m < p.m ? y : -(1 << 14)) * (1 << 16) + (x & 0xffff);
        }
        const int taps = p.kernel * p.kernel, piece = copied_piece() * kVector<T>;
        int tap;
        if (p.runs) {
            const int run = k_tile / taps;
            tap = k_tile - run * taps;
            ci = run * kTileK<T> + piece;
        } else {
            const int k = k_tile * kTileK<T> + piece;
            tap = k / p.c_in;
            ci = k - tap * p.c_in;
        }
        ky = tap / p.kernel;
        kx = tap - ky * p.kernel;
    }

    static __device__ __forceinline__ bool inside(const Problem& p, int y, int x) {
        return static_cast<unsigned>(y) < static_cast<unsigned>(p.h) &&
               static_cast<unsigned>(x) < static_cast<unsigned>(p.w);
    }

    // Queues the tile's copies, zeros outside of the image and behind the last k, and goes on to the next tile.
    __device__ __forceinline__ void load(const Problem& p, unsigned char* tile) {
        unsigned char* const to = tile + place(copied_row(), copied_piece());
        const T* const in = static_cast<const T*>(p.in);
        const int step = ky * p.w + kx;
#pragma unroll
        for (int i = 0; i < kPieces; ++i) {
            const int y = (corner[i] >> 16) + ky, x = static_cast<int16_t>(corner[i]) + kx;
            const bool valid = ky < p.kernel && inside(p, y, x);
            cp_async16_cached(to + i * kRowStep * kRowBytes,
                              valid ? in + static_cast<int64_t>(pixel[i] + step) * p.c_in + ci : in, valid);
        }
        if (p.runs) {
            if (++kx < p.kernel) return;
            kx = 0;
            if (++ky < p.kernel) return;
            ky = 0;
            ci += kTileK<T>;
            return;
        }
        for (ci += kTileK<T>; ci >= p.c_in;) {
            ci -= p.c_in;
            if (++kx == p.kernel) kx = 0, ++ky;
        }
    }

    // As load, where c_in = 3: pieces hold several taps and are gathered element by element. Of a row of taps, the
    // elements are neighbours in memory.
    __device__ __forceinline__ void load_three(const Problem& p, unsigned char* tile, int k_tile) {
        unsigned char* const to = tile + place(copied_row(), copied_piece());
        const T* const in = static_cast<const T*>(p.in);
        const int line = 3 * p.kernel, first = k_tile * kTileK<T> + copied_piece() * kVector<T>;
#pragma unroll
        for (int i = 0; i < kPieces; ++i) {
            const int y = corner[i] >> 16, x = static_cast<int16_t>(corner[i]);
            Piece<T> piece;
#pragma unroll
            for (int e = 0; e < kVector<T>; ++e) {
                const int tap_row = (first + e) / line, element = first + e - tap_row * line;
                const bool valid = tap_row < p.kernel && inside(p, y + tap_row, x + element / 3);
                piece.v[e] =
                    valid ? in[static_cast<int64_t>(pixel[i] + tap_row * p.w) * 3 + element] : from_float<T>(0.0f);
            }
            *reinterpret_cast<Piece<T>*>(to + i * kRowStep * kRowBytes) = piece;
        }
    }
};

// Shared memory: of the main loop, and of the staged sums afterwards.
template <int kTileM, int kTileN> constexpr int kPipelineBytes = kStages<kTileM, kTileN>*(kTileM + kTileN) * kRowBytes;
template <int kTileM, int kTileN>
constexpr int kStagedBytes = kTileM* kStagedRow<kTileN>* static_cast<int>(sizeof(float));
template <int kTileM, int kTileN>
constexpr int kSharedBytes =
    kPipelineBytes<kTileM, kTileN> > kStagedBytes<kTileM, kTileN> ? kPipelineBytes<kTileM, kTileN>
                                                                  : kStagedBytes<kTileM, kTileN>;

// Sums of output pixels [m, m + kTileM) and columns [n, n + kTileN) over k tiles [begin, end). When it returns, all
// threads may write to shared memory. kThree: c_in may be 3.
template <class T, int kTileM, int kTileN, bool kThree>
__device__ __forceinline__ void convolve(const Problem& p, int m, int n, int begin, int end, unsigned char* shared,
                                         Product<T, kTileM, kTileN>& product) {
    constexpr int kStageBytes = (kTileM + kTileN) * kRowBytes, kDepth = kStages<kTileM, kTileN>;
    PixelTile<T, kTileM> pixels;
    MatrixTile<T, kTileN> weights;
    pixels.start(p, m, begin);
    weights.start(p.weights, p.row, n, p.n, begin);
    product.clear();
    const auto load = [&](int k_tile) {
        unsigned char* const stage = shared + (k_tile - begin) % kDepth * kStageBytes;
        if (k_tile < end) {
            if (kThree && p.c_in == 3) pixels.load_three(p, stage, k_tile);
            else pixels.load(p, stage);
            weights.load(stage + kTileM * kRowBytes);
        }
        cp_async_commit();  // an empty group where nothing was left: the waits below count groups
    };
#pragma unroll
    for (int i = 0; i < kDepth - 1; ++i) load(begin + i);
    for (int k_tile = begin; k_tile < end; ++k_tile) {
        cp_async_wait<kDepth - 2>();
        __syncthreads();  // the tile is there, and nobody reads any more what the next copies overwrite
        load(k_tile + kDepth - 1);
        const unsigned char* const stage = shared + (k_tile - begin) % kDepth * kStageBytes;
        product.multiply(stage, stage + kTileM * kRowBytes);
    }
    cp_async_wait<0>();
    __syncthreads();
}

// What follows the product, for kVector<T> columns of one row: bias, residual, ReLU, post; rounded once.
template <class T> __device__ __forceinline__ void finish(const Problem& p, int m, int n, float (&v)[kVector<T>]) {
    int co = n;
    int64_t pixel = m;
    if (p.transposed) {
        const int tap = n / p.c_out, line = m / p.w;
        co = n - tap * p.c_out;
        pixel = static_cast<int64_t>(2 * line + tap / 2) * (2 * p.w) + 2 * (m - line * p.w) + tap % 2;
    }
    using V = Piece<T>;
    const int64_t dense = pixel * p.c_out + co;
#pragma unroll
    for (int e = 0; e < kVector<T>; ++e) v[e] += p.bias[co + e];
    if (p.residual != nullptr) {
        const V residual = *reinterpret_cast<const V*>(static_cast<const T*>(p.residual) + dense);
#pragma unroll
        for (int e = 0; e < kVector<T>; ++e) v[e] += to_float(residual.v[e]);
    }
    if (p.relu) {
#pragma unroll
        for (int e = 0; e < kVector<T>; ++e) v[e] = v[e] < 0 ? 0 : v[e];  // a NaN stays one
    }
    if (p.post != nullptr) {
        const V post = *reinterpret_cast<const V*>(static_cast<const T*>(p.post) + dense);
#pragma unroll
        for (int e = 0; e < kVector<T>; ++e) v[e] += to_float(post.v[e]);
    }
    V result;
#pragma unroll
    for (int e = 0; e < kVector<T>; ++e) result.v[e] = from_float<T>(v[e]);
    *reinterpret_cast<V*>(static_cast<T*>(p.out) + pixel * p.out_stride + co) = result;
}

// Calls each(row, column, v) for kVector<T> staged sums v at a time, of all rows and columns that exist.
template <class T, int kTileM, int kTileN, class Each>
__device__ __forceinline__ void for_staged(const float* staged, int rows, int columns, Each&& each) {
    constexpr int kPieces = kTileN / kVector<T>, kStep = kThreads / kPieces;
    const int column = static_cast<int>(threadIdx.x) % kPieces * kVector<T>;
    if (column >= columns) return;
#pragma unroll 2
    for (int row = static_cast<int>(threadIdx.x) / kPieces; row < kTileM; row += kStep) {
        if (row >= rows) break;
        float v[kVector<T>];
#pragma unroll
        for (int e = 0; e < kVector<T>; e += 4) {
            const auto four = *reinterpret_cast<const Piece<float>*>(staged + row * kStagedRow<kTileN> + column + e);
#pragma unroll
            for (int i = 0; i < 4; ++i) v[e + i] = four.v[i];
        }
        each(row, column, v);
    }
}

}  // namespace trd::cuda
