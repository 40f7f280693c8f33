// fuse_cosine on CUDA. Arguments are already validated.
#pragma once
#include "fuse_cosine/fuse_cosine.hpp"
#include "trd.h"

namespace trd::cuda {

void fuse_cosine(const trd_exec& exec, const FuseCosine& f);

}  // namespace trd::cuda
