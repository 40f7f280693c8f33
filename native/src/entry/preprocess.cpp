// Entry points of the data preparation.
#include <cstdio>
#include <limits>

#include "entry/entry.hpp"
#include "entry/slices.hpp"
#include "preprocess/preprocess.hpp"
#ifdef TRD_CUDA
#include "preprocess/preprocess_cuda.hpp"
#endif

using namespace trd::entry;

namespace {

using trd::PlanHeader;
using trd::Preparation;

// Bytes of the workspace, 0 when a size is out of range.
int64_t preparation_bytes(const PlanHeader& plan) {
    const bool fits = plan.width > 0 && plan.height > 0 && plan.width <= trd::kMaxSide &&
                      plan.height <= trd::kMaxSide &&
                      plan.width * plan.height <= trd::kMaxPixels && plan.size > 0 && plan.size <= trd::kMaxSize;
    const bool kernel =
        plan.op != Preparation::normals || (plan.kernel % 2 == 1 && plan.kernel > 0 && plan.kernel < 32);
    return fits && kernel ? trd::preparation_workspace_bytes(plan) : 0;
}

void require_workspace(const void* workspace, int64_t workspace_bytes, int64_t needed) {
    require(workspace != nullptr, "prepare: the workspace is null");
    require(workspace_bytes >= needed, "prepare: the workspace is smaller than trd_prepare_*_workspace_bytes");
    require(aligned(workspace, 64), "prepare: the workspace is not 64-byte aligned");
}

void require_plan(const trd_exec* exec, const PlanHeader& plan, const void* workspace, int64_t workspace_bytes) {
    require_cpu(exec);
    const int64_t needed = preparation_bytes(plan);
    require(needed > 0, "prepare: width, height, size or kernel is out of range");
    require_workspace(workspace, workspace_bytes, needed);
}

trd_status plan_preparation(const trd_exec* exec, const PlanHeader& plan, void* workspace, int64_t workspace_bytes) {
    return guarded([&] {
        require_plan(exec, plan, workspace, workspace_bytes);
        trd::plan_preparation(plan, workspace);
    });
}

struct Call {
    const void* in;
    int64_t row_stride, pixel;  // bytes
    const void* out;
    int32_t type;
    const void* workspace;
    int64_t workspace_bytes;
    const void* mask;             // may be null
    const void* fault;            // may be null
    const void* plane = nullptr;  // may be null
};

// Checks everything about a call of which plan are the sizes; true when it is to run on CUDA.
bool require_preparation(const trd_exec* exec, const PlanHeader& plan, const Call& c) {
    const bool cuda = on_cuda(exec);
    require(c.in != nullptr && c.out != nullptr, "prepare: the image, the points or out is null");
    require_type(c.type, cuda, "prepare: type is no TRD_FLOAT32, TRD_BFLOAT16 or TRD_FLOAT16");
    int64_t needed;
    if (cuda) {  // the workspace lies on the device: what was planned cannot be seen
        needed = preparation_bytes(plan);
        require(needed > 0, "prepare: width, height, size or kernel is out of range");
    } else {
        require_workspace(c.workspace, c.workspace_bytes, sizeof(PlanHeader));
        const auto* planned = static_cast<const PlanHeader*>(c.workspace);
        // What was planned was in range.
        require(*planned == plan,
                "prepare: the workspace was not planned for these sizes; call trd_prepare_*_plan first");
        needed = planned->bytes;
    }
    require_workspace(c.workspace, c.workspace_bytes, needed);
    const int64_t row = plan.width * c.pixel, element = element_bytes(c.type);
    require(c.row_stride >= row, "prepare: row_stride is smaller than a row");
    require(c.row_stride <= std::numeric_limits<int64_t>::max() / plan.height, "prepare: row_stride is too large");
    require(aligned(c.out, element), "prepare: out is not aligned to its type");
    const int64_t mask_bytes =
        plan.op == Preparation::depth ? plan.size * plan.size : plan.width * plan.height;
    const Slice regions[] = {dense(c.in, (plan.height - 1) * c.row_stride + row),
                             dense(c.out, 3 * plan.size * plan.size * element), dense(c.workspace, needed),
                             dense(c.mask, mask_bytes), dense(c.fault, sizeof(int32_t)),
                             dense(c.plane, 5 * sizeof(float))};
    for (const Slice& a : regions)
        for (const Slice& b : regions)
            require(&a == &b || a.address == nullptr || b.address == nullptr || !overlap(a, b),
                    "prepare: two of the buffers overlap");
    return cuda;
}

// The same for a point cloud.
bool require_points_of(const trd_exec* exec, const PlanHeader& plan, const Call& c) {
    const bool cuda = require_preparation(exec, plan, c);
    require(aligned(c.in, 4) && c.row_stride % 4 == 0,
            "prepare: the points or row_stride are not a multiple of 4 bytes");
    return cuda;
}

// The same where on CUDA a fault needs a place.
bool require_cloud(const trd_exec* exec, const PlanHeader& plan, const Call& c) {
    const bool cuda = require_points_of(exec, plan, c);
    require(!cuda || c.fault != nullptr, "prepare: fault is null, which only the CPU allows");
    require(aligned(c.fault, 4), "prepare: fault is not aligned to 4 bytes");
    return cuda;
}

// The text continues a sentence that began with the part's name.
void require_points(int64_t width, int64_t height) {
    thread_local char text[96];
    if (width >= 3 && height >= 3) return;
    std::snprintf(text, sizeof text, "has only %lldx%lld points; at least 3x3 are needed",
                  static_cast<long long>(width), static_cast<long long>(height));
    throw Rejected{TRD_ERROR_INPUT, text};
}

void require_no_fault(trd::PartFault fault) {
    if (fault == trd::PartFault::no_foreground) throw Rejected{TRD_ERROR_INPUT, "has no foreground"};
}

PlanHeader rgb_plan(int64_t width, int64_t height, int64_t size) {
    return {Preparation::rgb, width, height, size, 0, 0, 0, 0};
}
PlanHeader depth_plan(int64_t width, int64_t height, int64_t size) {
    return {Preparation::depth, width, height, size, 0, 0, 0, 0};
}
PlanHeader normals_plan(int64_t width, int64_t height, int64_t size, int64_t kernel) {
    return {Preparation::normals, width, height, size, kernel, 0, 0, 0};
}
PlanHeader metric_plan(int64_t width, int64_t height, int64_t size) {
    return {Preparation::metric, width, height, size, 0, 0, 0, 0};
}

}  // namespace

