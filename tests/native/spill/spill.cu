// More values than a thread of such a block has registers: ptxas must spill, and the build must fail (spill.sh).
#include "cuda/device.hpp"

__global__ void __launch_bounds__(1024, 2) spills(float* x) {
    float v[64];
#pragma unroll
    for (int i = 0; i < 64; ++i) v[i] = x[i * 1024 + threadIdx.x];
#pragma unroll
    for (int i = 0; i < 256; ++i) v[i % 64] = v[i % 64] * v[(i * 7 + i / 64) % 64] + v[(i + 13) % 64];
#pragma unroll
    for (int i = 0; i < 64; ++i) x[i * 1024 + threadIdx.x] = v[i];
}
