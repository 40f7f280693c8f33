// Convolutions on CUDA: up to eight layers in one launch, as implicit matrix products on tensor cores.
// Layout   in [n, h, w, c_in], out [n, out_h, out_w, c_out] or a slice of a concatenation; packed weights [rows, k].
// Launch   128 threads per block; tiles of 64 x 64, 128 x 64, 64 x 128 or 128 x 128 pixels x channels (the wide ones of
//          16-bit types), two or three stages of 128 bytes of k; longest blocks first. Where k is split, a second
//          launch of one thread per 16 bytes of output adds the parts in ascending order. convolution_plan.cpp chooses.
// Traffic  a tile of a pixels and b channels reads 128 (a + b) bytes from the L2 cache for 128 a b products (16-bit
//          types), so that 64 x 64 is bound by that cache at 180 TFLOP/s of an H200 and 128 x 128 at 360; where the
//          taps of a kernel follow each other over the same pixels most of them come from the first-level cache, and
//          shared memory is the bound: 330 and 515. mma.sync alone reaches about 590. Weights are read from memory
//          once; layers at 8 x 8 pixels are bound by that. Predicted for an H200, not measured, wide_resnet50_2 at S =
//          256 in 16 bits, without the time between launches: the teacher of both modalities 0.28 ms (48 GFLOP), both
//          bottlenecks 0.19 ms (58), both decoders 0.27 ms (45).
// Limits   16-byte accesses except c_in = 3; indices of pixels and of m are 32 bits wide (convolution.hpp); 72 KiB of
//          shared memory.
#include "convolution/convolution_cuda.hpp"

#include "convolution/convolution.hpp"
#include "convolution/implicit_gemm.cuh"
#include "cuda/runtime.hpp"

