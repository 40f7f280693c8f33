// Sizes and tables of the four workspaces: computed on the CPU, for both backends.
#include "preprocess/depth_image.hpp"
#include "preprocess/metric.hpp"
#include "preprocess/prepare_rgb.hpp"

namespace trd {
namespace {

template <class Workspace> void plan_as(const PlanHeader& plan, void* workspace) {
    Workspace laid_out(plan, workspace);
    laid_out.fill(plan);
    auto* header = static_cast<PlanHeader*>(workspace);
    *header = plan;
    header->bytes = laid_out.bytes;
}

PlanHeader derived(PlanHeader plan) {
    if (plan.op == Preparation::rgb) derive_taps(plan);
    return plan;
}

}  // namespace

int64_t preparation_workspace_bytes(const PlanHeader& plan) {
    switch (plan.op) {
        case Preparation::rgb: return RgbWorkspace(derived(plan), nullptr).bytes;
        case Preparation::depth: return DepthWorkspace(plan, nullptr).bytes;
        case Preparation::metric: return MetricWorkspace(plan, nullptr).bytes;
        default: return NormalsWorkspace(plan, nullptr).bytes;
    }
}

void plan_preparation(const PlanHeader& plan, void* workspace) {
    switch (plan.op) {
        case Preparation::rgb: return plan_as<RgbWorkspace>(derived(plan), workspace);
        case Preparation::depth: return plan_as<DepthWorkspace>(plan, workspace);
        default: return plan_as<NormalsWorkspace>(plan, workspace);
    }
}

void plan_metric(const PlanHeader& plan, const MetricScales& scales, void* workspace) {
    plan_as<MetricWorkspace>(plan, workspace);
    MetricWorkspace(plan, workspace).set(scales);
}

}  // namespace trd
