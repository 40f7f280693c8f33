// Blend of decoder and amplifier, and its cosine distance to the teacher, on CUDA.
// Layout   decoder, amplifier, teacher [rows, c], channels-last; distance [rows].
// Launch   one warp per row, 8 warps per block; lanes take 16 bytes of neighbouring channels at a time.
// Traffic  two or three features read once, 4 bytes written per row: bound by memory; at least 80 % of the copy bandwidth.
// Limits   16-byte loads where all three features and their rows allow it, else one element at a time.
#include "fuse_cosine/fuse_cosine_cuda.hpp"

#include "cuda/device.hpp"
#include "cuda/runtime.hpp"

namespace trd::cuda {
namespace {

constexpr int kWarps = 8;

struct Sums {
    float dot = 0, gg = 0, tt = 0;
    __device__ __forceinline__ void add(float g, float t) {
        dot = fmaf(g, t, dot);
        gg = fmaf(g, g, gg);
        tt = fmaf(t, t, tt);
    }
};

__device__ __forceinline__ float warp_sum(float v) {
    for (int offset = 16; offset > 0; offset >>= 1) v += __shfl_xor_sync(0xffffffffu, v, offset);
    return v;
}

template <class T, int kVector>
struct alignas(sizeof(T) * kVector) Vector {
    T v[kVector];
};

// decoder, amplifier (may be null), teacher: [rows, c]; distance: [rows]; c is a multiple of kVector
template <class T, int kVector>
__global__ void __launch_bounds__(32 * kWarps)
fuse_cosine_kernel(const T* __restrict__ decoder, float w_decoder, const T* __restrict__ amplifier, float w_amplifier,
                   const T* __restrict__ teacher, float* __restrict__ distance, int64_t rows, int64_t c) {
    using V = Vector<T, kVector>;
    const int64_t row = static_cast<int64_t>(blockIdx.x) * kWarps + threadIdx.x / 32;
    if (row >= rows) return;  // whole warps
    const int64_t start = row * c;
    Sums sums;
    for (int64_t k = static_cast<int64_t>(threadIdx.x % 32) * kVector; k < c; k += 32 * kVector) {
        const V d = *reinterpret_cast<const V*>(decoder + start + k);
        const V t = *reinterpret_cast<const V*>(teacher + start + k);
        if (amplifier != nullptr) {
            const V a = *reinterpret_cast<const V*>(amplifier + start + k);
            for (int i = 0; i < kVector; ++i)
                sums.add(fmaf(w_amplifier, to_float(a.v[i]), w_decoder * to_float(d.v[i])), to_float(t.v[i]));
        } else {
            for (int i = 0; i < kVector; ++i) sums.add(w_decoder * to_float(d.v[i]), to_float(t.v[i]));
        }
    }
    const float dot = warp_sum(sums.dot), gg = warp_sum(sums.gg), tt = warp_sum(sums.tt);
    // fmaxf would lose a NaN; the product of the squares could underflow, that of the norms cannot: each is at least 1e-8.
    const float g_norm = gg < 1e-16f ? 1e-8f : sqrtf(gg), t_norm = tt < 1e-16f ? 1e-8f : sqrtf(tt);
    if (threadIdx.x % 32 == 0) distance[row] = 1.0f - dot / (g_norm * t_norm);
}

bool aligned(const void* p, int64_t row_bytes) {
    return reinterpret_cast<uintptr_t>(p) % 16 == 0 && row_bytes % 16 == 0;
}

template <class T>
void launch(const trd::cpu::FuseCosine& f, cudaStream_t stream) {
    const auto* decoder = static_cast<const T*>(f.decoder);
    const auto* amplifier = static_cast<const T*>(f.amplifier);
    const auto* teacher = static_cast<const T*>(f.teacher);
    const int64_t row_bytes = f.c * static_cast<int64_t>(sizeof(T));
    const unsigned blocks = static_cast<unsigned>((f.rows + kWarps - 1) / kWarps);
    const bool wide = aligned(decoder, row_bytes) && aligned(teacher, row_bytes) && aligned(amplifier, row_bytes);
    constexpr int kVector = 16 / sizeof(T);
    if (wide)
        TRD_LAUNCH((fuse_cosine_kernel<T, kVector>), blocks, 32 * kWarps, 0, stream, decoder, f.w_decoder, amplifier,
                   f.w_amplifier, teacher, f.distance, f.rows, f.c);
    else
        TRD_LAUNCH((fuse_cosine_kernel<T, 1>), blocks, 32 * kWarps, 0, stream, decoder, f.w_decoder, amplifier, f.w_amplifier,
                   teacher, f.distance, f.rows, f.c);
    check_launch("fuse_cosine");
}

}  // namespace

void fuse_cosine(const trd_exec& exec, const trd::cpu::FuseCosine& f) {
    const OnDevice device(exec);
    const auto stream = static_cast<cudaStream_t>(exec.stream);
    if (f.type == TRD_FLOAT16) return launch<half_t>(f, stream);
    if (f.type == TRD_BFLOAT16) return launch<bfloat_t>(f, stream);
    launch<float>(f, stream);
}

}  // namespace trd::cuda
