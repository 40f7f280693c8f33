// Entry points of the C ABI: validate, dispatch on the backend, translate exceptions to a status. The only catch.
#include "trd.h"

#include <cmath>
#include <cstdint>
#include <exception>
#include <initializer_list>
#include <cstdio>
#include <limits>
#ifdef _OPENMP
#include <omp.h>
#endif

#include "anomaly_map/anomaly_map.hpp"
#include "anomaly_map/blur_operators.hpp"
#include "cpu_isa.hpp"
#include "fuse_cosine/fuse_cosine.hpp"
#include "preprocess/preprocess.hpp"
#include "winograd/winograd.hpp"

#ifndef TRD_BUILD_FLAGS
#define TRD_BUILD_FLAGS "unknown flags"
#endif

namespace {

// A fixed buffer: reporting an error must not allocate, or out-of-memory could not be reported.
thread_local char last_error[256] = "";

trd_status fail(trd_status status, const char* what) noexcept {
    size_t i = 0;
    for (; what[i] != 0 && i + 1 < sizeof last_error; ++i) last_error[i] = what[i];
    last_error[i] = 0;
    return status;
}

struct Rejected {
    trd_status status;
    const char* what;
};

void require(bool condition, const char* what) {
    if (!condition) throw Rejected{TRD_ERROR_ARGUMENT, what};
}

// Product of positive sizes that may not exceed what a float array can hold; by division, so that nothing overflows.
int64_t count(std::initializer_list<int64_t> sizes, const char* what) {
    constexpr int64_t limit = std::numeric_limits<int64_t>::max() / static_cast<int64_t>(sizeof(float));
    int64_t total = 1;
    for (const int64_t size : sizes) {
        require(size > 0 && total <= limit / size, what);
        total *= size;
    }
    return total;
}

struct Region {
    const void* address;
    int64_t floats;
};

bool overlap(const Region& a, const Region& b) {
    const auto x = reinterpret_cast<uintptr_t>(a.address), y = reinterpret_cast<uintptr_t>(b.address);
    const auto distance = x < y ? y - x : x - y;
    return distance < static_cast<uintptr_t>(x < y ? a.floats : b.floats) * sizeof(float);
}

// Outputs may overlap neither an input nor another output.
void require_disjoint(std::initializer_list<Region> inputs, std::initializer_list<Region> outputs) {
    for (const Region& out : outputs) {
        for (const Region& in : inputs) require(!overlap(in, out), "an output overlaps an input");
        for (const Region& other : outputs) require(&other == &out || !overlap(other, out), "two outputs overlap");
    }
}

void require_cpu(const trd_exec* exec) {
    require(exec != nullptr, "exec is null");
    if (exec->backend == TRD_BACKEND_CUDA)
        throw Rejected{TRD_ERROR_UNSUPPORTED, "this build of libtrd has no CUDA backend; use the CPU backend"};
    require(exec->backend == TRD_BACKEND_CPU, "exec->backend is no TRD_BACKEND_* value");
}

template <class Body>
trd_status guarded(Body&& body) noexcept {
    try {
        body();
        return TRD_OK;
    } catch (const Rejected& r) {
        return fail(r.status, r.what);
    } catch (const std::exception& e) {
        return fail(TRD_ERROR_INTERNAL, e.what());
    } catch (...) {
        return fail(TRD_ERROR_INTERNAL, "unknown exception");
    }
}

}  // namespace

int32_t trd_abi_version(void) { return TRD_ABI_VERSION; }

const char* trd_describe(void) {
    struct Line {
        char text[256];
        Line() { std::snprintf(text, sizeof text, "libtrd ABI %d, backends: cpu (%s), %s", TRD_ABI_VERSION, trd::cpu::isa_name(), TRD_BUILD_FLAGS); }
    };
    static const Line line;
    return line.text;
}

trd_status trd_set_threads(int32_t threads) {
    return guarded([&] {
        require(threads >= 1 && threads <= 1024, "set_threads: threads is not in 1..1024");
#ifdef _OPENMP
        omp_set_num_threads(threads);
#endif
    });
}

const char* trd_last_error(void) { return last_error; }

