// What lies in the workspace of trd_prepare_depth.
#include "preprocess/depth_image.hpp"

namespace trd {

DepthWorkspace::DepthWorkspace(const PlanHeader& plan, void* start) {
    WorkspaceLayout layout(start);
    layout.take<PlanHeader>(1);
    column = layout.take<int32_t>(plan.size);
    plane = DepthPlane(layout, plan.size, plan.size);
    bytes = layout.bytes();
}

void DepthWorkspace::fill(const PlanHeader& plan) {
    for (int64_t x = 0; x < plan.size; ++x) column[x] = static_cast<int32_t>(3 * (x * plan.width / plan.size));
}

}  // namespace trd
