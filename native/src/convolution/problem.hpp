// What a kernel knows of the layers of a launch, and how the host divides them.
#pragma once
#include <cstdint>

#include "trd.h"

namespace trd::cuda {

// A layer as a product of [m, k] pixels and [n, k] weights, k in tiles of 128 bytes.
struct Problem {
    const void* in;
    const void* weights;  // [n, row]
    const float* bias;
    const void* residual;  // may be null, as post
    const void* post;
    void* out;
    float* partial;  // [splits, m, n]; null when k is not split
    int64_t row, out_stride;
    int32_t m, n, k_tiles;
    int32_t h, w, c_in, c_out;
    int32_t out_h, out_w;  // of the product's rows: transposed, those of the input
    int32_t kernel, stride, padding, transposed, relu;
    int32_t runs;     // 1: c_in is whole tiles, and k runs over all taps of a tile of channels (convolution.hpp)
    int32_t tiles_m;  // blocks count m tiles first, then n tiles, then splits
    int32_t tiles_n;
    int32_t splits;
    int32_t k_tiles_per_split;
    uint32_t first_block;
};

// By value as a kernel's parameter.
struct Group {
    int32_t count;
    Problem problems[TRD_MAX_LAYERS];
};

// How the layers of a call are divided: the tile, parts of k, and in which order the blocks take them.
struct Plan {
    int32_t tile_m, tile_n;  // 64 x 64, 128 x 64 or, of 16-bit types, 64 x 128, 128 x 128
    int32_t k_tiles_per_split[TRD_MAX_LAYERS];
    int32_t splits[TRD_MAX_LAYERS];
    int32_t order[TRD_MAX_LAYERS];           // longest blocks first
    int64_t partial_offset[TRD_MAX_LAYERS];  // bytes into the workspace
    int64_t workspace_bytes;
    int64_t blocks;
    int64_t clocks;  // what the plan is expected to take
};

// A function of the layers' sizes and the device's multiprocessors only: the same bits on every run on the same device.
// Without may_split no k is divided, and there is no second launch.
Plan plan_convolutions(int32_t type, const trd_convolution* layers, int32_t count, int32_t multiprocessors,
                       bool may_split);

// The second launch: adds the parts of the problems' sums in ascending order and does what follows. Counts its own
// blocks; of a problem it reads partial [splits, m, n] and what the results need. Makes no device current.
void add_parts(int32_t type, const Group& problems, void* stream);

}  // namespace trd::cuda
