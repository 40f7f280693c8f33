// Colour image to network input on CUDA: Pillow's two-pass resize in fixed point, then normalisation, in one launch.
// Layout   image uint8 [height] rows of row_stride bytes, any alignment; weights as the plan laid them out
//          (prepare_rgb.hpp); out [size, size, 3].
// Launch   a block of 8 warps makes 32 x 8 output pixels. It takes the input rows that these need a chunk of at most 32
//          at a time: asynchronous 16-byte copies to shared memory (one that would leave the row becomes single bytes),
//          each lane resizes four rows of one column across to 8-bit samples in shared memory, then each thread adds
//          them to its three samples down. Columns' windows too wide for shared memory (reductions of more than about
//          90) are read where they lie.
// Traffic  3 w h bytes in, read 1.1 to 1.3 times because rows of two neighbouring tiles overlap (from the L2 cache the
//          second time), 3 S^2 elements out: 2.3 MB for 800 x 800 to 256 in fp16, 0.55 us of an H200's memory. The
//          bound is the latency of one block's chain load, across, down: 3 to 4 us predicted with all 256 blocks
//          resident at once, so about 15 % of the memory's peak; 2.3 MB are too few to fill it.
// Limits   none beyond trd.h's.
#include "cuda/runtime.hpp"
#include "preprocess/normalise_cuda.hpp"
#include "preprocess/prepare_rgb.hpp"
#include "preprocess/preprocess_cuda.hpp"

