// Blend of decoder and amplifier, and its cosine distance to the teacher, on CUDA.
// Layout   decoder, amplifier, teacher [rows, c], channels-last; distance [rows].
// Launch   8, 16 or 32 lanes share a row, so that a lane has up to four 16-byte pieces of each feature and no lane of a
//          short row idles: 64 channels of float16 are 8 lanes and four rows a warp. Blocks of two warps: even the 256
//          rows of a part's coarsest scale reach 128 multiprocessors.
// Traffic  two or three features read once, 4 bytes written per row: bound by memory, of whose copy bandwidth many rows
//          must reach 80 %. One part's finest scale (4,096 rows of 256 float16 channels, 6.3 MB) takes 1.5 us of the
//          H200's 4.3 TB/s; a lane starts its up to twelve loads before it uses one, and all rows of a part are under
//          way at once, so that little more than one memory latency is added: about 3 us predicted, 2 us when the
//          features still lie in the L2 cache.
// Limits   16-byte loads where all three features and their rows allow it, else one element at a time; rows <= 2^31.
#include "fuse_cosine/fuse_cosine_cuda.hpp"

#include "cuda/device.hpp"
#include "cuda/runtime.hpp"

namespace trd::cuda {
namespace {

constexpr int kThreads = 64;
constexpr int kPieces = 4;  // of a feature that a lane loads before it uses the first

struct Sums {
    float dot = 0, gg = 0, tt = 0;
    __device__ __forceinline__ void add(float g, float t) {
        dot = fmaf(g, t, dot);
        gg = fmaf(g, g, gg);
        tt = fmaf(t, t, tt);
    }
};

// The sum of kLanes neighbouring lanes, in each of them.
template <int kLanes> __device__ __forceinline__ float sum_of_lanes(float v) {
#pragma unroll
    for (int offset = kLanes / 2; offset > 0; offset /= 2) v += __shfl_xor_sync(0xffffffffu, v, offset);
    return v;
}

template <class T, int kVector> struct alignas(sizeof(T) * kVector) Vector { T v[kVector]; };

// decoder, amplifier (null without kBlend), teacher: [rows, c]; distance: [rows]; c is a multiple of kVector
template <class T, int kVector, int kLanes, bool kBlend>
__global__ void __launch_bounds__(kThreads)
    fuse_cosine_kernel(const T* __restrict__ decoder, float w_decoder, const T* __restrict__ amplifier,
                       float w_amplifier, const T* __restrict__ teacher, float* __restrict__ distance, int64_t rows,
                       int64_t c) {
    using V = Vector<T, kVector>;
    constexpr int kRows = kThreads / kLanes;
    const int lane = static_cast<int>(threadIdx.x) % kLanes;
    const int64_t row = static_cast<int64_t>(blockIdx.x) * kRows + threadIdx.x / kLanes;
    // Behind the last row there is nothing to load, but the lanes are needed where the warp adds.
    const int64_t start = row * c, end = row < rows ? c : 0;
    Sums sums;
    for (int64_t k = lane * kVector; k < end; k += kPieces * kLanes * kVector) {
        V d[kPieces], a[kPieces], t[kPieces];
#pragma unroll
        for (int p = 0; p < kPieces; ++p) {
            const int64_t at = k + p * kLanes * kVector;
            if (at < end) {
                d[p] = *reinterpret_cast<const V*>(decoder + start + at);
                t[p] = *reinterpret_cast<const V*>(teacher + start + at);
                if (kBlend) a[p] = *reinterpret_cast<const V*>(amplifier + start + at);
            }
        }
#pragma unroll
        for (int p = 0; p < kPieces; ++p) {
            if (k + p * kLanes * kVector < end) {
#pragma unroll
                for (int i = 0; i < kVector; ++i) {
                    const float own = w_decoder * to_float(d[p].v[i]);
                    sums.add(kBlend ? fmaf(w_amplifier, to_float(a[p].v[i]), own) : own, to_float(t[p].v[i]));
                }
            }
        }
    }
    const float dot = sum_of_lanes<kLanes>(sums.dot), gg = sum_of_lanes<kLanes>(sums.gg),
                tt = sum_of_lanes<kLanes>(sums.tt);
    // fmaxf would lose a NaN; the product of the squares could underflow, that of the norms cannot: each is at least
    // 1e-8.
    const float g_norm = gg < 1e-16f ? 1e-8f : sqrtf(gg), t_norm = tt < 1e-16f ? 1e-8f : sqrtf(tt);
    if (lane == 0 && row < rows) distance[row] = 1.0f - dot / (g_norm * t_norm);
}

template <class T, int kVector, int kLanes, bool kBlend> void launch(const FuseCosine& f, cudaStream_t stream) {
    constexpr int64_t kRows = kThreads / kLanes;
    const unsigned blocks = static_cast<unsigned>((f.rows + kRows - 1) / kRows);
    TRD_LAUNCH((fuse_cosine_kernel<T, kVector, kLanes, kBlend>), blocks, kThreads, 0, stream,
               static_cast<const T*>(f.decoder), f.w_decoder, static_cast<const T*>(f.amplifier), f.w_amplifier,
               static_cast<const T*>(f.teacher), f.distance, f.rows, f.c);
    check_launch("fuse_cosine");
}

template <class T, int kVector, int kLanes> void launch(const FuseCosine& f, cudaStream_t stream) {
    if (f.amplifier != nullptr) return launch<T, kVector, kLanes, true>(f, stream);
    launch<T, kVector, kLanes, false>(f, stream);
}

bool aligned(const void* p) { return reinterpret_cast<uintptr_t>(p) % 16 == 0; }

template <class T> void launch(const FuseCosine& f, cudaStream_t stream) {
    constexpr int kVector = 16 / sizeof(T);
    const int64_t pieces = f.c / kVector;
    if (f.c % kVector != 0 || !aligned(f.decoder) || !aligned(f.amplifier) || !aligned(f.teacher))
        return launch<T, 1, 32>(f, stream);
    if (pieces <= 8 * kPieces) return launch<T, kVector, 8>(f, stream);
    if (pieces <= 16 * kPieces) return launch<T, kVector, 16>(f, stream);
    launch<T, kVector, 32>(f, stream);
}

}  // namespace

void fuse_cosine(const trd_exec& exec, const FuseCosine& f) {
    const OnDevice device(exec);
    const auto stream = static_cast<cudaStream_t>(exec.stream);
    if (f.type == TRD_FLOAT16) return launch<half_t>(f, stream);
    if (f.type == TRD_BFLOAT16) return launch<bfloat_t>(f, stream);
    launch<float>(f, stream);
}

}  // namespace trd::cuda
