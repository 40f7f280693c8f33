// Organised point cloud to geometry in metric terms on CUDA, in three launches, with the CPU's bits.
// Layout   points float32 [height] rows of row_stride bytes; planes [size, pitch] of the workspace (metric.hpp); out
//          [size, size, 3].
// Launch   heights: a thread averages the points of an output's box. down: a thread blurs height and weight of an
//          output downwards by both Gaussians, reading neighbours in a row together. image: a block of 32 x 8 threads
//          blurs its outputs and those around them across, keeps the surface in shared memory, and makes slopes of it.
// Traffic  12 bytes of each point, once; 8 S^2 bytes out; 8 S^2 bytes in and 16 S^2 out; 16 S^2 in, 3 S^2 elements
//          out; what neighbours share comes from the caches. 800 x 800 to 256: 7.7 MB + 3.5 MB, 2.5 us of an H200's
//          memory when the cloud is not in the L2 cache; 12 us predicted: three launches, and 4 (2 radius + 1) loads of
//          an output from the L1 cache in each of the last two.
// Limits   none beyond trd.h's.
#include "cuda/device.hpp"
#include "cuda/runtime.hpp"
#include "preprocess/metric.hpp"
#include "preprocess/normalise_cuda.hpp"
#include "preprocess/preprocess_cuda.hpp"

