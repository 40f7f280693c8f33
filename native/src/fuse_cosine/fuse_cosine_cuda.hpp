// fuse_cosine on CUDA. Arguments are already validated; type may also be TRD_FLOAT16.
#pragma once
#include "fuse_cosine/fuse_cosine.hpp"
#include "trd.h"

namespace trd::cuda {

void fuse_cosine(const trd_exec& exec, const trd::cpu::FuseCosine& f);

}  // namespace trd::cuda
