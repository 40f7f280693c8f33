// Atomic operations. One thread runs at a time, so plain operations are atomic; the race detector knows them from
// others.
#pragma once
#include <cstdint>

#include "language.hpp"
#include "races.hpp"

namespace simt {

template <class T, class F> __attribute__((noinline, no_sanitize("thread"))) T atomic(T* p, F change) {
    if (reinterpret_cast<uintptr_t>(p) % sizeof(T) != 0) fail("an atomic operation is misaligned");
    races::atomic(p, sizeof(T));
    const T old = *p;
    *p = change(old);
    return old;
}

}  // namespace simt

// The types for which CUDA has them.
#define SIMT_ATOMIC(T, name, expression)                                                     \
    inline T name(T* p, T v) {                                                               \
        return simt::atomic(                                                                 \
            p, [v](T old) __attribute__((no_sanitize("thread")))->T { return expression; }); \
    }
#define SIMT_ATOMIC_INTEGERS(name, expression) \
    SIMT_ATOMIC(int, name, expression)         \
    SIMT_ATOMIC(unsigned, name, expression)    \
    SIMT_ATOMIC(unsigned long long, name, expression)
SIMT_ATOMIC_INTEGERS(atomicExch, (void(old), v))
SIMT_ATOMIC_INTEGERS(atomicMin, old < v ? old : v)
SIMT_ATOMIC_INTEGERS(atomicMax, old > v ? old : v)
SIMT_ATOMIC_INTEGERS(atomicAnd, old& v)
SIMT_ATOMIC_INTEGERS(atomicOr, old | v)
SIMT_ATOMIC_INTEGERS(atomicXor, old ^ v)
SIMT_ATOMIC(long long, atomicMin, old < v ? old : v)
SIMT_ATOMIC(long long, atomicMax, old > v ? old : v)
SIMT_ATOMIC(float, atomicExch, (void(old), v))
// Integers wrap.
SIMT_ATOMIC(int, atomicAdd, static_cast<int>(static_cast<unsigned>(old) + static_cast<unsigned>(v)))
SIMT_ATOMIC(unsigned, atomicAdd, old + v)
SIMT_ATOMIC(unsigned long long, atomicAdd, old + v)
SIMT_ATOMIC(float, atomicAdd, old + v)
SIMT_ATOMIC(double, atomicAdd, old + v)
SIMT_ATOMIC(int, atomicSub, static_cast<int>(static_cast<unsigned>(old) - static_cast<unsigned>(v)))
SIMT_ATOMIC(unsigned, atomicSub, old - v)
SIMT_ATOMIC(unsigned, atomicInc, old >= v ? 0 : old + 1)
SIMT_ATOMIC(unsigned, atomicDec, old == 0 || old > v ? v : old - 1)
#undef SIMT_ATOMIC_INTEGERS
#undef SIMT_ATOMIC

#define SIMT_ATOMIC_CAS(T)                                                                                  \
    inline T atomicCAS(T* p, T expected, T v) {                                                             \
        return simt::atomic(                                                                                \
            p, [=](T old) __attribute__((no_sanitize("thread")))->T { return old == expected ? v : old; }); \
    }
SIMT_ATOMIC_CAS(int)
SIMT_ATOMIC_CAS(unsigned)
SIMT_ATOMIC_CAS(unsigned short)
SIMT_ATOMIC_CAS(unsigned long long)
#undef SIMT_ATOMIC_CAS

inline void __threadfence() {}
inline void __threadfence_block() {}
