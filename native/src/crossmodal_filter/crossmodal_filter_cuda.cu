// Crossmodal Filter on CUDA: six grouped launches of the convolutions' kernels, two where their products are split.
// Layout   in and out channels-last, out a slice of the bottleneck's concatenated input; intermediates dense, in the
//          workspace: per branch six buffers, that of level l of the way down again for level l of the way up.
// Launch   step k of all scales and branches together: a.1 | a.2 b.1 | a.3 b.2 c.1 | a.4 b.3 c.2 | a.5 b.4 | a.6.
// Traffic  the weights once (2 x 120 MB for wide_resnet50_2 in 16 bits: 56 us at 4.3 TB/s), 25.8 GFLOP for both
//          branches; the intermediates, 2.9 MB a branch, stay in the L2 cache. Bound by the weights in the middle
//          steps, by the multiplications in the outer ones. Predicted for an H200, not measured: 10, 19, 37, 37, 14 and
//          8 us, 125 us in all.
// Limits   as the convolutions'.
#include "crossmodal_filter/crossmodal_filter_cuda.hpp"

#include <algorithm>

#include "convolution/convolution.hpp"
#include "convolution/convolution_cuda.hpp"
#include "crossmodal_filter/crossmodal_filter.hpp"

namespace trd::cuda {
namespace {

constexpr int kScales = 3;

struct Sizes {
    int32_t type;
    int64_t n, side, c1;
    // Features of a scale after `level` (of the whole network's) halvings.
    int64_t bytes(int64_t channels, int64_t level) const {
        return up256(n * (side >> level) * (side >> level) * channels * type_bytes(type));
    }
};

// Where in a branch's part of the workspace scale's features of a level lie; with level = 4, where the part ends.
int64_t offset_of(const Sizes& s, int32_t scale, int64_t level) {
    int64_t offset = 0;
    for (int32_t i = 0; i < kScales; ++i)
        for (int64_t j = i + 1; j <= 3; ++j) {
            if (i == scale && j == level) return offset;
            offset += s.bytes(s.c1 << j, j);
        }
    return offset;
}

// The layers of a step. branches null: their sizes only.
int32_t layers_of(int32_t step, const Sizes& s, const trd_tuner_branch* branches, int32_t count,
                  unsigned char* workspace, trd_convolution* layers) {
    int32_t filled = 0;
    const int64_t branch_bytes = offset_of(s, kScales, 0);
    for (int32_t scale = 0; scale < kScales; ++scale) {
        const int32_t layer = filter_layer_at(scale, step);
        if (layer < 0) continue;
        const FilterLayer f = filter_layer(layer, s.c1);
        const int64_t level_out = f.transposed ? f.level - 1 : f.level + 1;
        for (int32_t b = 0; b < count; ++b) {
            trd_convolution& l = layers[filled++] = {};
            l.n = s.n, l.h = l.w = s.side >> f.level, l.c_in = f.c_in, l.c_out = f.c_out;
            l.kernel = l.stride = 2, l.transposed = f.transposed, l.relu = 1;
            l.out_stride = l.c_out;
            if (branches == nullptr) continue;
            const trd_tuner_branch& branch = branches[b];
            unsigned char* const own = workspace + b * branch_bytes;
            const auto* const packed = static_cast<const unsigned char*>(branch.packed);
            const FilterOffsets offsets = filter_offsets(s.type, layer, s.c1);
            l.packed = packed + offsets.weights;
            l.bias = reinterpret_cast<const float*>(packed + offsets.bias);
            l.in = f.level == scale ? branch.in[scale] : own + offset_of(s, scale, f.level);
            l.out = level_out == scale ? branch.out[scale] : own + offset_of(s, scale, level_out);
            if (level_out == scale) l.out_stride = branch.out_stride[scale];
        }
    }
    return filled;
}

}  // namespace

int64_t crossmodal_filter_workspace_bytes(const trd_exec& exec, int32_t type, int32_t count, int64_t n, int64_t side,
                                          int64_t c1) {
    const Sizes s = {type, n, side, c1};
    int64_t partial = 0;
    for (int32_t step = 0; step < kFilterSteps; ++step) {
        trd_convolution layers[TRD_MAX_LAYERS];
        const int32_t filled = layers_of(step, s, nullptr, count, nullptr, layers);
        partial = std::max(partial, convolutions_workspace_bytes(exec, type, layers, filled));
    }
    return count * offset_of(s, kScales, 0) + partial;
}

void crossmodal_filter(const trd_exec& exec, int32_t type, const trd_tuner_branch* branches, int32_t count,
                       void* workspace, int64_t n, int64_t side, int64_t c1) {
    const Sizes s = {type, n, side, c1};
    auto* const bytes = static_cast<unsigned char*>(workspace);
    for (int32_t step = 0; step < kFilterSteps; ++step) {
        trd_convolution layers[TRD_MAX_LAYERS];
        const int32_t filled = layers_of(step, s, branches, count, bytes, layers);
        convolutions(exec, type, layers, filled, bytes + count * offset_of(s, kScales, 0));
    }
}

}  // namespace trd::cuda
