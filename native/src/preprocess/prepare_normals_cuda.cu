// Organised point cloud to surface normals on CUDA, in two launches: the foreground at the cloud's own size
// (depth_image_cuda.hpp), then this.
// Layout   z [height, pitch] and ranges [blocks, 2] of the launch before; tables as the plan laid them out
//          (depth_image.hpp); out [size, size, 3].
// Launch   a block of 256 threads makes edge x edge pixels, edge at most 16 and as large as its piece of z fits in
//          shared memory: range, scale, two fills; both derivatives' vertical halves in the rows that the resize reads;
//          then one thread per pixel takes the horizontal halves at its four neighbours, their normals and what lies
//          between them.
// Traffic  4 w h bytes in (1.4 times with a 5 x 5 aperture, from the L2 cache), 3 S^2 elements out: 2.6 MB + 0.4 MB for
//          800 x 800 to 256 in fp16, 0.7 us of an H200's memory. Bound by shared memory, about 35 k accesses a block,
//          and latency: 5 us predicted with two blocks a multiprocessor; about 15 % of the memory's peak.
// Limits   none beyond trd.h's.
#include "preprocess/depth_image_cuda.hpp"
#include "preprocess/normalise_cuda.hpp"
#include "preprocess/preprocess_cuda.hpp"

