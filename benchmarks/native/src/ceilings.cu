// What the device multiplies at best, with the instructions that libtrd uses: registers only, as many chains as hide
// the latency.
// Launch   8 blocks of 256 threads per multiprocessor; of each thread or warp 8 independent chains.
#include "cuda/device.hpp"
#include "timing.hpp"

namespace trd_kernels {
namespace {

constexpr int kThreads = 256, kBlocks = 8, kChains = 8, kTimes = 4096;

template <class T> __global__ void __launch_bounds__(kThreads) mma_kernel(float* out) {
    // Zeros: the time does not depend on the values, and nothing overflows. Unknown to the compiler.
    const uint32_t zero = out == nullptr ? 1 : 0;
    const uint32_t a[4] = {zero, zero, zero, zero}, b[2] = {zero, zero};
    float sums[kChains][4] = {};
    for (int i = 0; i < kTimes; ++i) {
#pragma unroll
        for (int chain = 0; chain < kChains; ++chain) trd::cuda::mma<T>(sums[chain], a, b);
    }
    float sum = 0;
#pragma unroll
    for (int chain = 0; chain < kChains; ++chain)
        sum += sums[chain][0] + sums[chain][1] + sums[chain][2] + sums[chain][3];
    if (sum != 0) *out = sum;  // never
}

__global__ void __launch_bounds__(kThreads) fma_kernel(float* out, float factor) {
    float sums[kChains];
#pragma unroll
    for (int chain = 0; chain < kChains; ++chain) sums[chain] = factor * static_cast<float>(chain + 1);
    for (int i = 0; i < kTimes; ++i) {
#pragma unroll
        for (int repeat = 0; repeat < 4; ++repeat) {
#pragma unroll
            for (int chain = 0; chain < kChains; ++chain) sums[chain] = fmaf(sums[chain], factor, factor);
        }
    }
    float sum = 0;
#pragma unroll
    for (int chain = 0; chain < kChains; ++chain) sum += sums[chain];
    if (sum != 0) *out = sum;  // never: the factor is 0
}

__global__ void empty_kernel() {}

}  // namespace

double launch_multiply(Multiply what, int multiprocessors, float* out, void* stream) {
    const unsigned blocks = static_cast<unsigned>(multiprocessors * kBlocks);
    const auto on = static_cast<cudaStream_t>(stream);
    if (what == Multiply::kHalf) TRD_LAUNCH(mma_kernel<trd::cuda::half_t>, blocks, kThreads, 0, on, out);
    if (what == Multiply::kBfloat) TRD_LAUNCH(mma_kernel<trd::cuda::bfloat_t>, blocks, kThreads, 0, on, out);
    if (what == Multiply::kFloat) TRD_LAUNCH(fma_kernel, blocks, kThreads, 0, on, out, 0.0f);
    if (cudaPeekAtLastError() != cudaSuccess) return 0;
    const double of_block = what == Multiply::kFloat ? 2.0 * 4 * kThreads : 2.0 * 16 * 8 * 16 * kThreads / 32;
    return of_block * blocks * kChains * kTimes;
}

void launch_empty(void* stream) { TRD_LAUNCH(empty_kernel, 1, 32, 0, static_cast<cudaStream_t>(stream)); }

}  // namespace trd_kernels