int64_t trd_prepare_rgb_workspace_bytes(int64_t width, int64_t height, int64_t size) {
    return preparation_bytes(rgb_plan(width, height, size));
}

trd_status trd_prepare_rgb_plan(const trd_exec* exec, int64_t width, int64_t height, int64_t size, void* workspace,
                                int64_t workspace_bytes) {
    return plan_preparation(exec, rgb_plan(width, height, size), workspace, workspace_bytes);
}

trd_status trd_prepare_rgb(const trd_exec* exec, const uint8_t* image, int64_t width, int64_t height,
                           int64_t row_stride, void* out, int32_t type, int64_t size, void* workspace,
                           int64_t workspace_bytes) {
    return guarded([&] {
        const PlanHeader plan = rgb_plan(width, height, size);
        [[maybe_unused]] const bool cuda = require_preparation(
            exec, plan, {image, row_stride, 3, out, type, workspace, workspace_bytes, nullptr, nullptr});
        const trd::ImageView view{image, width, height, row_stride};
#ifdef TRD_CUDA
        if (cuda) return trd::cuda::prepare_rgb(*exec, plan, view, {out, type, size}, workspace);
#endif
        trd::cpu::prepare_rgb(view, {out, type, size}, workspace);
    });
}

int64_t trd_prepare_depth_workspace_bytes(int64_t width, int64_t height, int64_t size) {
    return preparation_bytes(depth_plan(width, height, size));
}

trd_status trd_prepare_depth_plan(const trd_exec* exec, int64_t width, int64_t height, int64_t size, void* workspace,
                                  int64_t workspace_bytes) {
    return plan_preparation(exec, depth_plan(width, height, size), workspace, workspace_bytes);
}

