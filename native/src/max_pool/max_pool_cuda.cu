// Largest of each 3x3 window, stride 2, padding 1, on CUDA.
// Layout   in [n, h, w, c], out [n, out_h, out_w, c], channels-last, 16-byte aligned; c is a multiple of 8.
// Launch   a block for 256 neighbouring pieces of 16 bytes of one output row; grid: pieces of a row, rows, images.
// Traffic  the input once from memory, 2.25 times from the caches; the output once: bound by memory.
// Limits   65535 images and output rows; w * c below 2^31.
#include "max_pool/max_pool.hpp"

#include "cuda/device.hpp"
#include "cuda/runtime.hpp"

namespace trd::cuda {
namespace {

constexpr int kThreads = 256;

template <class T> struct alignas(16) Channels {
    static constexpr int kCount = 16 / sizeof(T);
    T v[kCount];
};

// in [n, h, w, c], out [n, out_h, out_w, c]; pieces = out_w c / Channels::kCount of a row
template <class T>
__global__ void __launch_bounds__(kThreads) max_pool_kernel(const T* __restrict__ in, T* __restrict__ out,
                                                            unsigned pieces, unsigned h, unsigned w, unsigned c) {
    using V = Channels<T>;
    // 32 bits: a 64-bit division is a function call.
    const unsigned at = blockIdx.x * kThreads + threadIdx.x;
    if (at >= pieces) return;
    const unsigned vectors = c / V::kCount;
    const unsigned x = at / vectors, y = blockIdx.y, k = at % vectors * V::kCount;
    // The window's centre always lies inside.
    const unsigned row_from = y > 0 ? 2 * y - 1 : 0, row_to = 2 * y + 1 < h ? 2 * y + 1 : h - 1;
    const unsigned column_from = x > 0 ? 2 * x - 1 : 0, column_to = 2 * x + 1 < w ? 2 * x + 1 : w - 1;
    const T* const image = in + static_cast<int64_t>(blockIdx.z) * h * w * c + k;
    V best = *reinterpret_cast<const V*>(image + (static_cast<int64_t>(2 * y) * w + 2 * x) * c);
#pragma unroll 1
    for (unsigned row = row_from; row <= row_to; ++row)
#pragma unroll 1
        for (unsigned column = column_from; column <= column_to; ++column) {
            const V v = *reinterpret_cast<const V*>(image + (static_cast<int64_t>(row) * w + column) * c);
#pragma unroll
            for (int i = 0; i < V::kCount; ++i) {
                const float a = to_float(v.v[i]), b = to_float(best.v[i]);
                // A NaN is the result: it wins, and nothing is larger than it.
                if (a > b || a != a) best.v[i] = v.v[i];
            }
        }
    const int64_t to = (static_cast<int64_t>(blockIdx.z) * gridDim.y + y) * pieces + at;
    reinterpret_cast<V*>(out)[to] = best;
}

template <class T> void launch(const MaxPool& p, cudaStream_t stream) {
    const auto pieces = static_cast<unsigned>(p.out_w() * p.c / Channels<T>::kCount);
    const dim3 grid((pieces + kThreads - 1) / kThreads, static_cast<unsigned>(p.out_h()), static_cast<unsigned>(p.n));
    TRD_LAUNCH((max_pool_kernel<T>), grid, kThreads, 0, stream, static_cast<const T*>(p.in), static_cast<T*>(p.out),
               pieces, static_cast<unsigned>(p.h), static_cast<unsigned>(p.w), static_cast<unsigned>(p.c));
    check_launch("max_pool");
}

}  // namespace

void max_pool(const trd_exec& exec, const MaxPool& pool) {
    const OnDevice device(exec);
    const auto stream = static_cast<cudaStream_t>(exec.stream);
    if (pool.type == TRD_FLOAT32) launch<float>(pool, stream);
    else if (pool.type == TRD_BFLOAT16) launch<bfloat_t>(pool, stream);
    else launch<half_t>(pool, stream);
}

}  // namespace trd::cuda
