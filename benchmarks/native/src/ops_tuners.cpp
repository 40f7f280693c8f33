// Crossmodal Filter and Amplifier of both branches. The filter writes its half of the bottleneck's concatenated inputs.
#include <cmath>
#include <cstdlib>

#include "op.hpp"

namespace trd_kernels {
namespace {

// A layer of a tuner: its scale, its channels in multiples of that of the first scale, the pixels of its outputs for
// each of the scale's pixels (down to 1/64), and its kernel.
struct Step {
    int scale;
    int64_t from, to;
    double in_pixels;
    int kernel;
    bool up;
};

// In the order of the packed layers.
const std::vector<Step> kFilter = {
    {0, 1, 2, 1, 2, false},       {0, 2, 4, 1.0 / 4, 2, false}, {0, 4, 8, 1.0 / 16, 2, false},
    {0, 8, 4, 1.0 / 64, 2, true}, {0, 4, 2, 1.0 / 16, 2, true}, {0, 2, 1, 1.0 / 4, 2, true},
    {1, 2, 4, 1, 2, false},       {1, 4, 8, 1.0 / 4, 2, false}, {1, 8, 4, 1.0 / 16, 2, true},
    {1, 4, 2, 1.0 / 4, 2, true},  {2, 4, 8, 1, 2, false},       {2, 8, 4, 1.0 / 4, 2, true}};
const std::vector<Step> kAmplifier = {{0, 1, 1, 1, 3, false}, {0, 1, 2, 1, 1, false}, {0, 2, 1, 1, 1, false},
                                      {1, 2, 2, 1, 3, false}, {1, 2, 4, 1, 1, false}, {1, 4, 2, 1, 1, false},
                                      {2, 4, 4, 1, 3, false}, {2, 4, 8, 1, 1, false}, {2, 8, 4, 1, 1, false}};

struct Tuner {
    const char* name;
    const std::vector<Step>* steps;
    int64_t out_channels;  // of a row of the output, in channels of the scale: 2 writes half of a concatenation
    decltype(&trd_crossmodal_filter_packed_bytes) packed_bytes;
    decltype(&trd_crossmodal_filter_pack) pack;
    decltype(&trd_crossmodal_filter_workspace_bytes) workspace_bytes;
    decltype(&trd_crossmodal_filter) run;
};

const Tuner kTuners[] = {
    {"crossmodal_filter", &kFilter, 2, trd_crossmodal_filter_packed_bytes, trd_crossmodal_filter_pack,
     trd_crossmodal_filter_workspace_bytes, trd_crossmodal_filter},
    {"crossmodal_amplifier", &kAmplifier, 1, trd_crossmodal_amplifier_packed_bytes, trd_crossmodal_amplifier_pack,
     trd_crossmodal_amplifier_workspace_bytes, trd_crossmodal_amplifier}};

// Both branches have the same numbers; each copy has them in its own memory. 256-byte aligned, as the packers ask.
std::vector<uint8_t> pack(const Tuner& tuner, int64_t c1, int32_t type) {
    const int64_t bytes = tuner.packed_bytes(type, c1);
    std::vector<uint8_t> host(static_cast<size_t>(bytes) + 256);
    const auto offset = static_cast<std::ptrdiff_t>((256 - reinterpret_cast<uintptr_t>(host.data()) % 256) % 256);
    for (size_t i = 0; i < tuner.steps->size(); ++i) {
        const Step& step = (*tuner.steps)[i];
        const int64_t c_in = step.from * c1, c_out = step.to * c1, taps = int64_t{step.kernel} * step.kernel;
        const float bound = std::sqrt(6.0f / static_cast<float>(c_in * (step.up ? 1 : taps)));
        const auto weights = uniform(c_in * c_out * taps, static_cast<uint32_t>(i), -bound, bound),
                   bias = uniform(c_out, 50, -0.2f, 0.2f);
        if (tuner.pack(type, static_cast<int32_t>(i), weights.data(), bias.data(), host.data() + offset, bytes, c1) !=
            TRD_OK)
            fail(trd_last_error());
    }
    return std::vector<uint8_t>(host.begin() + offset, host.begin() + offset + bytes);
}

Op tuner_op(const Tuner& tuner, const Shapes& s, int32_t type) {
    Op op;
    op.name = tuner.name;
    op.shape = "2 branches, 1x" + std::to_string(s.side(0)) + "x" + std::to_string(s.side(0)) + "x" +
               std::to_string(s.c1) + " and two scales";
    op.type = type;
    op.bytes = op.flops = 0;
    for (const Step& step : *tuner.steps) {
        const double pixels = static_cast<double>(s.side(step.scale) * s.side(step.scale)) * step.in_pixels;
        const double weights = static_cast<double>(step.from * step.to * s.c1 * s.c1 * step.kernel * step.kernel);
        // 2x2/2 down: a quarter of the pixels is written.
        op.flops += 2 * 2 * weights * (step.up || step.kernel != 2 ? pixels : pixels / 4);
        op.bytes +=
            2 * (weights * static_cast<double>(element_bytes(type)) + 4.0 * static_cast<double>(step.to * s.c1));
    }
    for (int scale = 0; scale < 3; ++scale)  // each branch reads and writes the features once
        op.bytes +=
            2 * 2 * static_cast<double>(s.side(scale) * s.side(scale) * s.channels(scale) * element_bytes(type));
    op.memory_bound_goal = false;
    const auto packed = std::make_shared<std::vector<uint8_t>>();
    op.make = [=, &tuner](uint32_t seed) {
        if (packed->empty()) *packed = pack(tuner, s.c1, type);
        Copy copy;
        std::vector<trd_tuner_branch> branches(2);
        for (uint32_t b = 0; b < 2; ++b) {
            branches[b].packed = copy.add(*packed)->data();
            for (int scale = 0; scale < 3; ++scale) {
                const int64_t pixels = s.side(scale) * s.side(scale), c = s.channels(scale),
                              row = c * tuner.out_channels, first = row - c;
                branches[b].in[scale] =
                    copy.add(features(type, uniform(pixels * c, seed + 10 * b + static_cast<uint32_t>(scale), 0, 1)))
                        ->data();
                const Memory* out = copy.add(pixels * row * element_bytes(type));
                branches[b].out[scale] = out->data<uint8_t>() + first * element_bytes(type);
                branches[b].out_stride[scale] = row;
                copy.outputs.push_back({out, type, first, pixels, c, row});
            }
        }
        const trd_exec exec = on_device(nullptr);
        const int64_t bytes = tuner.workspace_bytes(&exec, type, 2, 1, s.side(0), s.c1);
        if (bytes < 0) fail(trd_last_error());
        void* space = bytes > 0 ? copy.add(bytes)->data() : nullptr;
        copy.run = [=, &tuner](const trd_exec& on) {
            return tuner.run(&on, type, branches.data(), 2, space, bytes, 1, s.side(0), s.c1);
        };
        return copy;
    };
    return op;
}

}  // namespace

std::vector<Op> tuner_ops(const Shapes& s) {
    std::vector<Op> ops;
    for (const Tuner& tuner : kTuners)
        for (const int32_t type : types()) ops.push_back(tuner_op(tuner, s, type));
    return ops;
}

}  // namespace trd_kernels