namespace trd::cuda {
namespace {

constexpr int kMostEdge = 16, kReach = 2;
constexpr int64_t kSharedBytes = 48 << 10;

struct NormalsTables {
    const Sobel* sobel;
    const int32_t *column, *row;                  // [size]
    const float *column_fraction, *row_fraction;  // [size]
};

struct NormalsShared {
    Range range;
    Sobel sobel;
};

// Floats of shared memory behind NormalsShared: a and b [rows, pitch], smooth and slope [2 edge, pitch], values [edge,
// edge, 3].
struct Pieces {
    int edge, pitch, rows;
    int64_t floats() const { return int64_t{2} * rows * pitch + int64_t{4} * edge * pitch + int64_t{3} * edge * edge; }
};

// Index of OpenCV's BORDER_REFLECT_101: 2 1 | 0 1 2 3 | 2 1.
__device__ __forceinline__ int reflect(int i, int n) {
    while (i < 0 || i >= n) i = i < 0 ? -i : 2 * (n - 1) - i;
    return i;
}

// Vertical halves at row y of a column of the filled plane; z is its row 0, whether or not the piece has it.
__device__ __forceinline__ void derive_down(const float* z, int pitch, int y, int height, const Sobel& sobel,
                                            float& smooth, float& slope) {
    smooth = sobel.smooth[0] * z[y * pitch];
    slope = 0;
    for (int j = 1; j <= sobel.radius; ++j) {
        const float above = z[reflect(y - j, height) * pitch], below = z[reflect(y + j, height) * pitch];
        smooth += sobel.smooth[j] * (above + below);
        slope += sobel.slope[j] * (below - above);
    }
}

// Horizontal halves at column x, and the normal in [0, 1] times weight; smooth and slope are that row's column 0.
__device__ __forceinline__ void normal_at(const float* smooth, const float* slope, int x, int width, const Sobel& sobel,
                                          float weight, float (&normal)[3]) {
    float dx = 0, dy = sobel.smooth[0] * slope[x];
    for (int j = 1; j <= sobel.radius; ++j) {
        const int before = reflect(x - j, width), after = reflect(x + j, width);
        dx += sobel.slope[j] * (smooth[after] - smooth[before]);
        dy += sobel.smooth[j] * (slope[before] + slope[after]);
    }
    const float inverse = 1.0f / (sqrtf(dx * dx + dy * dy + 1.0f) + 1e-8f), half = 0.5f * weight;
    normal[0] = (1.0f - dx * inverse) * half;
    normal[1] = (1.0f - dy * inverse) * half;
    normal[2] = (1.0f + inverse) * half;
}

// -0 is foreground without z.
__device__ __forceinline__ bool is_foreground(float z) {
    uint32_t bits;
    memcpy(&bits, &z, sizeof bits);
    return bits != 0;
}

// z [height, pitch], ranges [count, 2], out [size, size, 3], fault [1]
template <class T>
__global__ void __launch_bounds__(kThreads, 4)
    prepare_normals_kernel(const float* __restrict__ z, int64_t pitch, int width, int height,
                           const float* __restrict__ ranges, int count, NormalsTables tables, Pieces pieces,
                           T* __restrict__ out, int size, int32_t* __restrict__ fault) {
    TRD_DYNAMIC_SHARED(NormalsShared, shared);
    float* const a = reinterpret_cast<float*>(shared + 1);
    float* const b = a + pieces.rows * pieces.pitch;
    float* const smooth = b + pieces.rows * pieces.pitch;
    float* const slope = smooth + 2 * pieces.edge * pieces.pitch;
    float* const values = slope + 2 * pieces.edge * pieces.pitch;
    const int thread = static_cast<int>(threadIdx.x), edge = pieces.edge;
    const int x0 = static_cast<int>(blockIdx.x) * edge, y0 = static_cast<int>(blockIdx.y) * edge;
    const int columns = size - x0 < edge ? size - x0 : edge, rows = size - y0 < edge ? size - y0 : edge;
    if (thread == 0) shared->sobel = *tables.sobel;
    float min, max;
    whole_range(ranges, count, shared->range, min, max);  // a barrier: the aperture is there
    const Sobel& sobel = shared->sobel;
    const bool any = max >= min;
    if (thread == 0 && blockIdx.x == 0 && blockIdx.y == 0) *fault = any ? TRD_OK : TRD_ERROR_INPUT;
    if (any) {  // all threads agree
        const int radius = sobel.radius;
        const int column = tables.column[x0], row = tables.row[y0];
        // Filled pixels that the derivatives read.
        const int left = column > radius ? column - radius : 0, top = row > radius ? row - radius : 0;
        const int last_column = tables.column[x0 + columns - 1] + 2 + radius,
                  last_row = tables.row[y0 + rows - 1] + 2 + radius;
        const int right = last_column < width ? last_column : width, bottom = last_row < height ? last_row : height;
        scale_and_fill(
            z, pitch, width, height,
            {left - kReach, top - kReach, right - left + 2 * kReach, bottom - top + 2 * kReach, pieces.pitch},
            {min, max - min, 0, 1}, a, b);
        for_each(right - left, 2 * rows, 0, [&](int u, int slot) {
            const float* const own = a + (kReach - top) * pieces.pitch + u + kReach;
            derive_down(own, pieces.pitch, tables.row[y0 + slot / 2] + slot % 2, height, sobel,
                        smooth[slot * pieces.pitch + u], slope[slot * pieces.pitch + u]);
        });
        __syncthreads();
        const int x = thread % edge, y = thread / edge;
        if (x < columns && y < rows) {
            const float lower = tables.row_fraction[y0 + y], second = tables.column_fraction[x0 + x];
            float sum[2][3] = {};
#pragma unroll
            for (int v = 0; v < 2; ++v) {
                if (v == 1 && !(lower > 0)) continue;
                const int line = (2 * y + v) * pieces.pitch - left;
                const int at_row = tables.row[y0 + y] + v;
#pragma unroll
                for (int u = 0; u < 2; ++u) {
                    const int at = tables.column[x0 + x] + u;
                    if (!is_foreground(z[at_row * pitch + at])) continue;
                    float normal[3];
                    normal_at(smooth + line, slope + line, at, width, sobel, v == 0 ? 1.0f - lower : lower, normal);
                    for (int c = 0; c < 3; ++c) sum[u][c] += normal[c];
                }
            }
            for (int c = 0; c < 3; ++c)
                values[3 * (y * edge + x) + c] = (1.0f - second) * sum[0][c] + second * sum[1][c];
        }
        __syncthreads();
    }
    for (int i = thread; i < 3 * columns * rows; i += kThreads) {
        const int y = i / (3 * columns), sample = i % (3 * columns);
        out[3 * (static_cast<int64_t>(y0 + y) * size + x0) + sample] =
            any ? normalised<T>(values[3 * y * edge + sample], sample % 3) : from_float<T>(0);
    }
}

// The largest edge whose piece fits in the shared memory that every device has.
Pieces pieces_for(const PlanHeader& plan) {
    const int64_t radius = plan.kernel == 1 ? 1 : plan.kernel / 2;
    Pieces pieces{kMostEdge, 0, 0};
    for (;; pieces.edge /= 2) {
        // The left one of two pixels moves by at most the ceiling, and one more where the plan's arithmetic rounds; two
        // of them, the aperture and the fills on both sides.
        const auto extent = [&](int64_t from) {
            return ((pieces.edge - 1) * from + plan.size - 1) / plan.size + 1 + 2 + 2 * radius + 2 * kReach;
        };
        const int64_t columns = extent(plan.width), rows = extent(plan.height);
        if (pieces.edge > 1 && (columns > 1024 || rows > 1024)) continue;
        pieces.pitch = static_cast<int>(columns);
        pieces.rows = static_cast<int>(rows);
        if (pieces.edge == 1 || pieces.floats() * 4 + static_cast<int64_t>(sizeof(NormalsShared)) <= kSharedBytes)
            return pieces;
    }
}

}  // namespace

void prepare_normals(const trd_exec& exec, const PlanHeader& plan, const CloudView& cloud, const Prepared& out,
                     uint8_t* mask, void* workspace, int32_t* fault) {
    const OnDevice device(exec);
    const auto stream = static_cast<cudaStream_t>(exec.stream);
    const NormalsWorkspace w(plan, workspace);
    const int size = static_cast<int>(plan.size), width = static_cast<int>(plan.width),
              height = static_cast<int>(plan.height);
    const Points points{reinterpret_cast<const uint8_t*>(cloud.data), cloud.stride, width, height, width, height};
    const int ranges = launch_foreground<false>(points, w.plane, mask, stream);
    const Pieces pieces = pieces_for(plan);
    const auto blocks = static_cast<unsigned>((size + pieces.edge - 1) / pieces.edge);
    const size_t shared = sizeof(NormalsShared) + static_cast<size_t>(pieces.floats()) * sizeof(float);
    with_type(out.type, [&](auto element) {
        using T = decltype(element);
        TRD_LAUNCH((prepare_normals_kernel<T>), dim3(blocks, blocks), kThreads, shared, stream, w.plane.z,
                   w.plane.pitch, width, height, w.plane.range, ranges,
                   NormalsTables{w.sobel, w.column, w.row, w.column_fraction, w.row_fraction}, pieces,
                   static_cast<T*>(out.data), size, fault);
    });
    check_launch("prepare_normals");
}

}  // namespace trd::cuda
