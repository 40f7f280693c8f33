// Products of tiles in shared memory: 128 threads multiply [kTileM, k] by [kTileN, k], k = kTileK, and add into
// registers. A tile's row is 128 bytes of k: eight pieces of 16 bytes, piece i at place i ^ (row % 8), so that the
// eight rows that an ldmatrix or a quarter of a warp reads at once lie in different banks.
//   float16, bfloat16  mma.m16n8k16; warps 2 x 2, each kTileM / 2 x kTileN / 2
//   float32            FMA (no tf32: the sums are exact products); threads 16 x 8, rows and columns 16 and 8 apart
#pragma once
#include "cuda/device.hpp"

#ifndef __grid_constant__
#define __grid_constant__  // the SIMT harness passes a kernel's parameters by value too
#endif

namespace trd::cuda {

constexpr int kThreads = 128;
constexpr int kRowBytes = 128;

template <class T> constexpr int kTileK = kRowBytes / static_cast<int>(sizeof(T));
template <class T> constexpr int kVector = 16 / static_cast<int>(sizeof(T));  // elements of a piece

template <class T> struct alignas(16) Piece { T v[kVector<T>]; };

// Floats from one row of staged sums to the next: stores of a product's fragments are free of bank conflicts.
template <int kTileN> constexpr int kStagedRow = kTileN + 8;

struct alignas(8) Pair {
    float a, b;
};

// Where a piece lies in a tile, in bytes.
__device__ __forceinline__ int place(int row, int piece) { return row * kRowBytes + ((piece ^ (row & 7)) << 4); }

// Sums of a block's [kTileM, kTileN] tile in its threads' registers.
template <class T, int kTileM, int kTileN> struct Product {
    static constexpr int kRows = kTileM / 32, kColumns = kTileN / 16;  // a warp's fragments of 16 rows and of 8 columns
    float sum[kRows][kColumns][4];

    __device__ __forceinline__ void clear() {
#pragma unroll
        for (int i = 0; i < kRows; ++i)
#pragma unroll
            for (int j = 0; j < kColumns; ++j)
#pragma unroll
                for (int e = 0; e < 4; ++e) sum[i][j][e] = 0;
    }

    static __device__ __forceinline__ int first_row() { return static_cast<int>(threadIdx.x) / 64 * (kTileM / 2); }
    static __device__ __forceinline__ int first_column() {
        return static_cast<int>(threadIdx.x) / 32 % 2 * (kTileN / 2);
    }

    // += a w^T; a: tile [kTileM, kTileK], w: tile [kTileN, kTileK]
    __device__ __forceinline__ void multiply(const unsigned char* a, const unsigned char* w) {
        const int lane = static_cast<int>(threadIdx.x) % 32;
        const int a_row = first_row() + lane % 16, w_row = first_column() + lane / 16 * 8 + lane % 8;
#pragma unroll
        for (int k = 0; k < kRowBytes / 32; ++k) {  // 16 elements
            uint32_t left[kRows][4], right[kColumns][2];
#pragma unroll
            for (int i = 0; i < kRows; ++i) ldmatrix(left[i], a + i * 16 * kRowBytes + place(a_row, 2 * k + lane / 16));
#pragma unroll
            for (int j = 0; j < kColumns; j += 2) {
                uint32_t both[4];
                ldmatrix(both, w + j * 8 * kRowBytes + place(w_row, 2 * k + lane / 8 % 2));
                right[j][0] = both[0], right[j][1] = both[1], right[j + 1][0] = both[2], right[j + 1][1] = both[3];
            }
#pragma unroll
            for (int i = 0; i < kRows; ++i)
#pragma unroll
                for (int j = 0; j < kColumns; ++j) mma<T>(sum[i][j], left[i], right[j]);
        }
    }

    // Calls each(row, column, v, w) for this thread's sums v at [row, column] and w at [row, column + 1].
    template <class Each> __device__ __forceinline__ void for_pairs(Each&& each) const {
        const int lane = static_cast<int>(threadIdx.x) % 32;
#pragma unroll
        for (int i = 0; i < kRows; ++i)
#pragma unroll
            for (int j = 0; j < kColumns; ++j) {
                const int row = first_row() + i * 16 + lane / 4, column = first_column() + j * 8 + lane % 4 * 2;
                each(row, column, sum[i][j][0], sum[i][j][1]);
                each(row + 8, column, sum[i][j][2], sum[i][j][3]);
            }
    }

    // To shared memory: [kTileM] rows, kStagedRow floats apart.
    __device__ __forceinline__ void stage(float* staged) const {
        for_pairs([&](int row, int column, float v, float w) {
            *reinterpret_cast<Pair*>(staged + row * kStagedRow<kTileN> + column) = Pair{v, w};
        });
    }
};

template <int kTileM, int kTileN> struct Product<float, kTileM, kTileN> {
    static constexpr int kRows = kTileM / 16, kColumns = kTileN / 8;
    float sum[kRows][kColumns];

    __device__ __forceinline__ void clear() {
#pragma unroll
        for (int i = 0; i < kRows; ++i)
#pragma unroll
            for (int j = 0; j < kColumns; ++j) sum[i][j] = 0;
    }

    static __device__ __forceinline__ int row(int i) { return static_cast<int>(threadIdx.x) / 8 + 16 * i; }
    static __device__ __forceinline__ int column(int j) { return static_cast<int>(threadIdx.x) % 8 + 8 * j; }

    __device__ __forceinline__ void multiply(const unsigned char* a, const unsigned char* w) {
#pragma unroll 1
        for (int piece = 0; piece < kRowBytes / 16; ++piece) {
            Piece<float> left[kRows];
#pragma unroll
            for (int i = 0; i < kRows; ++i) left[i] = *reinterpret_cast<const Piece<float>*>(a + place(row(i), piece));
#pragma unroll
            for (int j = 0; j < kColumns; ++j) {
                const Piece<float> right = *reinterpret_cast<const Piece<float>*>(w + place(column(j), piece));
#pragma unroll
                for (int i = 0; i < kRows; ++i)
#pragma unroll
                    for (int e = 0; e < 4; ++e) sum[i][j] = fmaf(left[i].v[e], right.v[e], sum[i][j]);
            }
        }
    }

    __device__ __forceinline__ void stage(float* staged) const {
#pragma unroll
        for (int i = 0; i < kRows; ++i)
#pragma unroll
            for (int j = 0; j < kColumns; ++j) staged[row(i) * kStagedRow<kTileN> + column(j)] = sum[i][j];
    }
};

}  // namespace trd::cuda
