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
#include "cosine_distance/cosine_distance.hpp"
#include "cpu_isa.hpp"

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

trd_status trd_cosine_distance(const trd_exec* exec, const float* a, const float* b, float* out, int64_t n,
                               int64_t pixels, int64_t c) {
    return guarded([&] {
        require_cpu(exec);
        require(a && b && out, "cosine_distance: a, b or out is null");
        const int64_t rows = count({n, pixels}, "cosine_distance: n or pixels is not positive or too large");
        const int64_t elements = count({rows, c}, "cosine_distance: c is not positive or too large");
        require_disjoint({{a, elements}, {b, elements}}, {{out, rows}});
        trd::cpu::cosine_distance(a, b, out, rows, c);
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
        trd::cpu::branch_map(distance, side, map, n, size);
    });
}

int64_t trd_anomaly_map_workspace_bytes(int64_t size) {
    if (size <= 0 || size > (int64_t{1} << 20)) return 0;
    return trd::cpu::anomaly_map_workspace_floats(size) * static_cast<int64_t>(sizeof(float));
}

trd_status trd_anomaly_map(const trd_exec* exec, const float* raw_rgb, const float* raw_depth,
                           const trd_calibration* calibration, float* map, float* map_rgb, float* map_depth,
                           float* scores, void* workspace, int64_t workspace_bytes, int64_t n, int64_t size) {
    return guarded([&] {
        require_cpu(exec);
        require(raw_rgb && raw_depth && calibration && map && map_rgb && map_depth && scores && workspace,
                "anomaly_map: a pointer is null");
        const int64_t pixels = count({n, size, size}, "anomaly_map: n or size is not positive or too large");
        const int64_t needed = trd_anomaly_map_workspace_bytes(size);
        require(needed > 0, "anomaly_map: size is too large");
        require(workspace_bytes >= needed, "anomaly_map: workspace is smaller than trd_anomaly_map_workspace_bytes");
        require(reinterpret_cast<uintptr_t>(workspace) % 64 == 0, "anomaly_map: workspace is not 64-byte aligned");
        for (const double std : {calibration->std_rgb, calibration->std_depth})
            require(std > 0 && std::isfinite(std), "anomaly_map: a calibration standard deviation is not positive and finite");
        require(std::isfinite(calibration->mean_rgb) && std::isfinite(calibration->mean_depth),
                "anomaly_map: a calibration mean is not finite");
        require_disjoint({{raw_rgb, pixels}, {raw_depth, pixels}},
                         {{map, pixels}, {map_rgb, pixels}, {map_depth, pixels}, {scores, 3 * n},
                          {workspace, needed / static_cast<int64_t>(sizeof(float))}});
        trd::cpu::anomaly_map(raw_rgb, raw_depth, *calibration, map, map_rgb, map_depth, scores,
                              static_cast<float*>(workspace), n, size);
    });
}
