// What the entry points of the crossmodal tuners check of their branches.
#pragma once
#include "convolution/convolution.hpp"
#include "entry/entry.hpp"
#include "entry/slices.hpp"

namespace trd::entry {

// Sizes of a call: scale i = 0, 1, 2 has side >> i rows and columns and c1 << i channels.
struct TunerSizes {
    int32_t type;
    int64_t n, side, c1;
    int64_t pixels(int scale) const { return n * (side >> scale) * (side >> scale); }
    int64_t channels(int scale) const { return c1 << scale; }
};

// most: channels of the widest layer, as a multiple of c1
inline bool tuner_channels(int64_t c1, int64_t most) { return c1 > 0 && c1 % 8 == 0 && c1 <= kMostChannels / most; }

inline void require_tuner_sizes(const TunerSizes& s, int32_t count, int64_t side_multiple, int64_t most_channels) {
    require(is_type(s.type), "crossmodal tuner: type is no TRD_FLOAT32, TRD_BFLOAT16 or TRD_FLOAT16");
    require(count == 1 || count == 2, "crossmodal tuner: count is not 1 or 2");
    require(tuner_channels(s.c1, most_channels), "crossmodal tuner: c1 is no positive multiple of 8 or too large");
    require(s.side > 0 && s.side % side_multiple == 0 && s.side <= kMostSide,
            "crossmodal tuner: side is not positive, no multiple of what the scales need, or too large");
    require(s.n > 0 && s.n <= kMostPixels / (s.side * s.side), "crossmodal tuner: n is not positive or too large");
}

// One layer that is to be put into a packed tuner of `layers` layers.
struct PackedLayer {
    int32_t layer, layers;
    const float *weights, *bias;
    void* packed;
    int64_t packed_bytes, needed;  // needed: trd_crossmodal_*_packed_bytes(...), 0 when type or c1 is out of range
};
// Of its inputs.
struct LayerFloats {
    int64_t weights, bias;
};
// floats() -> LayerFloats, asked when layer and c1 are in range.
template <class Floats> void require_pack(const PackedLayer& p, Floats&& floats) {
    require(p.weights && p.bias && p.packed, "crossmodal tuner: weights, bias or packed is null");
    require(p.layer >= 0 && p.layer < p.layers,
            "crossmodal tuner: layer is negative or not below TRD_FILTER_LAYERS or TRD_AMPLIFIER_LAYERS");
    require(p.needed > 0, "crossmodal tuner: type or c1 is out of range");
    require(p.packed_bytes >= p.needed, "crossmodal tuner: packed is smaller than trd_crossmodal_*_packed_bytes");
    require(aligned(p.packed, 256) && aligned(p.weights, sizeof(float)) && aligned(p.bias, sizeof(float)),
            "crossmodal tuner: packed is not 256-byte aligned, or weights or bias not 4-byte");
    const LayerFloats count = floats();
    constexpr auto bytes = static_cast<int64_t>(sizeof(float));
    const Slice packed = dense(p.packed, p.needed);
    require(!overlap(packed, dense(p.weights, count.weights * bytes)) &&
                !overlap(packed, dense(p.bias, count.bias * bytes)),
            "crossmodal tuner: packed overlaps weights or bias");
}

// Pointers, strides and overlaps: an output overlaps nothing that the call reads or writes elsewhere, nor does the
// workspace.
inline void require_tuner_branches(const TunerSizes& s, const trd_tuner_branch* branches, int32_t count,
                                   int64_t packed_bytes, const Slice& workspace) {
    require(branches != nullptr, "crossmodal tuner: branches is null");
    const int64_t bytes = type_bytes(s.type);
    Slice reads[8], outs[6];
    int read_count = 0, out_count = 0;
    for (const trd_tuner_branch* b = branches; b != branches + count; ++b) {
        require(b->packed != nullptr && aligned(b->packed, 256),
                "crossmodal tuner: packed is null or not 256-byte aligned");
        reads[read_count++] = dense(b->packed, packed_bytes);
        for (int scale = 0; scale < 3; ++scale) {
            const int64_t c = s.channels(scale), stride = b->out_stride[scale], pixels = s.pixels(scale);
            require(b->in[scale] && b->out[scale], "crossmodal tuner: an input or an output is null");
            require(aligned(b->in[scale], 16) && aligned(b->out[scale], 16),
                    "crossmodal tuner: an input or an output is not 16-byte aligned");
            require(stride >= c && stride % 8 == 0 && stride <= (int64_t{1} << 20),
                    "crossmodal tuner: an out_stride is smaller than its channels, no multiple of 8 or too large");
            reads[read_count++] = dense(b->in[scale], pixels * c * bytes);
            outs[out_count++] = stride == c ? dense(b->out[scale], pixels * c * bytes)
                                            : Slice{b->out[scale], c * bytes, stride * bytes, pixels};
        }
    }
    for (int i = 0; i < out_count; ++i) {
        require(!overlap(outs[i], workspace), "crossmodal tuner: the workspace overlaps an output");
        for (int j = 0; j < read_count; ++j)
            require(!overlap(outs[i], reads[j]), "crossmodal tuner: an output overlaps what is read");
        for (int j = 0; j < i; ++j) require(!overlap(outs[i], outs[j]), "crossmodal tuner: two outputs overlap");
    }
    for (int j = 0; j < read_count; ++j)
        require(!overlap(workspace, reads[j]), "crossmodal tuner: the workspace overlaps what is read");
}

}  // namespace trd::entry
