// The Crossmodal Amplifier on CUDA. Arguments are already validated.
#pragma once
#include "trd.h"

namespace trd::cuda {

struct Amplifier {
    int32_t type;
    const trd_tuner_branch* branches;
    int32_t count;  // 1 or 2
    int64_t n, side, c1;
};

int64_t crossmodal_amplifier_workspace_bytes(const trd_exec& exec, const Amplifier& a);

// Whether each launch's blocks fit into a grid.
bool crossmodal_amplifier_fits(const trd_exec& exec, const Amplifier& a);

void crossmodal_amplifier(const trd_exec& exec, const Amplifier& a, void* workspace);

}  // namespace trd::cuda
