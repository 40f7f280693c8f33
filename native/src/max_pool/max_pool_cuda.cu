// Largest of each 3x3 window, stride 2, padding 1, on CUDA.
// Layout   in [n, h, w, c], out [n, out_h, out_w, c], channels-last, 16-byte aligned; c is a multiple of 8.
// Launch   one thread for 16 bytes of channels of one output pixel; neighbouring threads read neighbouring channels.
// Traffic  the input once from memory, 2.25 times from the caches; the output once: bound by memory.
// Limits   at most 2^31 - 1 blocks of 256 threads.
#include "max_pool/max_pool.hpp"

#include "cuda/device.hpp"
#include "cuda/runtime.hpp"

namespace trd::cuda {
namespace {

constexpr int kThreads = 256;

template <class T>
struct alignas(16) Channels {
    static constexpr int kCount = 16 / sizeof(T);
    T v[kCount];
};

// in [n, h, w, c], out [n, out_h, out_w, c]; count = n out_h out_w c / Channels::kCount threads do something
template <class T>
__global__ void __launch_bounds__(kThreads)
max_pool_kernel(const T* __restrict__ in, T* __restrict__ out, int64_t count, int64_t h, int64_t w, int64_t c, int64_t out_h,
                int64_t out_w) {
    using V = Channels<T>;
    const int64_t at = static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x;
    if (at >= count) return;
    const int64_t vectors = c / V::kCount;
    const int64_t k = at % vectors * V::kCount;
    const int64_t pixel = at / vectors;
    const int64_t x = pixel % out_w, y = pixel / out_w % out_h, image = pixel / (out_w * out_h);
    // The window's centre always lies inside.
    const int64_t row_from = y > 0 ? 2 * y - 1 : 0, row_to = 2 * y + 1 < h ? 2 * y + 1 : h - 1;
    const int64_t column_from = x > 0 ? 2 * x - 1 : 0, column_to = 2 * x + 1 < w ? 2 * x + 1 : w - 1;
    V best = *reinterpret_cast<const V*>(in + ((image * h + 2 * y) * w + 2 * x) * c + k);
    for (int64_t row = row_from; row <= row_to; ++row)
        for (int64_t column = column_from; column <= column_to; ++column) {
            const V v = *reinterpret_cast<const V*>(in + ((image * h + row) * w + column) * c + k);
            for (int i = 0; i < V::kCount; ++i) {
                const float a = to_float(v.v[i]), b = to_float(best.v[i]);
                // A NaN is the result: it wins, and nothing is larger than it.
                if (a > b || a != a) best.v[i] = v.v[i];
            }
        }
    *reinterpret_cast<V*>(out + pixel * c + k) = best;
}

template <class T>
void launch(const MaxPool& p, cudaStream_t stream) {
    const int64_t count = p.n * p.out_h() * p.out_w() * (p.c / Channels<T>::kCount);
    const auto blocks = static_cast<unsigned>((count + kThreads - 1) / kThreads);
    TRD_LAUNCH((max_pool_kernel<T>), blocks, kThreads, 0, stream, static_cast<const T*>(p.in), static_cast<T*>(p.out), count,
               p.h, p.w, p.c, p.out_h(), p.out_w());
    check_launch("max_pool");
}

}  // namespace

void max_pool(const trd_exec& exec, const MaxPool& pool) {
    const OnDevice device(exec);
    const auto stream = static_cast<cudaStream_t>(exec.stream);
    if (pool.type == TRD_FLOAT32)
        launch<float>(pool, stream);
    else if (pool.type == TRD_BFLOAT16)
        launch<bfloat_t>(pool, stream);
    else
        launch<half_t>(pool, stream);
}

}  // namespace trd::cuda
