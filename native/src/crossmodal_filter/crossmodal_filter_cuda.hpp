// The Crossmodal Filter on CUDA. Arguments are already validated.
#pragma once
#include "trd.h"

namespace trd::cuda {

int64_t crossmodal_filter_workspace_bytes(const trd_exec& exec, int32_t type, int32_t count, int64_t n, int64_t side,
                                          int64_t c1);

void crossmodal_filter(const trd_exec& exec, int32_t type, const trd_tuner_branch* branches, int32_t count,
                       void* workspace, int64_t n, int64_t side, int64_t c1);

}  // namespace trd::cuda
