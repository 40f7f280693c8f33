// Data races on shared memory, each in an order of threads that hides it from the results; and code that is free of
// them.
#include "cuda/device.hpp"
#include "planted.hpp"

namespace planted {
namespace {

using namespace trd::cuda;

__global__ void read_after_write(float* x) {
    __shared__ float s[64];
    s[threadIdx.x] = x[threadIdx.x];
    x[threadIdx.x] = s[threadIdx.x / 2];  // ascending: always written before
}

__global__ void write_after_read(float* x) {
    __shared__ float s[64];
    s[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    const float v = s[(threadIdx.x + 1) % 64];
    s[threadIdx.x] = v;
    __syncthreads();
    x[threadIdx.x] = s[threadIdx.x];
}

__global__ void write_after_write(float* x) {
    __shared__ float s;
    if (threadIdx.x % 32 == 0) s = x[0];
    __syncthreads();
    x[threadIdx.x] = s;
}

__global__ void shuffle_orders_nothing(float* x) {
    __shared__ float s[32];
    s[threadIdx.x] = x[threadIdx.x];
    const float v = __shfl_xor_sync(0xffffffffu, x[threadIdx.x], 1);
    x[threadIdx.x] = v + s[threadIdx.x ^ 1];
}

__global__ void warp_barrier_between_warps(float* x) {
    __shared__ float s[64];
    s[threadIdx.x] = x[threadIdx.x];
    __syncwarp();
    x[threadIdx.x] = s[threadIdx.x % 32];
}

// The stage that is filled again may still be read by others.
__global__ void stage_reused(const float* x, float* out) {
    __shared__ __align__(16) float s[256];
    cp_async16(s + threadIdx.x * 4, x);
    cp_async_commit();
    cp_async_wait<0>();
    __syncthreads();
    out[threadIdx.x] = s[(threadIdx.x * 4 + 4) % 256];
    cp_async16(s + threadIdx.x * 4, x);
    cp_async_commit();
    cp_async_wait<0>();
}

__global__ void own_wait_is_not_a_barrier(const float* x, float* out) {
    __shared__ __align__(16) float s[256];
    cp_async16(s + threadIdx.x * 4, x);
    cp_async_commit();
    cp_async_wait<0>();
    out[threadIdx.x] = s[threadIdx.x / 2 * 4];
}

__global__ void rows_without_barrier(float* x) {
    __shared__ __align__(16) half_t tile[64];
    for (int i = 0; i < 2; ++i) tile[threadIdx.x * 2 + static_cast<unsigned>(i)] = from_float<half_t>(1);
    uint32_t r[1];
    ldmatrix(r, tile + threadIdx.x % 8 * 8);
    x[threadIdx.x] = static_cast<float>(r[0]);
}

__global__ void plain_beside_atomic(float* x) {
    __shared__ unsigned count;
    if (threadIdx.x == 0) count = 0;
    __syncthreads();
    atomicAdd(&count, 1u);
    x[threadIdx.x] = static_cast<float>(count);
}

__global__ void neighbours_in_a_word(float* x) {
    __shared__ unsigned char s[64];
    s[threadIdx.x] = static_cast<unsigned char>(threadIdx.x);
    __syncthreads();
    x[threadIdx.x] = s[63 - threadIdx.x];
}

__global__ void exchange_in_a_warp(float* x) {
    __shared__ float s[64];
    for (int i = 0; i < 3; ++i) {
        s[threadIdx.x] = x[threadIdx.x];
        __syncwarp();
        const float v = s[threadIdx.x ^ 1];
        __syncwarp();
        s[threadIdx.x ^ 1] = v;  // read by its owner before the barrier
        __syncwarp();
        x[threadIdx.x] = v;
    }
}

__global__ void histogram(float* x) {
    __shared__ unsigned bins[8];
    if (threadIdx.x < 8) bins[threadIdx.x] = 0;
    __syncthreads();
    for (int i = 0; i < 4; ++i) atomicAdd(&bins[threadIdx.x % 8], 1u);
    __syncthreads();
    x[threadIdx.x] = static_cast<float>(bins[threadIdx.x % 8]);
}

template <class T> __global__ void reduction(T* x) {
    TRD_DYNAMIC_SHARED(T, s);
    s[threadIdx.x] = x[threadIdx.x];
    for (unsigned half = 32; half > 0; half /= 2) {
        __syncthreads();
        if (threadIdx.x < half) s[threadIdx.x] += s[threadIdx.x + half];
    }
    __syncthreads();
    x[threadIdx.x] = s[0];
}

alignas(16) float memory[256];

#define RUN(kernel, threads, shared, ...) [] { TRD_LAUNCH(kernel, 2, threads, shared, nullptr, __VA_ARGS__); }

}  // namespace

const std::vector<Fault>& race_faults() {
    static const std::vector<Fault> all = {
        {"read after write", kRaces, "wrote", RUN(read_after_write, 64, 0, memory)},
        {"write after read", kRaces, "read", RUN(write_after_read, 64, 0, memory)},
        {"write after write", kRaces, "writes", RUN(write_after_write, 64, 0, memory)},
        {"a shuffle instead of __syncwarp", kRaces, "data race", RUN(shuffle_orders_nothing, 32, 0, memory)},
        {"__syncwarp between two warps", kRaces, "data race", RUN(warp_barrier_between_warps, 64, 0, memory)},
        {"a stage filled while others read it", kRaces, "data race", RUN(stage_reused, 64, 0, memory, memory)},
        {"a copy that only its issuer waited for", kRaces, "data race",
         RUN(own_wait_is_not_a_barrier, 64, 0, memory, memory)},
        {"ldmatrix without a barrier", kRaces, "data race", RUN(rows_without_barrier, 32, 0, memory)},
        {"plain read beside atomics", kRaces, "atomically", RUN(plain_beside_atomic, 64, 0, memory)},
    };
    return all;
}

const std::vector<Fault>& innocent() {
    static const std::vector<Fault> all = {
        {"neighbouring bytes", kAll, "", RUN(neighbours_in_a_word, 64, 0, memory)},
        {"exchange in a warp", kAll, "", RUN(exchange_in_a_warp, 64, 0, memory)},
        {"histogram", kAll, "", RUN(histogram, 64, 0, memory)},
        {"reduction", kAll, "", RUN((reduction<float>), 64, 64 * sizeof(float), memory)},
    };
    return all;
}

}  // namespace planted
