// The Crossmodal Amplifier on CUDA: three launches for all scales of one or both branches.
// Layout   in [n, side, side, c] per scale, c = c1 << scale; out alike, a pixel every out_stride elements; the 3x3's
//          outputs [m, c] and, where a pair is divided into slices, its float32 sums [slices, m, c] in the workspace, m
//          = n side side pixels.
// Launch   1  the 3x3 of all scales and branches: one launch of the convolutions' implicit products, k never split.
//          2  both 1x1 (c to 2c to c): a block takes 128 pixels (256 threads; or 64 and 128 threads) and a slice of the
//             2c channels; tiles of 128 channels (float32: 64), three stages of 128 bytes of k. The intermediate,
//             rounded to the features' type, stays in shared memory. Longest blocks first.
//          3  where there are slices: their sums added in ascending order, bias, ReLU.
// Traffic  wide_resnet50_2 at S = 256, both branches, 16 bits: 41.9 GFLOP, 29.0 of them in launch 1 and 12.9 in launch
//          2, against 72 MB of weights, 15 MB of inputs and outputs: bound by the tensor cores through mma.sync, which
//          must reach 40 % of the dense peak (0.99 PFLOP/s; mma.sync alone can reach about 62 %). Launch 2 reads each
//          weight once per 128 pixels from the L2 cache (101 MB) and writes and reads 25 MB of sums. Predicted for an
//          H200, not measured: launch 1 70 us, launch 2 40 us alone on the device (28 us of all multiprocessors' time),
//          launch 3 8 us. float32: bound by the FMA units.
// Limits   16-byte accesses: c1 a multiple of 8; m and channels are 32 bits wide. Shared memory: 72 KiB + 64 rows of
//          the slice at least, so devices from sm_80 on (99 KiB) take slices of 128 channels, an H200 (227 KiB) up to
//          512.
#include "crossmodal_amplifier/crossmodal_amplifier_cuda.hpp"

#include "convolution/convolution.hpp"
#include "convolution/convolution_cuda.hpp"
#include "convolution/problem.hpp"
#include "crossmodal_amplifier/crossmodal_amplifier.hpp"
#include "crossmodal_amplifier/fused_pair.cuh"

namespace trd::cuda {
namespace {

// What a call does: the 3x3 convolutions with addresses relative to the workspace's start, and the division of the
// pairs.
struct Steps {
    int32_t count;  // of scales in all branches
    int64_t m[kMostPairs], c[kMostPairs];
    int64_t first_out[kMostPairs];  // of the 3x3's outputs: bytes into the workspace
    int64_t scratch;                // bytes into the workspace: the convolutions', then the pairs' sums
    int64_t workspace_bytes;
    trd_convolution first[kMostPairs];
    PairPlan plan;

    Steps(const trd_exec& exec, const Amplifier& a, unsigned char* workspace) : count(kAmplifierScales * a.count) {
        const AmplifierLayout layout = amplifier_layout(a.type, a.c1);
        const int64_t bytes = type_bytes(a.type);
        scratch = 0;
        for (int32_t i = 0; i < count; ++i) {
            const int scale = i % kAmplifierScales;
            const int64_t side = a.side >> scale;
            m[i] = a.n * side * side;
            c[i] = a.c1 << scale;
            first_out[i] = scratch;
            scratch += up256(m[i] * c[i] * bytes);
            trd_convolution& l = first[i] = {};
            if (a.branches != nullptr) {
                const trd_tuner_branch& branch = a.branches[i / kAmplifierScales];
                const auto* const packed = static_cast<const unsigned char*>(branch.packed);
                l.in = branch.in[scale];
                l.packed = packed + layout.layers[3 * scale].weights;
                l.bias = reinterpret_cast<const float*>(packed + layout.layers[3 * scale].bias);
                l.out = workspace + first_out[i];
            }
            l.n = a.n, l.h = l.w = side;
            l.c_in = l.c_out = l.out_stride = c[i];
            l.kernel = 3, l.stride = 1, l.padding = 1, l.relu = 1;
        }
        plan = plan_pairs(bytes, m, c, count, device_limits(exec.device));
        workspace_bytes = scratch + plan.partial_bytes;
    }

