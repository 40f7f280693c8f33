// How winograd cuts a layer into work, and the variants that do it: one object file each.
#pragma once
#include <cstdint>

#include "winograd/winograd.hpp"

namespace trd::cpu {

// Tiles of 4 x 4 outputs, numbered along rows, then images; blocks of tiles that one register block multiplies; groups
// of blocks that take their products with one panel's weights in turn.
struct WinogradPlan {
    int64_t points;  // of a tile: 6 x 6 for stride 1, 9 x 9 for stride 2
    int64_t out_h, out_w, tiles_x, tiles_per_image, tiles;
    int64_t blocks, group;                         // blocks in all; blocks in a group
    int64_t point_stride, block_stride, products;  // floats; products: of one group with one panel
    bool shared;                                   // one array of all transformed tiles; else one group per thread
};

// The share of one thread; every thread of the team calls it.
void winograd_avx2(const WinogradConv& conv, const WinogradPlan& plan, int64_t thread, int64_t threads);
void winograd_avx512(const WinogradConv& conv, const WinogradPlan& plan, int64_t thread, int64_t threads);

}  // namespace trd::cpu
