// What all entry points share: they validate, dispatch on the backend and translate exceptions to a status.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <type_traits>

#include "trd.h"

namespace trd::entry {

struct Rejected {
    trd_status status;
    const char* what;  // static or thread-local text
};

inline void require(bool condition, const char* what) {
    if (!condition) throw Rejected{TRD_ERROR_ARGUMENT, what};
}

// Product of positive sizes that may not exceed what a float array can hold; by division, so that nothing overflows.
int64_t count(std::initializer_list<int64_t> sizes, const char* what);

struct Region {
    const void* address;
    int64_t floats;
};

bool overlap(const Region& a, const Region& b);

// Outputs may overlap neither an input nor another output.
void require_disjoint(std::initializer_list<Region> inputs, std::initializer_list<Region> outputs);

inline bool aligned(const void* p, int64_t bytes) {
    return reinterpret_cast<uintptr_t>(p) % static_cast<uintptr_t>(bytes) == 0;
}

inline bool is_type(int32_t type) { return type == TRD_FLOAT32 || type == TRD_BFLOAT16 || type == TRD_FLOAT16; }

// Refuses what is no type, and float16 where features of it do not exist.
void require_type(int32_t type, bool cuda, const char* what);

inline int64_t element_bytes(int32_t type) { return type == TRD_FLOAT32 ? 4 : 2; }

// Checks exec; true when the op is to run on CUDA. UNSUPPORTED when this build has no such backend.
bool on_cuda(const trd_exec* exec);

// As on_cuda, for ops that exist on the CPU or on CUDA only.
void require_cpu(const trd_exec* exec);
void require_cuda(const trd_exec* exec);

// Body runs where an exception becomes the status: the only catch.
trd_status guarded_call(void (*call)(void*), void* body) noexcept;

template <class Body> trd_status guarded(Body&& body) noexcept {
    return guarded_call([](void* b) { (*static_cast<std::remove_reference_t<Body>*>(b))(); }, &body);
}

}  // namespace trd::entry
