// The convolutions of the network, one row for each distinct shape.
#pragma once
#include "op.hpp"

namespace trd_kernels {

struct Layer {
    const char* name;
    int32_t pair;  // 1: both students' layer, one image each, in one call; 0: the teacher's, a batch of two images
    int64_t side, c_in, c_out;  // of the input
    int32_t kernel, stride;     // padding kernel / 2; transposed: 2, 2 and none
    bool transposed, residual, post;
};

// Of wide_resnet50_2 or resnet18, at S = 256 and full width.
const std::vector<Layer>& layers(bool bottleneck);

}  // namespace trd_kernels
