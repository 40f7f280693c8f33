// Convolutions on CUDA. Arguments are already validated.
#pragma once
#include "trd.h"

namespace trd::cuda {

int64_t convolutions_workspace_bytes(const trd_exec& exec, int32_t type, const trd_convolution* layers, int32_t count);

// How many blocks the call would launch; a grid has at most 2^31 - 1.
int64_t convolutions_blocks(const trd_exec& exec, int32_t type, const trd_convolution* layers, int32_t count,
                            bool may_split = true);

// Without may_split: one launch, and no workspace.
void convolutions(const trd_exec& exec, int32_t type, const trd_convolution* layers, int32_t count, void* workspace,
                  bool may_split = true);

}  // namespace trd::cuda
