// The shared checks, the only catch, and the entry points about the library itself.
#include "entry/entry.hpp"

#include <cstdio>
#include <exception>
#include <limits>
#ifdef _OPENMP
#include <omp.h>
#endif

#include "cpu_isa.hpp"
#ifdef TRD_CUDA
#include "cuda/runtime.hpp"
#endif

#ifndef TRD_BUILD_FLAGS
#define TRD_BUILD_FLAGS "unknown flags"
#endif

namespace trd::entry {
namespace {

// A fixed buffer: reporting an error must not allocate, or out-of-memory could not be reported.
thread_local char last_error[256] = "";
thread_local int32_t last_error_code = 0;

// code: the CUDA runtime's, 0 for all other failures
trd_status fail(trd_status status, const char* what, int32_t code = 0) noexcept {
    size_t i = 0;
    for (; what[i] != 0 && i + 1 < sizeof last_error; ++i) last_error[i] = what[i];
    last_error[i] = 0;
    last_error_code = code;
    return status;
}

}  // namespace

int64_t count(std::initializer_list<int64_t> sizes, const char* what) {
    constexpr int64_t limit = std::numeric_limits<int64_t>::max() / static_cast<int64_t>(sizeof(float));
    int64_t total = 1;
    for (const int64_t size : sizes) {
        require(size > 0 && total <= limit / size, what);
        total *= size;
    }
    return total;
}

bool overlap(const Region& a, const Region& b) {
    const auto x = reinterpret_cast<uintptr_t>(a.address), y = reinterpret_cast<uintptr_t>(b.address);
    const auto distance = x < y ? y - x : x - y;
    return distance < static_cast<uintptr_t>(x < y ? a.floats : b.floats) * sizeof(float);
}

void require_disjoint(std::initializer_list<Region> inputs, std::initializer_list<Region> outputs) {
    for (const Region& out : outputs) {
        for (const Region& in : inputs) require(!overlap(in, out), "an output overlaps an input");
        for (const Region& other : outputs) require(&other == &out || !overlap(other, out), "two outputs overlap");
    }
}

bool on_cuda(const trd_exec* exec) {
    require(exec != nullptr, "exec is null");
    require(exec->backend == TRD_BACKEND_CPU || exec->backend == TRD_BACKEND_CUDA,
            "exec->backend is no TRD_BACKEND_* value");
    if (exec->backend == TRD_BACKEND_CPU) return false;
#ifdef TRD_CUDA
    require(exec->device >= 0, "exec->device is negative");
    return true;
#else
    throw Rejected{TRD_ERROR_UNSUPPORTED, "this build of libtrd has no CUDA backend; use the CPU backend"};
#endif
}

void require_type(int32_t type, bool cuda, const char* what) {
    require(is_type(type), what);
    if (type == TRD_FLOAT16 && !cuda)
        throw Rejected{TRD_ERROR_UNSUPPORTED,
                       "float16 exists on CUDA only; use TRD_FLOAT32 or TRD_BFLOAT16 on the CPU"};
}

void require_cpu(const trd_exec* exec) {
    if (on_cuda(exec)) throw Rejected{TRD_ERROR_UNSUPPORTED, "this op exists on the CPU only"};
}

void require_cuda(const trd_exec* exec) {
    if (!on_cuda(exec)) throw Rejected{TRD_ERROR_UNSUPPORTED, "this op exists on CUDA only"};
}

trd_status guarded_call(void (*call)(void*), void* body) noexcept {
    try {
        call(body);
        return TRD_OK;
    } catch (const Rejected& r) {
        return fail(r.status, r.what);
#ifdef TRD_CUDA
    } catch (const trd::cuda::Failure& f) {
        return fail(TRD_ERROR_CUDA, f.what, f.code);
#endif
    } catch (const std::exception& e) {
        return fail(TRD_ERROR_INTERNAL, e.what());
    } catch (...) {
        return fail(TRD_ERROR_INTERNAL, "unknown exception");
    }
}

}  // namespace trd::entry

using namespace trd::entry;

int32_t trd_abi_version(void) { return TRD_ABI_VERSION; }

const char* trd_describe(void) {
    struct Line {
        char text[256];
        Line() {
#ifdef TRD_CUDA
            const char* cuda = trd::cuda::build_description();
#else
            const char* cuda = "";
#endif
            std::snprintf(text, sizeof text, "libtrd ABI %d, backends: cpu (%s)%s, %s", TRD_ABI_VERSION,
                          trd::cpu::isa_name(), cuda, TRD_BUILD_FLAGS);
        }
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

trd_status trd_set_alone(int32_t alone) {
    return guarded([&] {
        require(alone == 0 || alone == 1, "set_alone: alone is neither 0 nor 1");
#ifdef _OPENMP
        omp_set_max_active_levels(alone ? 0 : 1);  // no level: every team is its first thread
#endif
    });
}

const char* trd_last_error(void) { return last_error; }

int32_t trd_last_error_code(void) { return last_error_code; }

trd_status trd_cuda_probe(int32_t device, trd_cuda_device* info) {
    return guarded([&] {
        require(info != nullptr, "cuda_probe: info is null");
        require(device >= 0, "cuda_probe: device is negative");
#ifdef TRD_CUDA
        trd::cuda::probe(device, info);
#else
        throw Rejected{TRD_ERROR_UNSUPPORTED,
                       "this build of libtrd has no CUDA backend: nvcc was not found when it was built"};
#endif
    });
}
