// The raw map of one branch, for calibration, on CUDA.
// Layout   distances [n, side, side] of three scales; map [n, size, size].
// Launch   one thread per pixel, blocks of 32 columns and 8 rows.
// Traffic  the map written once, the distances from the inner caches. At size 256 one wave of 256 blocks, 0.26 MB:
//          bound by latency, 2 us predicted on the H200; many images must write at 50 % of the copy bandwidth or more.
//          Where a pixel lies is computed in double: 18 operations a pixel, slow on devices for graphics, but maps are
//          made at calibration only.
// Limits   2^31 - 1 blocks.
#include "anomaly_map/anomaly_map_cuda.hpp"
#include "cuda/device.hpp"
#include "cuda/runtime.hpp"

namespace trd::cuda {
namespace {

struct Scales {
    const float* distance[3];  // [n, side, side]
    int64_t side[3];
    double step[3];  // samples per pixel
};

// Between which two of `side` samples a pixel of the upsampled line lies, and where (align_corners).
struct Place {
    int64_t left, right;
    float t;
};

__device__ __forceinline__ Place place(int64_t pixel, double step, int64_t side) {
    const double at = step * static_cast<double>(pixel);
    int64_t left = static_cast<int64_t>(at);
    if (left > side - 1) left = side - 1;
    return {left, left + 1 < side ? left + 1 : left, static_cast<float>(at - static_cast<double>(left))};
}

// map: [n, size, size]
__global__ void __launch_bounds__(kTileColumns* kTileRows)
    branch_map_kernel(const Scales in, float* map, int64_t size, unsigned tiles_x, unsigned tiles_of_image) {
    const int64_t image = blockIdx.x / tiles_of_image;
    const unsigned tile = blockIdx.x % tiles_of_image;
    const int64_t x = int64_t{tile % tiles_x} * kTileColumns + threadIdx.x % kTileColumns;
    const int64_t y = int64_t{tile / tiles_x} * kTileRows + threadIdx.x / kTileColumns;
    if (x >= size || y >= size) return;
    float sum = 0;
#pragma unroll
    for (int s = 0; s < 3; ++s) {
        const int64_t side = in.side[s];
        const Place column = place(x, in.step[s], side), row = place(y, in.step[s], side);
        const float* const upper = in.distance[s] + (image * side + row.left) * side;
        const float* const lower = in.distance[s] + (image * side + row.right) * side;
        const float left = fmaf(row.t, lower[column.left] - upper[column.left], upper[column.left]);
        const float right = fmaf(row.t, lower[column.right] - upper[column.right], upper[column.right]);
        sum += fmaf(column.t, right - left, left);
    }
    map[(image * size + y) * size + x] = sum;
}

}  // namespace

void branch_map(const trd_exec& exec, const float* const distance[3], const int64_t side[3], float* map, int64_t n,
                int64_t size) {
    const OnDevice device(exec);
    Scales in = {};
    for (int s = 0; s < 3; ++s) {
        in.distance[s] = distance[s];
        in.side[s] = side[s];
        in.step[s] = size > 1 ? static_cast<double>(side[s] - 1) / static_cast<double>(size - 1) : 0.0;
    }
    TRD_LAUNCH(branch_map_kernel, static_cast<unsigned>(map_tiles(n, size)), kTileColumns * kTileRows, 0,
               static_cast<cudaStream_t>(exec.stream), in, map, size,
               static_cast<unsigned>((size + kTileColumns - 1) / kTileColumns),
               static_cast<unsigned>(map_tiles(1, size)));
    check_launch("branch_map");
}

}  // namespace trd::cuda
