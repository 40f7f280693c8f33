// What the depth image and the surface normals share on CUDA: the foreground of a cloud (SPEC section 5, steps 1 to 3)
// in one launch, and the scaling and filling of a block's own piece of the plane (steps 4 and 5) in the launch after
// it. Between the two lies the only thing that needs the whole cloud, the range of z.
//
// Foreground
// Layout   points float32 [height] rows of row_stride bytes; z [height, pitch] out: z in the foreground, -0 where a
//          pixel of the foreground has no z, +0 elsewhere, so that one plane says all three; mask uint8 [height, width]
//          or null; ranges [blocks, 2]: smallest and largest z of each block.
// Launch   a block of 8 warps takes a tile of 52 x kTileRows pixels with a halo of 6, so that a row is one 64-bit word:
//          warps ballot words, a thread dilates, then erodes one row by 7 x 7. At most 1024 blocks, which then take
//          several tiles.
// Traffic  12 bytes of each point taken, 1.5 times (2.5 for small images; the L2 cache has the second), 4 bytes out.
//          800 x 800: 7.7 MB + 2.6 MB, 2.4 us of an H200's memory when the cloud is not in the L2 cache; 5 us
//          predicted, half the memory's peak: every thread has all its loads in flight, then come five barriers. 256 x
//          256 of 800 x 800: 2.5 MB of 32-byte sectors, 3 us, bound by the latency of the corners, the plane and the
//          points.
// Limits   none beyond trd.h's.
#pragma once
#include "cuda/device.hpp"
#include "cuda/runtime.hpp"
#include "preprocess/depth_image.hpp"

