// Data preparation on CUDA. Arguments are already validated; the contract stands in trd.h. All pointers are the
// device's, and the workspace holds what the plan of the same sizes put there. The results have the same bits as the
// CPU's.
#pragma once
#include "preprocess/preprocess.hpp"
#include "trd.h"

namespace trd::cuda {

void prepare_rgb(const trd_exec& exec, const PlanHeader& plan, const ImageView& image, const Prepared& out,
                 void* workspace);
void prepare_depth(const trd_exec& exec, const PlanHeader& plan, const CloudView& cloud, const Prepared& out,
                   uint8_t* mask, void* workspace, int32_t* fault);
void prepare_normals(const trd_exec& exec, const PlanHeader& plan, const CloudView& cloud, const Prepared& out,
                     uint8_t* mask, void* workspace, int32_t* fault);
void prepare_metric(const trd_exec& exec, const PlanHeader& plan, const CloudView& cloud, const Prepared& out,
                    const float* plane, void* workspace);

}  // namespace trd::cuda
