// What our kernels include, and all they may include: CUDA itself under nvcc, the SIMT harness (tests/native/simt)
// under the host compiler, which gives the same names the same meaning on the CPU. Kernels use nothing else of CUDA.
#pragma once
#include <cstdint>

#ifdef __CUDACC__
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

#define TRD_LAUNCH(kernel, grid, block, shared_bytes, stream, ...) \
    kernel<<<grid, block, shared_bytes, stream>>>(__VA_ARGS__)
// Dynamic shared memory of the launch, 16-byte aligned.
#define TRD_DYNAMIC_SHARED(T, name)                              \
    extern __shared__ __align__(16) unsigned char trd_dynamic[]; \
    T* name = reinterpret_cast<T*>(trd_dynamic)

namespace trd::cuda {

using half_t = __half;
using bfloat_t = __nv_bfloat16;

__device__ __forceinline__ float to_float(float v) { return v; }
__device__ __forceinline__ float to_float(half_t v) { return __half2float(v); }
__device__ __forceinline__ float to_float(bfloat_t v) { return __bfloat162float(v); }
// Rounded to nearest, ties to even.
template <class T> __device__ __forceinline__ T from_float(float v);
template <> __device__ __forceinline__ float from_float<float>(float v) { return v; }
template <> __device__ __forceinline__ half_t from_float<half_t>(float v) { return __float2half_rn(v); }
template <> __device__ __forceinline__ bfloat_t from_float<bfloat_t>(float v) { return __float2bfloat16_rn(v); }

__device__ __forceinline__ uint32_t shared_address(const void* p) {
    return static_cast<uint32_t>(__cvta_generic_to_shared(p));
}

// Copies 16 bytes global -> shared, asynchronously; with valid = false, writes 16 zero bytes and reads nothing. Both
// 16-byte aligned.
__device__ __forceinline__ void cp_async16(void* shared, const void* global, bool valid = true) {
    const int bytes = valid ? 16 : 0;
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;\n" ::"r"(shared_address(shared)), "l"(global),
                 "r"(bytes)
                 : "memory");
}
// As cp_async16, through the first-level cache: for what neighbouring tiles read again soon.
__device__ __forceinline__ void cp_async16_cached(void* shared, const void* global, bool valid = true) {
    const int bytes = valid ? 16 : 0;
    asm volatile("cp.async.ca.shared.global [%0], [%1], 16, %2;\n" ::"r"(shared_address(shared)), "l"(global),
                 "r"(bytes)
                 : "memory");
}
// The same for one element of 4 bytes, 4-byte aligned.
__device__ __forceinline__ void cp_async4(void* shared, const void* global) {
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4;\n" ::"r"(shared_address(shared)), "l"(global) : "memory");
}
__device__ __forceinline__ void cp_async_commit() { asm volatile("cp.async.commit_group;\n" ::: "memory"); }
// Waits until at most N of this thread's groups are under way.
template <int N> __device__ __forceinline__ void cp_async_wait() {
    asm volatile("cp.async.wait_group %0;\n" ::"n"(N) : "memory");
}

// N = 1, 2 or 4 matrices of 8x8 16-bit elements; lane l gives the address of row l % 8 of matrix l / 8, 16-byte
// aligned, and gets of each matrix row l / 4, columns 2 (l % 4) and the next. Transposed: of each matrix column l / 4,
// rows 2 (l % 4) and the next.
#define TRD_LDMATRIX(name, modifier)                                                               \
    __device__ __forceinline__ void name(uint32_t(&r)[1], const void* row) {                       \
        asm volatile("ldmatrix.sync.aligned.m8n8.x1" modifier ".shared.b16 {%0}, [%1];\n"          \
                     : "=r"(r[0])                                                                  \
                     : "r"(shared_address(row))                                                    \
                     : "memory");                                                                  \
    }                                                                                              \
    __device__ __forceinline__ void name(uint32_t(&r)[2], const void* row) {                       \
        asm volatile("ldmatrix.sync.aligned.m8n8.x2" modifier ".shared.b16 {%0,%1}, [%2];\n"       \
                     : "=r"(r[0]), "=r"(r[1])                                                      \
                     : "r"(shared_address(row))                                                    \
                     : "memory");                                                                  \
    }                                                                                              \
    __device__ __forceinline__ void name(uint32_t(&r)[4], const void* row) {                       \
        asm volatile("ldmatrix.sync.aligned.m8n8.x4" modifier ".shared.b16 {%0,%1,%2,%3}, [%4];\n" \
                     : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])                              \
                     : "r"(shared_address(row))                                                    \
                     : "memory");                                                                  \
    }
TRD_LDMATRIX(ldmatrix, "")
TRD_LDMATRIX(ldmatrix_transposed, ".trans")
#undef TRD_LDMATRIX

// Tag of float32 operands of which tensor cores read 10 bits of mantissa; to_tf32 rounds to them, ties away from zero.
struct tf32_t {};
__device__ __forceinline__ uint32_t to_tf32(float v) {
    uint32_t r;
    asm("cvt.rna.tf32.f32 %0, %1;\n" : "=r"(r) : "f"(v));
    return r;
}

// c += a b, float32 sums. 16-bit types: mma.m16n8k16, a 16x16 row-major, b 16x8 column-major; tf32_t: m16n8k8, a 16x8,
// b 8x8.
template <class T> __device__ __forceinline__ void mma(float (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]);
#define TRD_MMA(T, shape, type)                                                                                      \
    template <> __device__ __forceinline__ void mma<T>(float(&c)[4], const uint32_t(&a)[4], const uint32_t(&b)[2]) { \
        asm volatile("mma.sync.aligned." shape ".row.col.f32." type "." type                                         \
                     ".f32 {%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3};\n"                                     \
                     : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])                                                \
                     : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));                            \
    }
TRD_MMA(half_t, "m16n8k16", "f16")
TRD_MMA(bfloat_t, "m16n8k16", "bf16")
TRD_MMA(tf32_t, "m16n8k8", "tf32")
#undef TRD_MMA

}  // namespace trd::cuda
#else
#include "simt.hpp"
#define cp_async16_cached cp_async16  // a cache is no part of a copy's meaning
#endif
