// CUDA's language for the host compiler: keywords, built-in variables, vector types, launches, barriers, and the
// arithmetic intrinsics that our kernels use. What is not here does not compile in the harness: add it with its exact
// meaning.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "block.hpp"

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...)
#define __grid_constant__
#define __constant__ static
#define __align__(n) __attribute__((aligned(n)))
// Blocks run one after the other, so a static object is what a block's shared memory is. The tag is part of the
// variable's linker name, by which shared.ld gathers them; a section attribute would be lost in templates.
#define __shared__ static __attribute__((abi_tag("trdshared")))
#define TRD_DYNAMIC_SHARED(T, name) T* name = reinterpret_cast<T*>(simt::block.dynamic_shared)

#define threadIdx (simt::self->tid)
#define blockIdx (simt::block.index)
#define blockDim (simt::block.dim)
#define gridDim (simt::block.grid)
constexpr int warpSize = 32;

using cudaStream_t = struct SimtStream*;

#define TRD_SITE (simt::Site{__FILE__, __LINE__, __COUNTER__})
#define TRD_LAUNCH(kernel, grid, block, shared_bytes, stream, ...) \
    ((void)(stream), simt::launch(#kernel, TRD_SITE, grid, block, shared_bytes, kernel, __VA_ARGS__))

#define __syncthreads() ((void)simt::barrier(TRD_SITE, false))
#define __syncthreads_count(p) (static_cast<int>(simt::barrier(TRD_SITE, (p) != 0)))
#define __syncthreads_or(p) (static_cast<int>(simt::barrier(TRD_SITE, (p) != 0) > 0))
#define __syncthreads_and(p) (static_cast<int>(simt::barrier(TRD_SITE, (p) != 0) == simt::block.threads))

namespace simt {

// Arguments are evaluated once and converted to the kernel's parameter types; each thread gets its own copies, as on a
// device.
template <class... P, class... A>
void launch(const char* name, const Site& site, dim3 grid, dim3 dim, size_t shared_bytes, void (*kernel)(P...),
            A&&... a) {
    struct Call {
        void (*kernel)(P...);
        std::tuple<P...> arguments;
        static void run(void* self_) {
            auto* call = static_cast<Call*>(self_);
            std::apply(call->kernel, call->arguments);
        }
    };
    Call call{kernel, std::tuple<P...>(std::forward<A>(a)...)};
    simt::run(grid, dim,
              {name, site.file, site.line, reinterpret_cast<const void*>(kernel), shared_bytes, &Call::run, &call});
}

template <class To, class From> inline To bits(From v) {
    static_assert(sizeof(To) == sizeof(From));
    To to;
    std::memcpy(&to, &v, sizeof to);
    return to;
}

}  // namespace simt

#define SIMT_VECTOR(T, name, alignment2, alignment4)                   \
    struct alignas(alignment2) name##2 {                               \
        T x, y;                                                        \
    };                                                                 \
    struct name##3 {                                                   \
        T x, y, z;                                                     \
    };                                                                 \
    struct alignas(alignment4) name##4 {                               \
        T x, y, z, w;                                                  \
    };                                                                 \
    inline name##2 make_##name##2(T x, T y) { return {x, y}; }         \
    inline name##3 make_##name##3(T x, T y, T z) { return {x, y, z}; } \
    inline name##4 make_##name##4(T x, T y, T z, T w) { return {x, y, z, w}; }
SIMT_VECTOR(float, float, 8, 16)
SIMT_VECTOR(int, int, 8, 16)
SIMT_VECTOR(short, short, 4, 8)
SIMT_VECTOR(unsigned short, ushort, 4, 8)
SIMT_VECTOR(signed char, char, 2, 4)
SIMT_VECTOR(unsigned char, uchar, 2, 4)
#undef SIMT_VECTOR
struct alignas(8) uint2 {
    unsigned x, y;
};
struct alignas(16) uint4 {
    unsigned x, y, z, w;
};
inline uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
inline uint3 make_uint3(unsigned x, unsigned y, unsigned z) { return {x, y, z}; }
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }
struct alignas(16) double2 {
    double x, y;
};
inline double2 make_double2(double x, double y) { return {x, y}; }