namespace trd::cuda {
namespace {

constexpr int kColumns = 32, kRows = 8, kThreads = kColumns * kRows;
constexpr int kWide = kColumns + 2, kHigh = kRows + 2;  // with the pixels around

struct Heights {
    float *height, *weight;  // [size, pitch]
    int64_t pitch;
};

// height, weight [size, pitch]
__global__ void __launch_bounds__(kThreads)
    heights_kernel(const uint8_t* __restrict__ points, int64_t stride, const int32_t* __restrict__ columns,
                   const int32_t* __restrict__ rows, const float* __restrict__ plane, Heights to, int size) {
    const int x = static_cast<int>(blockIdx.x) * kColumns + static_cast<int>(threadIdx.x) % kColumns;
    const int y = static_cast<int>(blockIdx.y) * kRows + static_cast<int>(threadIdx.x) / kColumns;
    if (x >= size || y >= size) return;
    const HeightPlane below = height_plane(plane);
    float total = 0, number = 0;
    for (int u = columns[2 * x]; u < columns[2 * x + 1]; ++u) {
        float sum = 0, count = 0;
        for (int v = rows[2 * y]; v < rows[2 * y + 1]; ++v) {
            const float* p = reinterpret_cast<const float*>(points + v * stride) + 3 * static_cast<int64_t>(u);
            if (!measured(p[0], p[1], p[2])) continue;
            sum += above(below, p[0], p[1], p[2]);
            count += 1.0f;
        }
        total += sum;
        number += count;
    }
    to.height[y * to.pitch + x] = number > 0 ? total / number : 0;
    to.weight[y * to.pitch + x] = number > 0 ? 1.0f : 0.0f;
}

struct Blurred {
    float *height[2], *weight[2];  // [size, pitch], by the finer Gaussian and by the wider one
};

__global__ void __launch_bounds__(kThreads)
    down_kernel(Heights from, const MetricTables* __restrict__ tables, Blurred to, int size) {
    const int x = static_cast<int>(blockIdx.x) * kColumns + static_cast<int>(threadIdx.x) % kColumns;
    const int y = static_cast<int>(blockIdx.y) * kRows + static_cast<int>(threadIdx.x) / kColumns;
    if (x >= size || y >= size) return;
    const float *height = from.height + x, *weight = from.weight + x;
    for (int k = 0; k < 2; ++k) {
        const Blur& blur = k == 0 ? tables->smooth : tables->relief;
        float h = blur.weights[0] * height[y * from.pitch], w = blur.weights[0] * weight[y * from.pitch];
        for (int j = 1; j <= blur.radius; ++j) {
            const int64_t before = mirrored(y - j, size) * from.pitch, after = mirrored(y + j, size) * from.pitch;
            h = h + blur.weights[j] * (height[before] + height[after]);
            w = w + blur.weights[j] * (weight[before] + weight[after]);
        }
        to.height[k][y * from.pitch + x] = h;
        to.weight[k][y * from.pitch + x] = w;
    }
}

// Blurred across at column x of a row.
__device__ __forceinline__ float across(const float* row, int x, int size, const Blur& blur) {
    float v = blur.weights[0] * row[x];
    for (int j = 1; j <= blur.radius; ++j)
        v = v + blur.weights[j] * (row[mirrored(x - j, size)] + row[mirrored(x + j, size)]);
    return v;
}

// out [size, size, 3]
template <class T>
__global__ void __launch_bounds__(kThreads)
    image_kernel(Blurred from, int64_t pitch, const MetricTables* __restrict__ tables, T* __restrict__ out, int size) {
    __shared__ float surface[kHigh * kWide];
    __shared__ uint8_t known[kHigh * kWide];
    const int thread = static_cast<int>(threadIdx.x);
    const int x0 = static_cast<int>(blockIdx.x) * kColumns, y0 = static_cast<int>(blockIdx.y) * kRows;
    for (int i = thread; i < kHigh * kWide; i += kThreads) {
        const int x = static_cast<int>(mirrored(x0 + i % kWide - 1, size)),
                  y = static_cast<int>(mirrored(y0 + i / kWide - 1, size));
        const float weight = across(from.weight[0] + y * pitch, x, size, tables->smooth);
        known[i] = weight >= kLeastWeight;
        surface[i] = known[i] != 0 ? across(from.height[0] + y * pitch, x, size, tables->smooth) / weight : 0.0f;
    }
    __syncthreads();
    const int u = thread % kColumns, v = thread / kColumns, x = x0 + u, y = y0 + v;
    if (x >= size || y >= size) return;
    const int at = (v + 1) * kWide + u + 1;
    float dx = 0, dy = 0, relief = 0, shown = 0;
    if (known[at] != 0) {
        const float centre = surface[at];
        const auto near = [&](int offset) { return known[at + offset] != 0 ? surface[at + offset] : centre; };
        const float a0 = near(-kWide - 1), a1 = near(-kWide), a2 = near(-kWide + 1);
        const float b0 = near(kWide - 1), b1 = near(kWide), b2 = near(kWide + 1);
        const float h0 = near(-1), h2 = near(1);
        dx = (((a2 - a0) + 2.0f * (h2 - h0)) + (b2 - b0)) * tables->slope;
        dy = (((b0 - a0) + 2.0f * (b1 - a1)) + (b2 - a2)) * tables->slope;
        const float around = across(from.height[1] + y * pitch, x, size, tables->relief) /
                             across(from.weight[1] + y * pitch, x, size, tables->relief);
        shown = fade(centre, around, tables->per_ground, tables->fade_offset);
        relief = bounded_tanh((centre - around) * tables->per_metre) * shown;
    }
    const float half = 0.5f / sqrtf((dx * dx + dy * dy) + 1.0f);
    T* const to = out + 3 * (static_cast<int64_t>(y) * size + x);
    to[0] = normalised<T>(0.5f - dx * half * shown, 0);
    to[1] = normalised<T>(0.5f - dy * half * shown, 1);
    to[2] = normalised<T>(0.5f + 0.5f * relief, 2);
}

}  // namespace

void prepare_metric(const trd_exec& exec, const PlanHeader& plan, const CloudView& cloud, const Prepared& out,
                    const float* plane, void* workspace) {
    const OnDevice device(exec);
    const auto stream = static_cast<cudaStream_t>(exec.stream);
    const MetricWorkspace w(plan, workspace);
    const int size = static_cast<int>(plan.size);
    const dim3 blocks(static_cast<unsigned>((size + kColumns - 1) / kColumns),
                      static_cast<unsigned>((size + kRows - 1) / kRows));
    const Heights heights{w.height, w.weight, w.pitch};
    const Blurred blurred{{w.blurred[0], w.blurred[2]}, {w.blurred[1], w.blurred[3]}};
    TRD_LAUNCH(heights_kernel, blocks, kThreads, 0, stream, reinterpret_cast<const uint8_t*>(cloud.data), cloud.stride,
               w.columns, w.rows, plane, heights, size);
    check_launch("prepare_metric");
    TRD_LAUNCH(down_kernel, blocks, kThreads, 0, stream, heights, w.tables, blurred, size);
    check_launch("prepare_metric");
    with_type(out.type, [&](auto element) {
        using T = decltype(element);
        TRD_LAUNCH((image_kernel<T>), blocks, kThreads, 0, stream, blurred, w.pitch, w.tables,
                   static_cast<T*>(out.data), size);
    });
    check_launch("prepare_metric");
}

}  // namespace trd::cuda