namespace trd::cuda {
namespace {

constexpr int kColumns = 32, kRows = 8, kWarps = 8, kThreads = 32 * kWarps, kSamples = 3 * kColumns;
constexpr int kOwnRows = 4;                    // input rows that a lane resizes across at once
constexpr int kMostChunk = kOwnRows * kWarps;  // input rows of a chunk
constexpr int kOwnSamples = kRows * kSamples / kThreads;
constexpr int kStageBytes = 36 << 10;
constexpr int kSlack = 32;  // a window is read in whole groups of four taps and whole words: up to 13 bytes too far
constexpr int32_t kHalf = 1 << (kPillowBits - 1);

struct alignas(16) Piece {
    uint32_t word[4];
};

struct Image {
    const uint8_t* data;
    int64_t stride;
    int64_t row_bytes;
    __device__ __forceinline__ const uint8_t* row(int64_t y) const { return data + y * stride; }
};

struct Axis {
    int64_t taps;
    const int32_t* first;    // [size]
    const int32_t* weights;  // [size, taps]
};

__device__ __forceinline__ uint8_t rounded(int32_t sum) {
    const int32_t v = sum >> kPillowBits;
    return static_cast<uint8_t>(v > 255 ? 255 : v);  // weights are not negative
}

__device__ __forceinline__ int misalignment(const uint8_t* p) {
    return static_cast<int>(reinterpret_cast<uintptr_t>(p) & 15);
}

// Bytes [from, from + bytes) of `rows` rows to stage [rows, pitch]; each row starts there with its own misalignment.
__device__ __forceinline__ void load_rows(const Image& image, int64_t top, int rows, int64_t from, int bytes,
                                          uint8_t* stage, int pitch) {
    const int pieces = pitch / 16;
    for (int i = static_cast<int>(threadIdx.x); i < rows * pieces; i += kThreads) {
        const int r = i / pieces, at = i % pieces * 16;
        const uint8_t* const row = image.row(top + r);
        const int64_t start = from - misalignment(row + from) + at;  // of this piece, relative to the row
        uint8_t* to = stage + r * pitch + at;
        if (start >= from + bytes) continue;
        if (start >= 0 && start + 16 <= image.row_bytes) {
            cp_async16(to, row + start);
        } else {
            for (int k = 0; k < 16; ++k)
                if (start + k >= 0 && start + k < image.row_bytes) to[k] = row[start + k];
        }
    }
    cp_async_commit();
    cp_async_wait<0>();
}

// Weights k .. k + 3 of one output; 0 beyond its taps.
__device__ __forceinline__ void load_weights(const int32_t* weights, int64_t taps, int64_t k, int32_t (&w)[4]) {
    if (taps % 4 == 0) {
        const Piece piece = *reinterpret_cast<const Piece*>(weights + k);
        for (int j = 0; j < 4; ++j) w[j] = static_cast<int32_t>(piece.word[j]);
    } else {
        for (int j = 0; j < 4; ++j) w[j] = k + j < taps ? weights[k + j] : 0;
    }
}

// One column's window in kOwnRows rows, across: between[i][0..2], rows `between_pitch` bytes apart. in[i]: the window's
// bytes. Staged: in shared memory, read in words; otherwise in the image, read byte by byte.
template <bool kStaged>
__device__ __forceinline__ void across(const uint8_t* const (&in)[kOwnRows], const int32_t* weights, int64_t taps,
                                       int count, uint8_t* between) {
    int32_t sum[kOwnRows][3];
#pragma unroll
    for (int i = 0; i < kOwnRows; ++i)
        for (int c = 0; c < 3; ++c) sum[i][c] = kHalf;
    for (int64_t k = 0; k < taps; k += 4) {
        int32_t w[4];
        load_weights(weights, taps, k, w);
#pragma unroll
        for (int i = 0; i < kOwnRows; ++i) {
            if (i >= count) break;
            const uint8_t* p = in[i] + 3 * k;
            if (kStaged) {
                const auto address = reinterpret_cast<uintptr_t>(p);
                const auto* words = reinterpret_cast<const uint32_t*>(p - (address & 3));
                const int shift = static_cast<int>(address & 3) * 8;
#pragma unroll
                for (int b = 0; b < 3; ++b) {
                    const auto four =
                        static_cast<uint32_t>((static_cast<uint64_t>(words[b + 1]) << 32 | words[b]) >> shift);
#pragma unroll
                    for (int n = 0; n < 4; ++n) {
                        const int sample = 4 * b + n;
                        sum[i][sample % 3] += static_cast<int32_t>(four >> 8 * n & 255) * w[sample / 3];
                    }
                }
            } else {
                for (int j = 0; j < 4 && k + j < taps; ++j)
                    for (int c = 0; c < 3; ++c) sum[i][c] += p[3 * j + c] * w[j];
            }
        }
    }
#pragma unroll
    for (int i = 0; i < kOwnRows; ++i)
        if (i < count)
            for (int c = 0; c < 3; ++c) between[i * kSamples + c] = rounded(sum[i][c]);
}

// out [size, size, 3]. Dynamic shared memory: between [chunk, kSamples], then stage [chunk, pitch] and slack.
template <class T, bool kStaged>
__global__ void __launch_bounds__(kThreads) prepare_rgb_kernel(Image image, Axis horizontal, Axis vertical, int chunk,
                                                               int pitch, T* __restrict__ out, int size) {
    TRD_DYNAMIC_SHARED(uint8_t, between);
    uint8_t* const stage = between + chunk * kSamples;
    const int thread = static_cast<int>(threadIdx.x);
    const int x0 = static_cast<int>(blockIdx.x) * kColumns, y0 = static_cast<int>(blockIdx.y) * kRows;
    const int columns = size - x0 < kColumns ? size - x0 : kColumns, rows = size - y0 < kRows ? size - y0 : kRows;
    const int64_t from = 3 * static_cast<int64_t>(horizontal.first[x0]);
    const int64_t bytes = 3 * (horizontal.first[x0 + columns - 1] + horizontal.taps) - from;
    // Lanes beyond the last column repeat it: their samples are never used.
    const int column = thread % 32 < columns ? thread % 32 : columns - 1, group = thread / 32 * kOwnRows;
    const int64_t window = 3 * static_cast<int64_t>(horizontal.first[x0 + column]) - from;
    const int32_t* const weights = horizontal.weights + (x0 + column) * horizontal.taps;

    int32_t sum[kOwnSamples];
    int64_t first[kOwnSamples];
#pragma unroll
    for (int i = 0; i < kOwnSamples; ++i) {
        const int y = (thread + i * kThreads) / kSamples;
        sum[i] = kHalf;
        first[i] = vertical.first[y0 + (y < rows ? y : rows - 1)];
    }
    const int64_t bottom = vertical.first[y0 + rows - 1] + vertical.taps;
    for (int64_t top = vertical.first[y0]; top < bottom; top += chunk) {
        const int here = bottom - top < chunk ? static_cast<int>(bottom - top) : chunk;
        if (kStaged) {
            load_rows(image, top, here, from, static_cast<int>(bytes), stage, pitch);
            __syncthreads();
        }
        if (group < here) {
            const uint8_t* in[kOwnRows];
#pragma unroll
            for (int i = 0; i < kOwnRows; ++i) {
                const int r = group + i < here ? group + i : here - 1;
                const uint8_t* const row = image.row(top + r) + from;
                in[i] = kStaged ? stage + r * pitch + misalignment(row) + window : row + window;
            }
            across<kStaged>(in, weights, horizontal.taps, here - group, between + group * kSamples + thread % 32 * 3);
        }
        __syncthreads();
#pragma unroll
        for (int i = 0; i < kOwnSamples; ++i) {
            const int y = (thread + i * kThreads) / kSamples, sample = (thread + i * kThreads) % kSamples;
            if (y >= rows) continue;
            const int32_t* const w = vertical.weights + (y0 + y) * vertical.taps;
            const int64_t low = first[i] > top ? first[i] : top;
            const int64_t end = first[i] + vertical.taps, high = end < top + here ? end : top + here;
#pragma unroll 4
            for (int64_t r = low; r < high; ++r) sum[i] += between[(r - top) * kSamples + sample] * w[r - first[i]];
        }
        // The next chunk overwrites what was read; where rows are staged, the barrier behind that comes first.
        if (!kStaged) __syncthreads();
    }
#pragma unroll
    for (int i = 0; i < kOwnSamples; ++i) {
        const int y = (thread + i * kThreads) / kSamples, sample = (thread + i * kThreads) % kSamples;
        if (y < rows && sample < 3 * columns)
            out[3 * (static_cast<int64_t>(y0 + y) * size + x0) + sample] =
                normalised<T>(static_cast<float>(rounded(sum[i])) / 255.0f, sample % 3);
    }
}

}  // namespace

void prepare_rgb(const trd_exec& exec, const PlanHeader& plan, const ImageView& image, const Prepared& out,
                 void* workspace) {
    const OnDevice device(exec);
    const auto stream = static_cast<cudaStream_t>(exec.stream);
    PlanHeader derived = plan;
    derive_taps(derived);
    const RgbWorkspace w(derived, workspace);
    const int size = static_cast<int>(plan.size);
    // Windows of a tile's first and last column start at most this many columns apart.
    const int64_t apart = ((kColumns - 1) * plan.width + plan.size - 1) / plan.size + 1;
    const int64_t widest = apart + w.across.taps < plan.width ? apart + w.across.taps : plan.width;
    const int64_t pitch = (3 * widest + 15 + 15) / 16 * 16;
    const bool staged = pitch * kOwnRows <= kStageBytes;
    int chunk = kMostChunk;
    while (staged && chunk * pitch > kStageBytes) chunk -= kOwnRows;
    const dim3 grid(static_cast<unsigned>((size + kColumns - 1) / kColumns),
                    static_cast<unsigned>((size + kRows - 1) / kRows));
    const size_t shared = static_cast<size_t>(chunk * kSamples + (staged ? chunk * pitch + kSlack : 0));
    const Image in{image.data, image.stride, 3 * image.width};
    const Axis horizontal{w.across.taps, w.across.first, w.across.weights},
        vertical{w.down.taps, w.down.first, w.down.weights};
    with_type(out.type, [&](auto element) {
        using T = decltype(element);
        auto* to = static_cast<T*>(out.data);
        if (staged)
            TRD_LAUNCH((prepare_rgb_kernel<T, true>), grid, kThreads, shared, stream, in, horizontal, vertical, chunk,
                       static_cast<int>(pitch), to, size);
        else
            TRD_LAUNCH((prepare_rgb_kernel<T, false>), grid, kThreads, shared, stream, in, horizontal, vertical, chunk,
                       0, to, size);
    });
    check_launch("prepare_rgb");
}

}  // namespace trd::cuda