trd_status trd_fuse_cosine(const trd_exec* exec, int32_t type, const void* decoder, float w_decoder,
                           const void* amplifier, float w_amplifier, const void* teacher, float* distance, int64_t n,
                           int64_t pixels, int64_t c) {
    return guarded([&] {
        require_cpu(exec);
        require(type == TRD_FLOAT32 || type == TRD_BFLOAT16, "fuse_cosine: type is neither TRD_FLOAT32 nor TRD_BFLOAT16");
        require(decoder && teacher && distance, "fuse_cosine: decoder, teacher or distance is null");
        require(std::isfinite(w_decoder) && std::isfinite(w_amplifier), "fuse_cosine: a weight is not finite");
        const int64_t rows = count({n, pixels}, "fuse_cosine: n or pixels is not positive or too large");
        const int64_t elements = count({rows, c}, "fuse_cosine: c is not positive or too large");
        const int64_t floats = type == TRD_BFLOAT16 ? elements / 2 + elements % 2 : elements;
        require_disjoint({{decoder, floats}, {amplifier ? amplifier : decoder, floats}, {teacher, floats}}, {{distance, rows}});
        trd::cpu::fuse_cosine({type, decoder, w_decoder, amplifier, w_amplifier, teacher, distance, rows, c});
    });
}

trd_status trd_branch_map(const trd_exec* exec, const float* distance_1, int64_t side_1, const float* distance_2,
                          int64_t side_2, const float* distance_3, int64_t side_3, float* map, int64_t n, int64_t size) {
    return guarded([&] {
        require_cpu(exec);
        require(distance_1 && distance_2 && distance_3 && map, "branch_map: a distance or the map is null");
        const char* what = "branch_map: n, a side or size is not positive or too large";
        const int64_t c1 = count({n, side_1, side_1}, what), c2 = count({n, side_2, side_2}, what),
                      c3 = count({n, side_3, side_3}, what), out = count({n, size, size}, what);
        require_disjoint({{distance_1, c1}, {distance_2, c2}, {distance_3, c3}}, {{map, out}});
        const float* const distance[3] = {distance_1, distance_2, distance_3};
        const int64_t side[3] = {side_1, side_2, side_3};
        for (const int64_t s : side) require(s <= size, "branch_map: a side is larger than size");
        trd::cpu::branch_map(distance, side, map, n, size);
    });
}

int64_t trd_anomaly_map_operators_bytes(int64_t size, int64_t side_1, int64_t side_2, int64_t side_3) {
    if (size <= 0 || size > (int64_t{1} << 20)) return 0;
    const int64_t side[3] = {side_1, side_2, side_3};
    for (const int64_t s : side)
        if (s <= 0 || s > size) return 0;
    return trd::cpu::blur_operators_words(size, side) * static_cast<int64_t>(sizeof(float));
}

trd_status trd_anomaly_map_prepare(const trd_exec* exec, void* operators, int64_t operators_bytes, int64_t size,
                                   int64_t side_1, int64_t side_2, int64_t side_3) {
    return guarded([&] {
        require_cpu(exec);
        require(operators, "anomaly_map_prepare: operators is null");
        const int64_t needed = trd_anomaly_map_operators_bytes(size, side_1, side_2, side_3);
        require(needed > 0, "anomaly_map_prepare: size or a side is not positive, too large, or a side exceeds size");
        require(operators_bytes >= needed, "anomaly_map_prepare: operators is smaller than trd_anomaly_map_operators_bytes");
        require(reinterpret_cast<uintptr_t>(operators) % 64 == 0, "anomaly_map_prepare: operators is not 64-byte aligned");
        const int64_t side[3] = {side_1, side_2, side_3};
        trd::cpu::fill_blur_operators(operators, size, side);
    });
}

