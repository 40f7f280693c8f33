// Pairs of 1x1 convolutions, c to 2c to c channels, whose 2c-channel intermediate stays in shared memory: what the host
// and the kernel agree on. A block takes tile_m pixels and `width` of the intermediate's channels, a slice: it computes
// them, and adds what they contribute to all c outputs. One slice gives the outputs; the sums of several are added by a
// second launch.
#pragma once
#include <cstdint>

#include "cuda/runtime.hpp"
#include "trd.h"

namespace trd::cuda {

constexpr int kMostPairs = 6;  // three scales, two branches

// out[m][n] = r(bias_down[n] + sum_j r(bias_up[j] + sum_k in[m][k] up[j][k]) down[n][j]), r = ReLU
struct FusedPair {
    const void* in;          // [m, c]
    const void* up;          // [2c, up_row], zeros behind c
    const void* down;        // [c, down_row], zeros behind 2c
    const float* up_bias;    // [2c]
    const float* down_bias;  // [c]
    void* out;               // [m, c], a row every out_stride elements
    float* partial;          // [slices, m, c]; null when there is one slice
    int64_t up_row, down_row, out_stride;
    int32_t m, c;
    int32_t width;  // of a slice, a multiple of the kernel's tile; the last may have less
    int32_t slices;
    int32_t tiles_m;  // blocks count m tiles first, then slices
    uint32_t first_block;
};

// By value as a kernel's parameter.
struct FusedPairs {
    int32_t count;
    FusedPair pairs[kMostPairs];
};

// Rows and columns of a block's tiles, and how many pairs of warps multiply them.
constexpr int kPairRows = 64;  // of 128 threads
constexpr int pair_columns(int64_t element_bytes) { return element_bytes == 4 ? 64 : 128; }

// Dynamic shared memory of a block: three stages of copies, and the slice's intermediate.
constexpr int kPairStages = 3;
constexpr int64_t pair_shared_bytes(int64_t element_bytes, int32_t tile_m, int64_t width) {
    return kPairStages * (tile_m + pair_columns(element_bytes)) * int64_t{128} + tile_m * width * element_bytes;
}

struct PairPlan {
    int32_t tile_m;  // 64 or 128
    int32_t width[kMostPairs], slices[kMostPairs];
    int32_t order[kMostPairs];           // longest blocks first
    int64_t partial_offset[kMostPairs];  // bytes, 256-byte aligned
    int64_t partial_bytes;
    int64_t blocks;
};

// A function of the sizes and the device's limits only: the same bits on every run on the same device.
PairPlan plan_pairs(int64_t element_bytes, const int64_t* m, const int64_t* c, int32_t count,
                    const DeviceLimits& limits);

}  // namespace trd::cuda
