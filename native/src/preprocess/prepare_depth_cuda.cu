// Organised point cloud to depth image on CUDA, in two launches: the foreground (depth_image_cuda.hpp), then this.
// Layout   z [size, pitch] and ranges [blocks, 2] of the launch before; out [size, size, 3].
// Launch   a block of 256 threads makes 32 x 8 pixels from its piece of z with a halo of 2: range, scale, two fills in
//          shared memory.
// Traffic  4 S^2 bytes in (1.7 times, from the L2 cache), 3 S^2 elements out: 0.65 MB at 256 in fp16, 0.15 us of an
//          H200's memory. Bound by latency (ranges, z, three barriers): 2.5 us predicted.
// Limits   none beyond trd.h's.
#include "preprocess/depth_image_cuda.hpp"
#include "preprocess/normalise_cuda.hpp"
#include "preprocess/preprocess_cuda.hpp"

namespace trd::cuda {
namespace {

constexpr int kColumns = 32, kRows = 8, kReach = 2;
constexpr int kPieceColumns = kColumns + 2 * kReach, kPieceRows = kRows + 2 * kReach;

struct DepthShared {
    float a[kPieceRows * kPieceColumns], b[kPieceRows * kPieceColumns];
    Range range;
};

// z [size, pitch], ranges [count, 2], out [size, size, 3], fault [1]
template <class T>
__global__ void __launch_bounds__(kThreads)
    prepare_depth_kernel(const float* __restrict__ z, int64_t pitch, const float* __restrict__ ranges, int count,
                         T* __restrict__ out, int size, int32_t* __restrict__ fault) {
    TRD_DYNAMIC_SHARED(DepthShared, shared);
    const int x0 = static_cast<int>(blockIdx.x) * kColumns, y0 = static_cast<int>(blockIdx.y) * kRows;
    float min, max;
    whole_range(ranges, count, shared->range, min, max);
    const bool any = max >= min;
    if (threadIdx.x == 0 && blockIdx.x == 0 && blockIdx.y == 0) *fault = any ? TRD_OK : TRD_ERROR_INPUT;
    if (any)  // all threads agree
        scale_and_fill(z, pitch, size, size, {x0 - kReach, y0 - kReach, kPieceColumns, kPieceRows, kPieceColumns},
                       {min, max - min, 0.1f, 0.9f}, shared->a, shared->b);
    for (int i = static_cast<int>(threadIdx.x); i < 3 * kColumns * kRows; i += kThreads) {
        const int row = i / (3 * kColumns), sample = i % (3 * kColumns);
        if (y0 + row >= size || x0 + sample / 3 >= size) continue;
        out[3 * (static_cast<int64_t>(y0 + row) * size + x0) + sample] =
            any ? normalised<T>(shared->a[(row + kReach) * kPieceColumns + sample / 3 + kReach], sample % 3)
                : from_float<T>(0);
    }
}

}  // namespace

void prepare_depth(const trd_exec& exec, const PlanHeader& plan, const CloudView& cloud, const Prepared& out,
                   uint8_t* mask, void* workspace, int32_t* fault) {
    const OnDevice device(exec);
    const auto stream = static_cast<cudaStream_t>(exec.stream);
    const DepthWorkspace w(plan, workspace);
    const int size = static_cast<int>(plan.size);
    const Points points{reinterpret_cast<const uint8_t*>(cloud.data),
                        cloud.stride,
                        size,
                        size,
                        static_cast<int>(cloud.width),
                        static_cast<int>(cloud.height)};
    const int ranges = launch_foreground<true>(points, w.plane, mask, stream);
    const dim3 grid(static_cast<unsigned>((size + kColumns - 1) / kColumns),
                    static_cast<unsigned>((size + kRows - 1) / kRows));
    with_type(out.type, [&](auto element) {
        using T = decltype(element);
        TRD_LAUNCH((prepare_depth_kernel<T>), grid, kThreads, sizeof(DepthShared), stream, w.plane.z, w.plane.pitch,
                   w.plane.range, ranges, static_cast<T*>(out.data), size, fault);
    });
    check_launch("prepare_depth");
}

}  // namespace trd::cuda
