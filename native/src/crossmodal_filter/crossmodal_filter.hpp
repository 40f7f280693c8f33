// The Crossmodal Filter's layers (SPEC section 2) and where their weights lie. Arguments are already validated.
#pragma once
#include <cstdint>

#include "trd.h"

namespace trd {

// Steps that all scales together take: scale 0 goes down and up three times, scale 1 twice, scale 2 once, in the middle
// ones.
constexpr int32_t kFilterSteps = 6;

struct FilterLayer {
    int32_t scale, step;  // step of its own scale, 0 to 2 (3 - scale) - 1
    int32_t transposed;
    int64_t c_in, c_out;
    int64_t level;  // the input has side >> level rows and columns
};

// layer  0 to TRD_FILTER_LAYERS - 1: scale 0's six, scale 1's four, scale 2's two
FilterLayer filter_layer(int32_t layer, int64_t c1);

// The layer of a scale in one of the steps, -1 when it rests.
int32_t filter_layer_at(int32_t scale, int32_t step);

// Where a layer's weights and bias begin in the packed filter, in bytes, 256-byte aligned.
struct FilterOffsets {
    int64_t weights, bias, end;
};
FilterOffsets filter_offsets(int32_t type, int32_t layer, int64_t c1);

void pack_filter(int32_t type, int32_t layer, const float* weights, const float* bias, void* packed, int64_t c1);

}  // namespace trd