    FusedPair pair(const Amplifier& a, int32_t i, unsigned char* workspace) const {
        const AmplifierLayout layout = amplifier_layout(a.type, a.c1);
        const int scale = i % kAmplifierScales;
        const trd_tuner_branch& branch = a.branches[i / kAmplifierScales];
        const auto* const packed = static_cast<const unsigned char*>(branch.packed);
        const AmplifierLayer &up = layout.layers[3 * scale + 1], &down = layout.layers[3 * scale + 2];
        FusedPair p = {};
        p.in = workspace + first_out[i];
        p.up = packed + up.weights;
        p.down = packed + down.weights;
        p.up_bias = reinterpret_cast<const float*>(packed + up.bias);
        p.down_bias = reinterpret_cast<const float*>(packed + down.bias);
        p.out = branch.out[scale];
        p.out_stride = branch.out_stride[scale];
        if (plan.slices[i] > 1) p.partial = reinterpret_cast<float*>(workspace + scratch + plan.partial_offset[i]);
        p.up_row = packed_row(a.type, up.c_in, 1, 0);
        p.down_row = packed_row(a.type, down.c_in, 1, 0);
        p.m = static_cast<int32_t>(m[i]);
        p.c = static_cast<int32_t>(c[i]);
        p.width = plan.width[i];
        p.slices = plan.slices[i];
        p.tiles_m = static_cast<int32_t>((m[i] + plan.tile_m - 1) / plan.tile_m);
        return p;
    }
};

// What the launch that adds the slices must know of a pair.
Problem parts_of(const FusedPair& p) {
    Problem problem = {};
    problem.bias = p.down_bias, problem.out = p.out, problem.partial = p.partial, problem.out_stride = p.out_stride;
    problem.m = p.m, problem.n = problem.c_out = p.c;
    problem.relu = 1;
    problem.splits = p.slices;
    return problem;
}

template <class T, int kGroups>
void launch_pairs(const FusedPairs& group, uint32_t blocks, int64_t shared, cudaStream_t stream) {
    constexpr int kTileN = static_cast<int>(pair_columns(sizeof(T)));
    allow_shared(reinterpret_cast<const void*>(fused_pair_kernel<T, kGroups, kTileN>), static_cast<int>(shared));
    TRD_LAUNCH((fused_pair_kernel<T, kGroups, kTileN>), blocks, kPairThreads<kGroups>, static_cast<size_t>(shared),
               stream, group);
    check_launch("crossmodal_amplifier, 1x1 to 1x1");
}

}  // namespace

int64_t crossmodal_amplifier_workspace_bytes(const trd_exec& exec, const Amplifier& a) {
    return Steps(exec, a, nullptr).workspace_bytes;
}

bool crossmodal_amplifier_fits(const trd_exec& exec, const Amplifier& a) {
    const Steps steps(exec, a, nullptr);
    constexpr int64_t most = (int64_t{1} << 31) - 1;
    int64_t outputs = 0;
    for (int32_t i = 0; i < steps.count; ++i) outputs += steps.m[i] * steps.c[i];
    // The last launch has a thread for 16 bytes of output, at least four.
    return convolutions_blocks(exec, a.type, steps.first, steps.count, false) <= most && steps.plan.blocks <= most &&
           outputs / (4 * kThreads) + kMostPairs <= most;
}

void crossmodal_amplifier(const trd_exec& exec, const Amplifier& a, void* workspace) {
    const OnDevice device(exec);
    const auto stream = static_cast<cudaStream_t>(exec.stream);
    auto* const memory = static_cast<unsigned char*>(workspace);
    const Steps steps(exec, a, memory);
    convolutions(exec, a.type, steps.first, steps.count, nullptr, false);

    FusedPairs group = {};
    Group parts = {};
    uint32_t blocks = 0;
    int64_t shared = 0;
    for (int32_t j = 0; j < steps.count; ++j) {
        const int32_t i = steps.plan.order[j];
        FusedPair p = steps.pair(a, i, memory);
        p.first_block = blocks;
        blocks += static_cast<uint32_t>(p.tiles_m) * static_cast<uint32_t>(p.slices);
        const int64_t bytes = pair_shared_bytes(type_bytes(a.type), steps.plan.tile_m, p.width);
        shared = bytes > shared ? bytes : shared;
        group.pairs[group.count++] = p;
        if (p.slices > 1) parts.problems[parts.count++] = parts_of(p);
    }
    const bool rows_128 = steps.plan.tile_m == 128;
    if (a.type == TRD_FLOAT32) launch_pairs<float, 1>(group, blocks, shared, stream);
    else if (a.type == TRD_FLOAT16)
        rows_128 ? launch_pairs<half_t, 2>(group, blocks, shared, stream)
                 : launch_pairs<half_t, 1>(group, blocks, shared, stream);
    else
        rows_128 ? launch_pairs<bfloat_t, 2>(group, blocks, shared, stream)
                 : launch_pairs<bfloat_t, 1>(group, blocks, shared, stream);
    if (parts.count > 0) add_parts(a.type, parts, stream);
}

}  // namespace trd::cuda