trd_status trd_prepare_depth(const trd_exec* exec, const float* xyz, int64_t width, int64_t height, int64_t row_stride,
                             void* out, int32_t type, int64_t size, uint8_t* mask, void* workspace,
                             int64_t workspace_bytes, int32_t* fault) {
    return guarded([&] {
        const PlanHeader plan = depth_plan(width, height, size);
        [[maybe_unused]] const bool cuda = require_cloud(
            exec, plan, {xyz, row_stride, 12, out, type, workspace, workspace_bytes, mask, fault});
        require_points(size, size);
        const trd::CloudView view{xyz, width, height, row_stride};
#ifdef TRD_CUDA
        if (cuda) return trd::cuda::prepare_depth(*exec, plan, view, {out, type, size}, mask, workspace, fault);
#endif
        require_no_fault(trd::cpu::prepare_depth(view, {out, type, size}, mask, workspace));
    });
}

int64_t trd_prepare_normals_workspace_bytes(int64_t width, int64_t height, int64_t size, int32_t kernel) {
    return preparation_bytes(normals_plan(width, height, size, kernel));
}

trd_status trd_prepare_normals_plan(const trd_exec* exec, int64_t width, int64_t height, int64_t size, int32_t kernel,
                                    void* workspace, int64_t workspace_bytes) {
    return plan_preparation(exec, normals_plan(width, height, size, kernel), workspace, workspace_bytes);
}

trd_status trd_prepare_normals(const trd_exec* exec, const float* xyz, int64_t width, int64_t height,
                               int64_t row_stride, void* out, int32_t type, int64_t size, int32_t kernel, uint8_t* mask,
                               void* workspace, int64_t workspace_bytes, int32_t* fault) {
    return guarded([&] {
        const PlanHeader plan = normals_plan(width, height, size, kernel);
        [[maybe_unused]] const bool cuda = require_cloud(
            exec, plan, {xyz, row_stride, 12, out, type, workspace, workspace_bytes, mask, fault});
        require_points(width, height);
        const trd::CloudView view{xyz, width, height, row_stride};
#ifdef TRD_CUDA
        if (cuda) return trd::cuda::prepare_normals(*exec, plan, view, {out, type, size}, mask, workspace, fault);
#endif
        require_no_fault(trd::cpu::prepare_normals(view, {out, type, size}, mask, workspace));
    });
}

int64_t trd_prepare_metric_workspace_bytes(int64_t width, int64_t height, int64_t size) {
    return preparation_bytes(metric_plan(width, height, size));
}

trd_status trd_prepare_metric_plan(const trd_exec* exec, int64_t width, int64_t height, int64_t size, double smooth,
                                   double slope_gain, double relief, double relief_metres, double ground_metres,
                                   void* workspace, int64_t workspace_bytes) {
    return guarded([&] {
        const PlanHeader plan = metric_plan(width, height, size);
        require_plan(exec, plan, workspace, workspace_bytes);
        // Each comparison is false for NaN.
        require(smooth > 0 && smooth <= relief && relief <= trd::kMaxDeviation,
                "prepare: 0 < smooth <= relief <= 170 does not hold");
        require(slope_gain > 0 && slope_gain <= 1e9, "prepare: the slope gain is not above 0 and up to 1e9");
        require(relief_metres >= 1e-9 && relief_metres <= 1e9, "prepare: relief_metres is not 1e-9 to 1e9");
        require(ground_metres == 0 || (ground_metres >= 1e-9 && ground_metres <= 1e9),
                "prepare: ground_metres is neither 0 nor 1e-9 to 1e9");
        trd::plan_metric(plan, {smooth, relief, slope_gain, relief_metres, ground_metres}, workspace);
    });
}

trd_status trd_prepare_metric(const trd_exec* exec, const float* xyz, int64_t width, int64_t height,
                              int64_t row_stride, void* out, int32_t type, int64_t size, const float* plane,
                              void* workspace, int64_t workspace_bytes) {
    return guarded([&] {
        const PlanHeader plan = metric_plan(width, height, size);
        [[maybe_unused]] const bool cuda = require_points_of(
            exec, plan, {xyz, row_stride, 12, out, type, workspace, workspace_bytes, nullptr, nullptr, plane});
        require(plane != nullptr && aligned(plane, 4), "prepare: the plane is null or not aligned to 4 bytes");
        const trd::CloudView view{xyz, width, height, row_stride};
#ifdef TRD_CUDA
        if (cuda) return trd::cuda::prepare_metric(*exec, plan, view, {out, type, size}, plane, workspace);
#endif
        trd::cpu::prepare_metric(view, {out, type, size}, plane, workspace);
    });
}