trd_status trd_anomaly_map(const trd_exec* exec, const trd_distances* rgb, const trd_distances* depth, int64_t side_1,
                           int64_t side_2, int64_t side_3, const trd_calibration* calibration, const uint8_t* mask,
                           const void* operators, int64_t operators_bytes, float* map, float* map_rgb, float* map_depth,
                           float* scores, int64_t n, int64_t size) {
    return guarded([&] {
        require_cpu(exec);
        require(rgb && depth && calibration && operators && map && map_rgb && map_depth && scores, "anomaly_map: a pointer is null");
        for (const trd_distances* d : {rgb, depth})
            require(d->scale_1 && d->scale_2 && d->scale_3, "anomaly_map: a distance is null");
        const int64_t pixels = count({n, size, size}, "anomaly_map: n or size is not positive or too large");
        const int64_t side[3] = {side_1, side_2, side_3};
        int64_t inputs[3];
        for (int s = 0; s < 3; ++s) {
            require(side[s] <= size, "anomaly_map: a side is larger than size");
            inputs[s] = count({n, side[s], side[s]}, "anomaly_map: a side is not positive");
        }
        require(reinterpret_cast<uintptr_t>(operators) % 64 == 0, "anomaly_map: operators is not 64-byte aligned");
        require(operators_bytes >= trd::cpu::kBlurOperatorsHeadBytes && trd::cpu::are_blur_operators(operators, size, side),
                "anomaly_map: operators is not what trd_anomaly_map_prepare made for these sizes");
        const auto* const prepared = static_cast<const trd::cpu::BlurOperators*>(operators);
        require(operators_bytes / static_cast<int64_t>(sizeof(float)) >= prepared->words, "anomaly_map: operators_bytes is too small");
        for (const double std : {calibration->std_rgb, calibration->std_depth})
            require(std > 0 && std::isfinite(std), "anomaly_map: a calibration standard deviation is not positive and finite");
        require(std::isfinite(calibration->mean_rgb) && std::isfinite(calibration->mean_depth),
                "anomaly_map: a calibration mean is not finite");
        // Without a mask its region is that of the operators.
        require_disjoint({{rgb->scale_1, inputs[0]}, {rgb->scale_2, inputs[1]}, {rgb->scale_3, inputs[2]},
                          {depth->scale_1, inputs[0]}, {depth->scale_2, inputs[1]}, {depth->scale_3, inputs[2]},
                          {operators, prepared->words}, {mask ? mask : operators, mask ? (size * size + 3) / 4 : prepared->words}},
                         {{map, pixels}, {map_rgb, pixels}, {map_depth, pixels}, {scores, 3 * n}});
        const float scale[2] = {static_cast<float>(1 / calibration->std_rgb), static_cast<float>(1 / calibration->std_depth)};
        trd::cpu::anomaly_map({{{rgb->scale_1, rgb->scale_2, rgb->scale_3}, {depth->scale_1, depth->scale_2, depth->scale_3}},
                               prepared,
                               {scale[0], scale[1]},
                               {static_cast<float>(-calibration->mean_rgb / calibration->std_rgb / 3),
                                static_cast<float>(-calibration->mean_depth / calibration->std_depth / 3)},
                               mask, {map, map_rgb, map_depth}, scores, n});
    });
}

