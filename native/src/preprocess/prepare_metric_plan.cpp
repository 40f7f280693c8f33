// The boxes and Gaussians of the metric geometry, and what lies in the workspace of trd_prepare_metric.
#include <initializer_list>

#include "preprocess/boxes.hpp"
#include "preprocess/metric.hpp"

namespace trd {
namespace {

void fill_boxes(int64_t in, int64_t out, int32_t* boxes) {
    for (int64_t i = 0; i < out; ++i) {
        const Box box = box_of(i, in, out);
        boxes[2 * i] = static_cast<int32_t>(box.from);
        boxes[2 * i + 1] = static_cast<int32_t>(box.to);
    }
}

}  // namespace

MetricWorkspace::MetricWorkspace(const PlanHeader& plan, void* start) {
    WorkspaceLayout layout(start);
    layout.take<PlanHeader>(1);
    tables = layout.take<MetricTables>(1);
    columns = layout.take<int32_t>(2 * plan.size);
    rows = layout.take<int32_t>(2 * plan.size);
    pitch = (plan.size + 63) / 64 * 64;
    const int64_t plane = plan.size * pitch + kPadding;
    height = layout.take<float>(plane);
    weight = layout.take<float>(plane);
    for (float*& p : blurred) p = layout.take<float>(plane);
    bytes = layout.bytes();
}

void MetricWorkspace::fill(const PlanHeader& plan) {
    fill_boxes(plan.width, plan.size, columns);
    fill_boxes(plan.height, plan.size, rows);
    // What vectors read beyond a row's end is never used, but shall be numbers.
    for (float* p : {height, weight})
        for (int64_t i = 0; i < plan.size * pitch + kPadding; ++i) p[i] = 0;
}

void MetricWorkspace::set(const MetricScales& scales) {
    const bool masks = scales.ground_metres > 0;
    *tables = MetricTables{gaussian(scales.smooth, 3), gaussian(scales.relief, 3),
                           static_cast<float>(scales.slope_gain / 8), static_cast<float>(1 / scales.relief_metres),
                           masks ? static_cast<float>(1 / scales.ground_metres) : 0.0f, masks ? -1.0f : 1.0f};
}

}  // namespace trd