namespace trd::cuda {
namespace {

constexpr int kThreads = 256, kWarps = kThreads / 32;
constexpr int kHalo = 6, kWordBits = 64, kTileColumns = kWordBits - 2 * kHalo;
constexpr int kSmallTileRows = 12, kTileRows = 52;
constexpr int64_t kSmallImage = 1 << 17;  // pixels; below, lower tiles give the device enough blocks
constexpr float kInfinity = __builtin_huge_valf();

// The points that the pixels [height, width] take: of a cloud [from_height, from_width], nearest, or one to one.
struct Points {
    const uint8_t* data;
    int64_t stride;
    int width, height, from_width, from_height;
    template <bool kNearest> __device__ __forceinline__ const float* at(int x, int y) const {
        // Below 2^12 times at most 2^20.
        const auto u = kNearest
                           ? static_cast<unsigned>(x) * static_cast<unsigned>(from_width) / static_cast<unsigned>(width)
                           : static_cast<unsigned>(x);
        const auto v =
            kNearest ? static_cast<unsigned>(y) * static_cast<unsigned>(from_height) / static_cast<unsigned>(height)
                     : static_cast<unsigned>(y);
        return reinterpret_cast<const float*>(data + v * stride) + 3 * static_cast<int64_t>(u);
    }
};

__device__ __forceinline__ float warp_min(float v) {
    for (int offset = 16; offset > 0; offset >>= 1) {
        const float other = __shfl_xor_sync(0xffffffffu, v, offset);
        v = other < v ? other : v;
    }
    return v;
}
__device__ __forceinline__ float warp_max(float v) { return -warp_min(-v); }

struct Range {
    float low[kWarps], high[kWarps];
};

// Smallest and largest of all threads' values, in shared memory; every thread gets them. (inf, -inf) = none.
__device__ __forceinline__ void block_range(Range& shared, float& low, float& high) {
    low = warp_min(low);
    high = warp_max(high);
    if (threadIdx.x % 32 == 0) {
        shared.low[threadIdx.x / 32] = low;
        shared.high[threadIdx.x / 32] = high;
    }
    __syncthreads();
    for (int i = 0; i < kWarps; ++i) {
        low = shared.low[i] < low ? shared.low[i] : low;
        high = shared.high[i] > high ? shared.high[i] : high;
    }
}

// Bits within three columns of a set bit.
__device__ __forceinline__ uint64_t spread(uint64_t v) {
    for (int i = 0; i < 3; ++i) v |= v << 1 | v >> 1;
    return v;
}

// Rows row - 3 to row + 3 together.
__device__ __forceinline__ uint64_t seven(const uint64_t* rows, int row) {
    uint64_t v = 0;
#pragma unroll
    for (int i = -3; i <= 3; ++i) v |= rows[row + i];
    return v;
}

template <int kRegionRows> struct ForegroundShared {
    uint64_t bits[kRegionRows], background[kRegionRows];
    float corner[3][9][3];
    Plane plane;
    Range range;
};

// z [height, pitch], mask [height, width] or null, ranges [gridDim.x, 2]; tiles = tiles_across * tiles_down
template <int kRows, bool kNearest>
__global__ void __launch_bounds__(kThreads)
    foreground_kernel(Points points, int tiles, int tiles_across, float* __restrict__ z, int64_t pitch,
                      uint8_t* __restrict__ mask, float* __restrict__ ranges) {
    constexpr int kRegionRows = kRows + 2 * kHalo, kOwn = kRegionRows / kWarps;
    static_assert(kRegionRows % kWarps == 0 && kRegionRows <= kThreads, "rows are dealt to warps, and one to a thread");
    TRD_DYNAMIC_SHARED(ForegroundShared<kRegionRows>, shared);
    const int thread = static_cast<int>(threadIdx.x), lane = thread % 32, warp = thread / 32;
    const int width = points.width, height = points.height;
    if (thread < 81) {
        const int corner = thread / 27, i = thread / 3 % 9;
        const int x = i % 3 + (corner == 1 ? width - 3 : 0), y = i / 3 + (corner == 2 ? height - 3 : 0);
        shared->corner[corner][i][thread % 3] = points.at<kNearest>(x, y)[thread % 3];
    }
    __syncthreads();
    if (thread == 0) {
        Corners corners;
        for (int corner = 0; corner < 3; ++corner)
            for (int i = 0; i < 9; ++i) corners.add(corner, shared->corner[corner][i]);
        shared->plane = corners.plane();
    }
    float low = kInfinity, high = -kInfinity;
    for (int tile = static_cast<int>(blockIdx.x); tile < tiles; tile += static_cast<int>(gridDim.x)) {
        const int left = tile % tiles_across * kTileColumns - kHalo, top = tile / tiles_across * kRows - kHalo;
        float point[kOwn][2][3];
#pragma unroll
        for (int i = 0; i < kOwn; ++i) {
#pragma unroll
            for (int half = 0; half < 2; ++half) {
                const int x = left + lane + 32 * half, y = top + warp + kWarps * i;
                const bool inside = x >= 0 && x < width && y >= 0 && y < height;
                const float* const from = inside ? points.at<kNearest>(x, y) : nullptr;
#pragma unroll
                for (int c = 0; c < 3; ++c) point[i][half][c] = inside ? from[c] : 0;
            }
        }
        __syncthreads();  // the plane is there; the tile before was read
        const Plane plane = shared->plane;
#pragma unroll
        for (int i = 0; i < kOwn; ++i) {
            unsigned word[2];
#pragma unroll
            for (int half = 0; half < 2; ++half) {
                const float* const p = point[i][half];
                const bool measured = fabsf(p[0]) <= kMaxCoordinate && fabsf(p[1]) <= kMaxCoordinate &&
                                      fabsf(p[2]) <= kMaxCoordinate;  // false for NaN
                const float distance = fabsf(plane.nx * p[0] + plane.ny * p[1] + plane.nz * p[2] + plane.offset);
                if (!measured) point[i][half][2] = 0;
                word[half] = __ballot_sync(0xffffffffu, measured && distance >= plane.threshold && p[2] != 0);
            }
            if (lane == 0) shared->bits[warp + kWarps * i] = static_cast<uint64_t>(word[1]) << 32 | word[0];
        }
        __syncthreads();
        // Columns of the region that lie inside the image; left is -6 or at least 46.
        const uint64_t from_left = left < 0 ? ~uint64_t{0} << -left : ~uint64_t{0};
        const uint64_t columns = width - left >= kWordBits ? from_left : from_left & ~(~uint64_t{0} << (width - left));
        const bool row_inside = top + thread >= 0 && top + thread < height;
        // Closing: a dilation, then a dilation of the complement inside the image, so that outside never wins.
        if (thread >= 3 && thread < kRegionRows - 3)
            shared->background[thread] = row_inside ? ~spread(seven(shared->bits, thread)) & columns : 0;
        __syncthreads();
        if (thread >= kHalo && thread < kRegionRows - kHalo)
            shared->bits[thread] = ~spread(seven(shared->background, thread)) & columns;
        __syncthreads();
#pragma unroll
        for (int i = 0; i < kOwn; ++i) {
            const int row = warp + kWarps * i, y = top + row;
            if (row < kHalo || row >= kRegionRows - kHalo || y >= height) continue;
#pragma unroll
            for (int half = 0; half < 2; ++half) {
                const int column = lane + 32 * half, x = left + column;
                if (column < kHalo || column >= kWordBits - kHalo || x >= width) continue;
                const bool foreground = (shared->bits[row] >> column & 1) != 0;
                const float own = point[i][half][2];
                z[y * pitch + x] = !foreground ? 0.0f : own != 0 ? own : -0.0f;
                if (mask != nullptr) mask[static_cast<int64_t>(y) * width + x] = foreground ? 1 : 0;
                if (foreground && own != 0) {
                    low = own < low ? own : low;
                    high = own > high ? own : high;
                }
            }
        }
    }
    block_range(shared->range, low, high);
    if (thread == 0) {
        ranges[2 * blockIdx.x] = low;
        ranges[2 * blockIdx.x + 1] = high;
    }
}

// The range of all blocks' ranges; afterwards every thread has it.
__device__ __forceinline__ void whole_range(const float* __restrict__ ranges, int count, Range& shared, float& low,
                                            float& high) {
    low = kInfinity;
    high = -kInfinity;
    for (int i = static_cast<int>(threadIdx.x); i < count; i += kThreads) {
        low = ranges[2 * i] < low ? ranges[2 * i] : low;
        high = ranges[2 * i + 1] > high ? ranges[2 * i + 1] : high;
    }
    block_range(shared, low, high);
}

// Step 4: the smallest z becomes `low`, the largest `high`; 0 stays 0.
struct Scale {
    float min, extent, low, high;
    __device__ __forceinline__ float operator()(float z) const {
        return z == 0 ? 0 : extent > 0 ? (z - min) / extent * (high - low) + low : low;
    }
};

// Step 5 for one pixel: *p, or where it is 0 the mean of its neighbours that are not, which are never negative.
__device__ __forceinline__ float filled(const float* p, int pitch) {
    if (*p != 0) return *p;
    float sum = 0;
    int count = 0;
#pragma unroll
    for (int v = -1; v <= 1; ++v) {
#pragma unroll
        for (int u = -1; u <= 1; ++u) {
            const float neighbour = p[v * pitch + u];
            sum += neighbour;
            count += neighbour != 0 ? 1 : 0;
        }
    }
    return count == 0 ? 0 : sum / static_cast<float>(count);
}

// A block's piece of the plane: pixels [left, left + columns) x [top, top + rows), which may reach out of the image,
// where it is 0.
struct Piece {
    int left, top, columns, rows, pitch;
};

// body(u, v) for u in [margin, columns - margin), v in [margin, rows - margin), a row for each warp and a column for
// each lane.
template <class Body> __device__ __forceinline__ void for_each(int columns, int rows, int margin, Body&& body) {
    for (int v = static_cast<int>(threadIdx.x) / 32 + margin; v < rows - margin; v += kWarps)
        for (int u = static_cast<int>(threadIdx.x) % 32 + margin; u < columns - margin; u += 32) body(u, v);
}

// Scales the piece into a, then fills it twice: afterwards all but its outer two pixels on each side are those of the
// depth image, in a. a and b [rows, pitch] in shared memory. A barrier stands at the end.
__device__ __forceinline__ void scale_and_fill(const float* __restrict__ z, int64_t z_pitch, int width, int height,
                                               const Piece& piece, const Scale& scale, float* a, float* b) {
    const auto inside = [&](int u, int v) {
        const int x = piece.left + u, y = piece.top + v;
        return x >= 0 && x < width && y >= 0 && y < height;
    };
    for_each(piece.columns, piece.rows, 0, [&](int u, int v) {
        a[v * piece.pitch + u] = inside(u, v) ? scale(z[(piece.top + v) * z_pitch + piece.left + u]) : 0;
    });
    __syncthreads();
    const auto fill = [&](const float* from, float* to, int margin) {
        for_each(piece.columns, piece.rows, margin, [&](int u, int v) {
            const int at = v * piece.pitch + u;
            to[at] = inside(u, v) ? filled(from + at, piece.pitch) : 0;
        });
        __syncthreads();
    };
    fill(a, b, 1);
    fill(b, a, 2);
}

// Queues the foreground of the plane's pixels; returns how many ranges it writes. kNearest: the pixels may be fewer or
// more than the cloud's points.
template <bool kNearest>
int launch_foreground(const Points& points, const DepthPlane& plane, uint8_t* mask, cudaStream_t stream) {
    const bool small = int64_t{points.width} * points.height < kSmallImage;
    const int rows = small ? kSmallTileRows : kTileRows;
    const int across = (points.width + kTileColumns - 1) / kTileColumns,
              tiles = across * ((points.height + rows - 1) / rows);
    const int blocks = tiles < DepthPlane::kRanges ? tiles : static_cast<int>(DepthPlane::kRanges);
    const auto launch = [&](auto kernel, size_t shared) {
        TRD_LAUNCH(kernel, static_cast<unsigned>(blocks), kThreads, shared, stream, points, tiles, across, plane.z,
                   plane.pitch, mask, plane.range);
    };
    if (small)
        launch(foreground_kernel<kSmallTileRows, kNearest>, sizeof(ForegroundShared<kSmallTileRows + 2 * kHalo>));
    else launch(foreground_kernel<kTileRows, kNearest>, sizeof(ForegroundShared<kTileRows + 2 * kHalo>));
    check_launch("foreground");
    return blocks;
}

}  // namespace
}  // namespace trd::cuda