// As in CUDA, min and max of floats lose a NaN when the other operand is a number.
inline int min(int a, int b) { return a < b ? a : b; }
inline int max(int a, int b) { return a > b ? a : b; }
inline unsigned min(unsigned a, unsigned b) { return a < b ? a : b; }
inline unsigned max(unsigned a, unsigned b) { return a > b ? a : b; }
inline int64_t min(int64_t a, int64_t b) { return a < b ? a : b; }
inline int64_t max(int64_t a, int64_t b) { return a > b ? a : b; }
inline uint64_t min(uint64_t a, uint64_t b) { return a < b ? a : b; }
inline uint64_t max(uint64_t a, uint64_t b) { return a > b ? a : b; }
inline float min(float a, float b) { return std::fmin(a, b); }
inline float max(float a, float b) { return std::fmax(a, b); }
inline double min(double a, double b) { return std::fmin(a, b); }
inline double max(double a, double b) { return std::fmax(a, b); }

template <class T> inline T __ldg(const T* p) { return *p; }
template <class T> inline T __ldcg(const T* p) { return *p; }
template <class T> inline T __ldcs(const T* p) { return *p; }
template <class T> inline void __stcg(T* p, T v) { *p = v; }
template <class T> inline void __stcs(T* p, T v) { *p = v; }

inline float __fadd_rn(float a, float b) { return a + b; }
inline float __fsub_rn(float a, float b) { return a - b; }
inline float __fmul_rn(float a, float b) { return a * b; }
inline float __fdiv_rn(float a, float b) { return a / b; }
inline float __fsqrt_rn(float a) { return std::sqrt(a); }
inline float __fmaf_rn(float a, float b, float c) { return std::fma(a, b, c); }
inline double __dadd_rn(double a, double b) { return a + b; }
inline double __dsub_rn(double a, double b) { return a - b; }
inline double __dmul_rn(double a, double b) { return a * b; }
inline double __ddiv_rn(double a, double b) { return a / b; }
inline double __dsqrt_rn(double a) { return std::sqrt(a); }
inline double __fma_rn(double a, double b, double c) { return std::fma(a, b, c); }
inline float rsqrtf(float a) { return 1 / std::sqrt(a); }
inline float __expf(float a) { return std::exp(a); }
inline float __fdividef(float a, float b) { return a / b; }
inline float __saturatef(float a) { return a > 0 ? (a < 1 ? a : 1) : 0; }  // NaN becomes 0
inline int __float2int_rn(float a) { return static_cast<int>(std::nearbyint(a)); }
inline int __float2int_rz(float a) { return static_cast<int>(a); }
inline int __float2int_rd(float a) { return static_cast<int>(std::floor(a)); }
inline int __float2int_ru(float a) { return static_cast<int>(std::ceil(a)); }
inline float __int2float_rn(int a) { return static_cast<float>(a); }
inline int __float_as_int(float a) { return simt::bits<int>(a); }
inline unsigned __float_as_uint(float a) { return simt::bits<unsigned>(a); }
inline float __int_as_float(int a) { return simt::bits<float>(a); }
inline float __uint_as_float(unsigned a) { return simt::bits<float>(a); }
inline long long __double_as_longlong(double a) { return simt::bits<long long>(a); }
inline double __longlong_as_double(long long a) { return simt::bits<double>(a); }
inline int __popc(unsigned a) { return __builtin_popcount(a); }
inline int __popcll(unsigned long long a) { return __builtin_popcountll(a); }
inline int __clz(int a) { return a == 0 ? 32 : __builtin_clz(static_cast<unsigned>(a)); }
inline int __ffs(int a) { return __builtin_ffs(a); }
inline unsigned __brev(unsigned a) {
    unsigned r = 0;
    for (int i = 0; i < 32; ++i) r |= (a >> i & 1) << (31 - i);
    return r;
}
inline unsigned __umulhi(unsigned a, unsigned b) { return static_cast<unsigned>(uint64_t{a} * b >> 32); }