namespace {

using trd::cpu::PlanHeader;
using trd::cpu::Preparation;

constexpr int64_t kMaxSide = int64_t{1} << 20, kMaxPixels = int64_t{1} << 30, kMaxSize = 4096;

// Bytes of the workspace, 0 when a size is out of range.
int64_t preparation_bytes(const PlanHeader& plan) {
    const bool fits = plan.width > 0 && plan.height > 0 && plan.width <= kMaxSide && plan.height <= kMaxSide &&
                      plan.width * plan.height <= kMaxPixels && plan.size > 0 && plan.size <= kMaxSize;
    const bool kernel = plan.op != Preparation::normals || (plan.kernel % 2 == 1 && plan.kernel > 0 && plan.kernel < 32);
    return fits && kernel ? trd::cpu::preparation_workspace_bytes(plan) : 0;
}

void require_workspace(const void* workspace, int64_t workspace_bytes, int64_t needed) {
    require(workspace != nullptr, "prepare: the workspace is null");
    require(workspace_bytes >= needed, "prepare: the workspace is smaller than trd_prepare_*_workspace_bytes");
    require(reinterpret_cast<uintptr_t>(workspace) % 64 == 0, "prepare: the workspace is not 64-byte aligned");
}

trd_status plan_preparation(const trd_exec* exec, const PlanHeader& plan, void* workspace, int64_t workspace_bytes) {
    return guarded([&] {
        require_cpu(exec);
        const int64_t needed = preparation_bytes(plan);
        require(needed > 0, "prepare: width, height, size or kernel is out of range");
        require_workspace(workspace, workspace_bytes, needed);
        trd::cpu::plan_preparation(plan, workspace);
    });
}

struct Bytes {
    const void* address;
    int64_t count;
};

// Everything about a call of which plan are the sizes; mask may be null. pixel = bytes of one pixel of the input.
void require_preparation(const trd_exec* exec, const PlanHeader& plan, const void* in, int64_t row_stride, int64_t pixel,
                         const void* out, int32_t type, const void* mask, int64_t mask_bytes, const void* workspace,
                         int64_t workspace_bytes) {
    require_cpu(exec);
    require(in != nullptr && out != nullptr, "prepare: the image, the points or out is null");
    require(type == TRD_FLOAT32 || type == TRD_BFLOAT16, "prepare: type is neither TRD_FLOAT32 nor TRD_BFLOAT16");
    require_workspace(workspace, workspace_bytes, sizeof(PlanHeader));
    const auto* planned = static_cast<const PlanHeader*>(workspace);
    // What was planned was in range.
    require(*planned == plan, "prepare: the workspace was not planned for these sizes; call trd_prepare_*_plan first");
    require_workspace(workspace, workspace_bytes, planned->bytes);
    const int64_t row = plan.width * pixel, element = type == TRD_FLOAT32 ? 4 : 2;
    require(row_stride >= row, "prepare: row_stride is smaller than a row");
    require(row_stride <= std::numeric_limits<int64_t>::max() / plan.height, "prepare: row_stride is too large");
    require(reinterpret_cast<uintptr_t>(out) % static_cast<uintptr_t>(element) == 0, "prepare: out is not aligned to its type");
    const Bytes regions[] = {{in, (plan.height - 1) * row_stride + row},
                             {out, 3 * plan.size * plan.size * element},
                             {workspace, planned->bytes},
                             {mask, mask == nullptr ? 0 : mask_bytes}};
    for (const Bytes& a : regions) {
        for (const Bytes& b : regions) {
            if (&a == &b || a.count == 0 || b.count == 0) continue;
            const auto x = reinterpret_cast<uintptr_t>(a.address), y = reinterpret_cast<uintptr_t>(b.address);
            require(x > y || y - x >= static_cast<uintptr_t>(a.count), "prepare: two of the buffers overlap");
        }
    }
}

void require_floats(const float* xyz, int64_t row_stride) {
    require(reinterpret_cast<uintptr_t>(xyz) % 4 == 0 && row_stride % 4 == 0,
            "prepare: the points or row_stride are not a multiple of 4 bytes");
}

// The text continues a sentence that began with the part's name.
void require_points(int64_t width, int64_t height) {
    thread_local char text[96];
    if (width >= 3 && height >= 3) return;
    std::snprintf(text, sizeof text, "has only %lldx%lld points; at least 3x3 are needed", static_cast<long long>(width),
                  static_cast<long long>(height));
    throw Rejected{TRD_ERROR_INPUT, text};
}

void require_no_fault(trd::cpu::PartFault fault) {
    if (fault == trd::cpu::PartFault::no_foreground)
        throw Rejected{TRD_ERROR_INPUT, "has no valid point more than 5 mm off the background plane; check that the part is in "
                                        "view and that the coordinates are metres"};
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

void require_winograd(const trd_exec* exec, int64_t c_in, int64_t c_out, int32_t stride) {
    require_cpu(exec);
    require(c_in > 0 && c_out > 0 && c_in % 32 == 0 && c_out % 32 == 0, "winograd: c_in or c_out is no positive multiple of 32");
    require(stride == 1 || stride == 2, "winograd: stride is not 1 or 2");
    if (trd::cpu::winograd_panel() == 0)
        throw Rejected{TRD_ERROR_UNSUPPORTED, "winograd: this processor has no AVX2; use oneDNN's convolution"};
}

bool winograd_takes(int64_t n, int64_t h, int64_t w, int64_t c_in, int64_t c_out, int32_t stride) {
    constexpr int64_t most = int64_t{1} << 20;  // of each; what is computed from them stays in 64 bits
    for (const int64_t size : {n, h, w, c_in, c_out})
        if (size <= 0 || size > most) return false;
    return (stride == 1 || stride == 2) && c_in % 32 == 0 && c_out % 32 == 0 && h * w <= most * 16 / n &&
           trd::cpu::winograd_panel() != 0;
}

int current_threads() {
#ifdef _OPENMP
    return omp_get_max_threads() < 1024 ? omp_get_max_threads() : 1024;
#else
    return 1;
#endif
}

}  // namespace

int64_t trd_prepare_rgb_workspace_bytes(int64_t width, int64_t height, int64_t size) {
    return preparation_bytes(rgb_plan(width, height, size));
}

trd_status trd_prepare_rgb_plan(const trd_exec* exec, int64_t width, int64_t height, int64_t size, void* workspace,
                                int64_t workspace_bytes) {
    return plan_preparation(exec, rgb_plan(width, height, size), workspace, workspace_bytes);
}

trd_status trd_prepare_rgb(const trd_exec* exec, const uint8_t* image, int64_t width, int64_t height, int64_t row_stride,
                           void* out, int32_t type, int64_t size, void* workspace, int64_t workspace_bytes) {
    return guarded([&] {
        require_preparation(exec, rgb_plan(width, height, size), image, row_stride, 3, out, type, nullptr, 0, workspace,
                            workspace_bytes);
        trd::cpu::prepare_rgb({image, width, height, row_stride}, {out, type, size}, workspace);
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
                             int64_t workspace_bytes) {
    return guarded([&] {
        require_preparation(exec, depth_plan(width, height, size), xyz, row_stride, 12, out, type, mask, size * size,
                            workspace, workspace_bytes);
        require_floats(xyz, row_stride);
        require_points(size, size);
        require_no_fault(trd::cpu::prepare_depth({xyz, width, height, row_stride}, {out, type, size}, mask, workspace));
    });
}

int64_t trd_prepare_normals_workspace_bytes(int64_t width, int64_t height, int64_t size, int32_t kernel) {
    return preparation_bytes(normals_plan(width, height, size, kernel));
}

trd_status trd_prepare_normals_plan(const trd_exec* exec, int64_t width, int64_t height, int64_t size, int32_t kernel,
                                    void* workspace, int64_t workspace_bytes) {
    return plan_preparation(exec, normals_plan(width, height, size, kernel), workspace, workspace_bytes);
}

trd_status trd_prepare_normals(const trd_exec* exec, const float* xyz, int64_t width, int64_t height, int64_t row_stride,
                               void* out, int32_t type, int64_t size, int32_t kernel, uint8_t* mask, void* workspace,
                               int64_t workspace_bytes) {
    return guarded([&] {
        require_preparation(exec, normals_plan(width, height, size, kernel), xyz, row_stride, 12, out, type, mask,
                            width * height, workspace, workspace_bytes);
        require_floats(xyz, row_stride);
        require_points(width, height);
        require_no_fault(trd::cpu::prepare_normals({xyz, width, height, row_stride}, {out, type, size}, mask, workspace));
    });
}

int32_t trd_winograd_pays(int32_t type, int64_t n, int64_t h, int64_t w, int64_t c_in, int64_t c_out, int32_t stride) {
    if (type != TRD_FLOAT32 && type != TRD_BFLOAT16) return 0;
    return winograd_takes(n, h, w, c_in, c_out, stride) && trd::cpu::winograd_pays(type == TRD_BFLOAT16, n, h, w, stride);
}

int64_t trd_winograd_packed_bytes(int64_t c_in, int64_t c_out) {
    return winograd_takes(1, 1, 1, c_in, c_out, 1) ? 36 * c_in * c_out * static_cast<int64_t>(sizeof(float)) : 0;
}

trd_status trd_winograd_pack(const trd_exec* exec, const float* weights, void* packed, int64_t packed_bytes, int64_t c_in,
                             int64_t c_out, int32_t stride) {
    return guarded([&] {
        require_winograd(exec, c_in, c_out, stride);
        require(weights && packed, "winograd_pack: weights or packed is null");
        const int64_t needed = trd_winograd_packed_bytes(c_in, c_out);
        require(needed > 0, "winograd_pack: c_in or c_out is too large");
        require(packed_bytes >= needed, "winograd_pack: packed is smaller than trd_winograd_packed_bytes");
        require(reinterpret_cast<uintptr_t>(packed) % 64 == 0, "winograd_pack: packed is not 64-byte aligned");
        require_disjoint({{weights, 9 * c_in * c_out}}, {{packed, 36 * c_in * c_out}});
        trd::cpu::winograd_pack(weights, static_cast<float*>(packed), c_in, c_out, stride);
    });
}

int64_t trd_winograd_workspace_bytes(int64_t n, int64_t h, int64_t w, int64_t c_in, int64_t c_out, int32_t stride,
                                     int32_t threads) {
    if (!winograd_takes(n, h, w, c_in, c_out, stride) || threads < 1 || threads > 1024) return 0;
    return trd::cpu::winograd_workspace_floats(n, h, w, c_in, c_out, stride, threads) * static_cast<int64_t>(sizeof(float));
}

trd_status trd_winograd(const trd_exec* exec, int32_t type, const void* in, const void* packed, int64_t packed_bytes,
                        const float* bias, const void* sum, float sum_scale, const void* post, int32_t relu, void* out,
                        void* workspace, int64_t workspace_bytes, int64_t n, int64_t h, int64_t w, int64_t c_in,
                        int64_t c_out, int32_t stride) {
    return guarded([&] {
        require_winograd(exec, c_in, c_out, stride);
        require(type == TRD_FLOAT32 || type == TRD_BFLOAT16, "winograd: type is neither TRD_FLOAT32 nor TRD_BFLOAT16");
        require(in && packed && bias && out && workspace, "winograd: a pointer is null");
        require(winograd_takes(n, h, w, c_in, c_out, stride), "winograd: a size is not positive or too large");
        require(std::isfinite(sum_scale), "winograd: sum_scale is not finite");
        const int threads = current_threads();
        const int64_t weights = 36 * c_in * c_out;
        const int64_t outputs = n * ((h + stride - 1) / stride) * ((w + stride - 1) / stride) * c_out;
        const int64_t floats = trd::cpu::winograd_workspace_floats(n, h, w, c_in, c_out, stride, threads);
        require(packed_bytes / static_cast<int64_t>(sizeof(float)) >= weights,
                "winograd: packed is smaller than trd_winograd_packed_bytes");
        require(workspace_bytes / static_cast<int64_t>(sizeof(float)) >= floats,
                "winograd: workspace is smaller than trd_winograd_workspace_bytes for this thread's number of threads");
        require(reinterpret_cast<uintptr_t>(packed) % 64 == 0 && reinterpret_cast<uintptr_t>(workspace) % 64 == 0,
                "winograd: packed or workspace is not 64-byte aligned");
        // An even number of channels: bfloat16 features fill whole floats.
        const int64_t per_float = type == TRD_BFLOAT16 ? 2 : 1;
        const Region result = {out, outputs / per_float}, scratch = {workspace, floats};
        require_disjoint({{in, n * h * w * c_in / per_float}, {packed, weights}, {bias, c_out}}, {result, scratch});
        for (const void* addend : {sum, post}) {
            if (addend == nullptr) continue;
            const Region region = {addend, outputs / per_float};
            require(addend == out || !overlap(region, result), "winograd: out overlaps a part of sum or post");
            require(!overlap(region, scratch), "winograd: the workspace overlaps sum or post");
        }
        trd::cpu::winograd({in, static_cast<const float*>(packed), bias, sum, post, out, static_cast<float*>(workspace), n,
                            h, w, c_in, c_out, stride, sum_scale, relu != 0, type == TRD_BFLOAT16}, threads);
    });
}