namespace trd::cuda {
namespace {

// Blocks that a multiprocessor is to hold: decides how many registers a thread may have.
template <int kTileM, int kTileN>
constexpr int kResident = kTileM* kTileN <= 64 * 64    ? 4
                          : kTileM* kTileN <= 128 * 64 ? 3
                                                       : 2;

template <class T, int kTileM, int kTileN, bool kThree>
__global__ void __launch_bounds__(kThreads, kResident<kTileM, kTileN>)
    convolution_kernel(const __grid_constant__ Group group) {
    TRD_DYNAMIC_SHARED(unsigned char, shared);
    int i = 0;
    while (i + 1 < group.count && blockIdx.x >= group.problems[i + 1].first_block) ++i;
    const Problem& p = group.problems[i];
    int block = static_cast<int>(blockIdx.x - p.first_block);
    const int m = block % p.tiles_m * kTileM;
    block /= p.tiles_m;
    const int n = block % p.tiles_n * kTileN, split = block / p.tiles_n;
    const int begin = split * p.k_tiles_per_split;
    const int end = begin + p.k_tiles_per_split < p.k_tiles ? begin + p.k_tiles_per_split : p.k_tiles;

    Product<T, kTileM, kTileN> product;
    convolve<T, kTileM, kTileN, kThree>(p, m, n, begin, end, shared, product);
    float* const staged = reinterpret_cast<float*>(shared);
    product.stage(staged);
    __syncthreads();
    if (p.splits == 1) {
        for_staged<T, kTileM, kTileN>(staged, p.m - m, p.n - n, [&](int row, int column, float(&v)[kVector<T>]) {
            finish<T>(p, m + row, n + column, v);
        });
    } else {
        float* const partial = p.partial + static_cast<int64_t>(split) * p.m * p.n;
        for_staged<float, kTileM, kTileN>(staged, p.m - m, p.n - n, [&](int row, int column, float(&v)[4]) {
            *reinterpret_cast<Piece<float>*>(partial + static_cast<int64_t>(m + row) * p.n + n + column) = {v[0], v[1],
                                                                                                            v[2], v[3]};
        });
    }
}

// Adds the parts of the sums and does what follows. group holds only layers with parts; first_block counts this
// launch's.
template <class T> __global__ void __launch_bounds__(kThreads) add_parts_kernel(const __grid_constant__ Group group) {
    int i = 0;
    while (i + 1 < group.count && blockIdx.x >= group.problems[i + 1].first_block) ++i;
    const Problem& p = group.problems[i];
    const int64_t piece = static_cast<int64_t>(blockIdx.x - p.first_block) * kThreads + threadIdx.x;
    const int pieces = p.n / kVector<T>;
    const int64_t m = piece / pieces;
    if (m >= p.m) return;
    const int n = static_cast<int>(piece - m * pieces) * kVector<T>;
    const int64_t size = static_cast<int64_t>(p.m) * p.n;
    const float* part = p.partial + m * p.n + n;
    float v[kVector<T>] = {};
#pragma unroll 4
    for (int split = 0; split < p.splits; ++split, part += size) {
#pragma unroll
        for (int e = 0; e < kVector<T>; e += 4) {
            const auto four = *reinterpret_cast<const Piece<float>*>(part + e);
#pragma unroll
            for (int f = 0; f < 4; ++f) v[e + f] += four.v[f];
        }
    }
    finish<T>(p, static_cast<int>(m), n, v);
}

Problem problem_of(int32_t type, const trd_convolution& l, const Plan& plan, int32_t i, void* workspace) {
    Problem p = {};
    p.in = l.in, p.weights = l.packed, p.bias = l.bias, p.residual = l.residual, p.post = l.post, p.out = l.out;
    p.splits = plan.splits[i];
    p.k_tiles_per_split = plan.k_tiles_per_split[i];
    if (p.splits > 1)
        p.partial = reinterpret_cast<float*>(static_cast<unsigned char*>(workspace) + plan.partial_offset[i]);
    p.row = packed_row(type, l.c_in, l.kernel, l.transposed);
    p.out_stride = l.out_stride;
    p.h = static_cast<int32_t>(l.h), p.w = static_cast<int32_t>(l.w);
    p.c_in = static_cast<int32_t>(l.c_in), p.c_out = static_cast<int32_t>(l.c_out);
    p.transposed = l.transposed, p.relu = l.relu;
    // A transposed convolution with kernel = stride is a 1x1 convolution to the four taps' channels.
    p.kernel = l.transposed ? 1 : l.kernel, p.stride = l.transposed ? 1 : l.stride, p.padding = l.padding;
    p.out_h = static_cast<int32_t>(l.transposed ? l.h : convolution_side(l.h, l));
    p.out_w = static_cast<int32_t>(l.transposed ? l.w : convolution_side(l.w, l));
    p.m = static_cast<int32_t>(l.n * p.out_h * p.out_w);
    p.n = static_cast<int32_t>(packed_rows(l.c_out, l.transposed));
    p.k_tiles = static_cast<int32_t>(p.row * type_bytes(type) / kTileRowBytes);
    p.tiles_m = (p.m + plan.tile_m - 1) / plan.tile_m;
    p.tiles_n = (p.n + plan.tile_n - 1) / plan.tile_n;
    p.runs = l.c_in * type_bytes(type) % kTileRowBytes == 0;
    return p;
}

template <class T, int kTileM, int kTileN, bool kThree>
void launch_tiles(const Group& group, uint32_t blocks, cudaStream_t stream) {
    constexpr int kBytes = kSharedBytes<kTileM, kTileN>;
    allow_shared(reinterpret_cast<const void*>(convolution_kernel<T, kTileM, kTileN, kThree>), kBytes);
    TRD_LAUNCH((convolution_kernel<T, kTileM, kTileN, kThree>), blocks, kThreads, kBytes, stream, group);
    check_launch("convolutions");
}

template <class T> void launch_parts(Group parts, cudaStream_t stream) {
    if (parts.count == 0) return;
    uint32_t blocks = 0;
    for (int32_t i = 0; i < parts.count; ++i) {
        Problem& p = parts.problems[i];
        p.first_block = blocks;
        blocks += static_cast<uint32_t>((static_cast<int64_t>(p.m) * (p.n / kVector<T>)+kThreads - 1) / kThreads);
    }
    TRD_LAUNCH((add_parts_kernel<T>), blocks, kThreads, 0, stream, parts);
    check_launch("the launch that adds parts of sums");
}

template <class T>
void launch(int32_t type, const trd_convolution* layers, int32_t count, const Plan& plan, void* workspace,
            cudaStream_t stream) {
    Group group = {}, parts = {};
    uint32_t blocks = 0;
    bool three = false;
    for (int32_t j = 0; j < count; ++j) {
        const int32_t i = plan.order[j];
        Problem p = problem_of(type, layers[i], plan, i, workspace);
        p.first_block = blocks;
        blocks += static_cast<uint32_t>(static_cast<int64_t>(p.tiles_m) * p.tiles_n * p.splits);
        group.problems[group.count++] = p;
        three = three || p.c_in == 3;
        if (p.splits == 1) continue;
        parts.problems[parts.count++] = p;
    }
    if (three) launch_tiles<T, 64, 64, true>(group, blocks, stream);
    else if (plan.tile_n == 64)
        plan.tile_m == 64 ? launch_tiles<T, 64, 64, false>(group, blocks, stream)
                          : launch_tiles<T, 128, 64, false>(group, blocks, stream);
    else if constexpr (sizeof(T) == 2)
        plan.tile_m == 64 ? launch_tiles<T, 64, 128, false>(group, blocks, stream)
                          : launch_tiles<T, 128, 128, false>(group, blocks, stream);
    launch_parts<T>(parts, stream);
}

Plan plan_on(const trd_exec& exec, int32_t type, const trd_convolution* layers, int32_t count, bool may_split) {
    return plan_convolutions(type, layers, count, device_limits(exec.device).multiprocessors, may_split);
}

}  // namespace

int64_t convolutions_workspace_bytes(const trd_exec& exec, int32_t type, const trd_convolution* layers, int32_t count) {
    return plan_on(exec, type, layers, count, true).workspace_bytes;
}

int64_t convolutions_blocks(const trd_exec& exec, int32_t type, const trd_convolution* layers, int32_t count,
                            bool may_split) {
    return plan_on(exec, type, layers, count, may_split).blocks;
}

void convolutions(const trd_exec& exec, int32_t type, const trd_convolution* layers, int32_t count, void* workspace,
                  bool may_split) {
    const OnDevice device(exec);
    const auto stream = static_cast<cudaStream_t>(exec.stream);
    const Plan plan = plan_on(exec, type, layers, count, may_split);
    if (type == TRD_FLOAT16) return launch<half_t>(type, layers, count, plan, workspace, stream);
    if (type == TRD_BFLOAT16) return launch<bfloat_t>(type, layers, count, plan, workspace, stream);
    launch<float>(type, layers, count, plan, workspace, stream);
}

void add_parts(int32_t type, const Group& problems, void* stream) {
    const auto s = static_cast<cudaStream_t>(stream);
    if (type == TRD_FLOAT16) return launch_parts<half_t>(problems, s);
    if (type == TRD_BFLOAT16) return launch_parts<bfloat_t>(problems, s);
    launch_parts<float>(problems, s);
}

}  // namespace trd::cuda
