// winograd against the direct convolution in double: exact integers, awkward sizes, every epilogue, any number of
// threads.
#include <cstring>
#include <limits>

#include "device.hpp"
#include "winograd/winograd_reference.hpp"

using namespace trd_test;

namespace {

const bool supported = trd_winograd_packed_bytes(32, 32) != 0;

struct Layer {
    int64_t n, h, w, c_in, c_out;
    int32_t stride;
    int64_t inputs() const { return n * h * w * c_in; }
    int64_t outputs() const { return n * ((h + stride - 1) / stride) * ((w + stride - 1) / stride) * c_out; }
    std::string name() const {
        return "winograd n=" + std::to_string(n) + " " + std::to_string(h) + "x" + std::to_string(w) + " " +
               std::to_string(c_in) + ">" + std::to_string(c_out) + " stride " + std::to_string(stride);
    }
};

struct Packed {
    Buffer memory;
    Packed(const Layer& l, const std::vector<float>& weights)
        : memory(cpu(), trd_winograd_packed_bytes(l.c_in, l.c_out), 64) {
        const trd_exec exec = cpu();
        expect_status(
            l.name() + " pack",
            trd_winograd_pack(&exec, weights.data(), memory.host(), memory.bytes(), l.c_in, l.c_out, l.stride), TRD_OK);
        check(memory.guards_intact(), l.name() + " pack: guard zones");
        bool complete = true;
        for (int64_t i = 0; i < memory.bytes() / 4; ++i) complete = complete && std::isfinite(memory.host()[i]);
        check(complete, l.name() + " pack: every element is written");
    }
};

trd_status run(const Layer& l, const float* in, Packed& packed, const float* bias, const float* sum, float sum_scale,
               const float* post, bool relu, float* out, int32_t threads) {
    // 64-byte aligned, no more.
    Buffer workspace(cpu(), trd_winograd_workspace_bytes(l.n, l.h, l.w, l.c_in, l.c_out, l.stride, threads), 64);
    const trd_exec exec = cpu();
    trd_set_threads(threads);
    const trd_status status =
        trd_winograd(&exec, TRD_FLOAT32, in, packed.memory.host(), packed.memory.bytes(), bias, sum, sum_scale, post,
                     relu, out, workspace.host(), workspace.bytes(), l.n, l.h, l.w, l.c_in, l.c_out, l.stride);
    check(workspace.guards_intact(), l.name() + ": guard zones of the workspace");
    return status;
}

// Random data as in the network: inputs after a ReLU, Kaiming-scaled weights.
void random_case(const Layer& l, bool with_sum, bool with_post, float sum_scale, bool relu) {
    auto in = uniform(l.inputs(), 1);
    for (float& v : in) v = v > 0 ? v : 0;
    const float deviation = std::sqrt(2.0f / static_cast<float>(9 * l.c_in));
    const auto weights = uniform(9 * l.c_in * l.c_out, 2, -1.7f * deviation, 1.7f * deviation);
    const auto bias = uniform(l.c_out, 3), sum = uniform(l.outputs(), 4), post = uniform(l.outputs(), 5);
    const float* const s = with_sum ? sum.data() : nullptr;
    const float* const p = with_post ? post.data() : nullptr;
    const auto expected = trd::reference::conv3x3(in.data(), weights.data(), bias.data(), s, p, sum_scale, relu, l.n,
                                                  l.h, l.w, l.c_in, l.c_out, l.stride);
    const std::string what = l.name() + (s ? " sum" : "") + (p ? " post" : "") + (relu ? " relu" : "");
    Packed packed(l, weights);
    Buffer out(cpu(), l.outputs() * 4);
    expect_status(what, run(l, in.data(), packed, bias.data(), s, sum_scale, p, relu, out.host(), 2), TRD_OK);
    // Outputs are near 1 in size. The output transform weighs products by up to 8 * 8 and they cancel, so that their
    // roundings (c_in products each, growing like a random walk) appear about 10 times larger; 6 deviations.
    const double tolerance = 60 * std::sqrt(static_cast<double>(l.c_in)) * std::numeric_limits<float>::epsilon();
    compare(what, out.host(), expected.data(), l.outputs(), tolerance);
    check(out.guards_intact(), what + ": guard zones");

    for (const int32_t threads : {1, 3, 5, 16}) {
        Buffer again(cpu(), l.outputs() * 4);
        expect_status(what, run(l, in.data(), packed, bias.data(), s, sum_scale, p, relu, again.host(), threads),
                      TRD_OK);
        check(std::memcmp(again.host(), out.host(), static_cast<size_t>(l.outputs()) * 4) == 0 && again.guards_intact(),
              what + ": the same bits with " + std::to_string(threads) + " threads");
    }
    // The residual and the blend may be added in place.
    Buffer in_place(cpu(), l.outputs() * 4);
    const float* const addend = s ? s : p;
    if (addend == nullptr) return;
    std::memcpy(in_place.host(), addend, static_cast<size_t>(l.outputs()) * 4);
    expect_status(what,
                  run(l, in.data(), packed, bias.data(), s ? in_place.host() : nullptr, sum_scale,
                      s ? p : in_place.host(), relu, in_place.host(), 2),
                  TRD_OK);
    check(
        std::memcmp(in_place.host(), out.host(), static_cast<size_t>(l.outputs()) * 4) == 0 && in_place.guards_intact(),
        what + ": the same bits in place");
}

// Weights that are multiples of 24 * 24 (stride 2 needs 6 * 6) and inputs 0 or 1: all intermediate values are integers
// below 2^24, so every output is exact, at each position of a tile and each border.
void exact_cases(const Layer& l) {
    std::vector<float> weights(static_cast<size_t>(9 * l.c_in * l.c_out), 0.0f),
        bias(static_cast<size_t>(l.c_out), 1.0f);
    for (int64_t co = 0; co < l.c_out; ++co)  // each filter has one tap on one channel
        weights[static_cast<size_t>((co * l.c_in + co * 7 % l.c_in) * 9 + co % 9)] = co % 2 ? 576.0f : -1152.0f;
    std::vector<float> in(static_cast<size_t>(l.inputs()), 0.0f);
    for (size_t i = 0; i < in.size(); ++i) in[i] = static_cast<float>(i * 2654435761u % 7 == 0);
    const auto expected = trd::reference::conv3x3(in.data(), weights.data(), bias.data(), nullptr, nullptr, 1, false,
                                                  l.n, l.h, l.w, l.c_in, l.c_out, l.stride);
    Packed packed(l, weights);
    Buffer out(cpu(), l.outputs() * 4);
    expect_status("exact", run(l, in.data(), packed, bias.data(), nullptr, 1, nullptr, false, out.host(), 2), TRD_OK);
    compare("exact " + l.name(), out.host(), expected.data(), l.outputs(), 0);
}

// bfloat16 features: the reference gets what they widen to; the result is rounded once, to the nearest.
void bfloat16_case(const Layer& l) {
    const auto narrow = [](const std::vector<float>& values, std::vector<float>& wide) {
        std::vector<uint16_t> halves(values.size());
        wide.resize(values.size());
        for (size_t i = 0; i < values.size(); ++i) wide[i] = from_bfloat16(halves[i] = to_bfloat16(values[i]));
        return halves;
    };
    std::vector<float> in_wide, sum_wide, post_wide;
    const auto in = narrow(uniform(l.inputs(), 1, 0, 1), in_wide), sum = narrow(uniform(l.outputs(), 4), sum_wide),
               post = narrow(uniform(l.outputs(), 5), post_wide);
    const float deviation = std::sqrt(2.0f / static_cast<float>(9 * l.c_in));
    const auto weights = uniform(9 * l.c_in * l.c_out, 2, -1.7f * deviation, 1.7f * deviation),
               bias = uniform(l.c_out, 3);
    const auto expected =
        trd::reference::conv3x3(in_wide.data(), weights.data(), bias.data(), sum_wide.data(), post_wide.data(), 0.5,
                                true, l.n, l.h, l.w, l.c_in, l.c_out, l.stride);
    Packed packed(l, weights);
    Buffer out(cpu(), l.outputs() * 2),
        workspace(cpu(), trd_winograd_workspace_bytes(l.n, l.h, l.w, l.c_in, l.c_out, l.stride, 2));
    const trd_exec exec = cpu();
    trd_set_threads(2);
    expect_status(l.name(),
                  trd_winograd(&exec, TRD_BFLOAT16, in.data(), packed.memory.host(), packed.memory.bytes(), bias.data(),
                               sum.data(), 0.5f, post.data(), 1, out.host(), workspace.host(), workspace.bytes(), l.n,
                               l.h, l.w, l.c_in, l.c_out, l.stride),
                  TRD_OK);
    std::vector<uint16_t> halves(static_cast<size_t>(l.outputs()));
    std::memcpy(halves.data(), out.host(), halves.size() * 2);
    std::vector<float> got(halves.size());
    for (size_t i = 0; i < got.size(); ++i) got[i] = from_bfloat16(halves[i]);
    double largest = 0;
    for (const double v : expected) largest = std::fabs(v) > largest ? std::fabs(v) : largest;
    // Half of the last of 8 bits, and the float errors before it.
    compare(l.name() + " bfloat16", got.data(), expected.data(), l.outputs(), largest / 256);
    check(out.guards_intact() && workspace.guards_intact(), l.name() + " bfloat16: guard zones");
    bool nearest = true;
    for (size_t i = 0; i < got.size(); ++i)  // whoever truncates instead of rounding is off by up to 2 / 256
        nearest = nearest && std::fabs(got[i] - expected[i]) <= std::fabs(expected[i]) / 256 * 1.01 + 1e-4;
    check(nearest, l.name() + " bfloat16: rounded to the nearest");
}

void bfloat16_keeps_special_values() {
    const Layer l = {1, 4, 4, 32, 32, 1};
    Packed packed(l, std::vector<float>(9 * 32 * 32, 0.0f));
    std::vector<uint16_t> in(static_cast<size_t>(l.inputs()), 0), out(static_cast<size_t>(l.outputs()));
    uint32_t nan_bits = 0x7FFFFFFF;  // rounding its bits as a number's would give -0
    float nan;
    std::memcpy(&nan, &nan_bits, 4);
    std::vector<float> bias(32, 0.0f);
    bias[0] = nan;
    bias[1] = std::numeric_limits<float>::infinity();
    bias[2] = from_bfloat16(0x3F80) + 1.0f / 256;  // half way to the next: to even, down
    bias[3] = from_bfloat16(0x3F81) + 1.0f / 256;  // half way: to even, up
    Buffer workspace(cpu(), trd_winograd_workspace_bytes(1, 4, 4, 32, 32, 1, 1));
    const trd_exec exec = cpu();
    trd_set_threads(1);
    expect_status(
        "special values",
        trd_winograd(&exec, TRD_BFLOAT16, in.data(), packed.memory.host(), packed.memory.bytes(), bias.data(), nullptr,
                     1, nullptr, 0, out.data(), workspace.host(), workspace.bytes(), 1, 4, 4, 32, 32, 1),
        TRD_OK);
    check(
        std::isnan(from_bfloat16(out[0])) && std::isinf(from_bfloat16(out[1])) && out[2] == 0x3F80 && out[3] == 0x3F82,
        "bfloat16: NaN and infinity stay, ties go to even");
}

void nan_is_not_hidden() {
    const Layer l = {1, 4, 4, 32, 32, 1};
    auto in = uniform(l.inputs(), 1);
    in[5] = std::numeric_limits<float>::quiet_NaN();
    Packed packed(l, uniform(9 * 32 * 32, 2));
    const auto bias = uniform(32, 3);
    Buffer out(cpu(), l.outputs() * 4);
    expect_status("nan", run(l, in.data(), packed, bias.data(), nullptr, 1, nullptr, true, out.host(), 1), TRD_OK);
    check(std::isnan(out.host()[0]), "the ReLU keeps a NaN");
}

void bad_arguments() {
    const Layer l = {1, 6, 5, 32, 64, 1};
    const auto weights = uniform(9 * l.c_in * l.c_out, 1), bias = uniform(l.c_out, 2), in = uniform(l.inputs(), 3);
    Packed packed(l, weights);
    trd_set_threads(2);
    Buffer out(cpu(), l.outputs() * 4), workspace(cpu(), trd_winograd_workspace_bytes(1, 6, 5, 32, 64, 1, 2));
    Buffer target(cpu(), packed.memory.bytes() + 4);
    const trd_exec exec = cpu();
    const int64_t packed_bytes = packed.memory.bytes(), bytes = workspace.bytes();
    const auto pack = [&](const float* from, float* to, int64_t to_bytes, int64_t c_in, int64_t c_out,
                          int32_t stride = 1) {
        return trd_winograd_pack(&exec, from, to, to_bytes, c_in, c_out, stride);
    };
    expect_status("pack null", pack(nullptr, target.host(), packed_bytes, 32, 64), TRD_ERROR_ARGUMENT);
    expect_status("pack small", pack(weights.data(), target.host(), packed_bytes - 1, 32, 64), TRD_ERROR_ARGUMENT);
    expect_status("pack misaligned", pack(weights.data(), target.host() + 1, packed_bytes, 32, 64), TRD_ERROR_ARGUMENT);
    expect_status("pack 33 channels", pack(weights.data(), target.host(), packed_bytes, 33, 64), TRD_ERROR_ARGUMENT);
    expect_status("pack 0 channels", pack(weights.data(), target.host(), packed_bytes, 32, 0), TRD_ERROR_ARGUMENT);
    expect_status("pack huge", pack(weights.data(), target.host(), packed_bytes, int64_t{1} << 40, 64),
                  TRD_ERROR_ARGUMENT);
    expect_status("pack overlap", pack(target.host() + 16, target.host(), packed_bytes, 32, 64), TRD_ERROR_ARGUMENT);

    expect_status("pack stride", pack(weights.data(), target.host(), packed_bytes, 32, 64, 0), TRD_ERROR_ARGUMENT);

    struct Call {
        const float *in, *packed, *bias, *sum, *post;
        float sum_scale;
        float *out, *workspace;
        int64_t packed_bytes, bytes, n, h, w, c_in, c_out;
        int32_t stride, type;
    };
    const Call good = {in.data(),
                       packed.memory.host(),
                       bias.data(),
                       nullptr,
                       nullptr,
                       1,
                       out.host(),
                       workspace.host(),
                       packed_bytes,
                       bytes,
                       1,
                       6,
                       5,
                       32,
                       64,
                       1,
                       TRD_FLOAT32};
    const auto refused = [&](const std::string& what, auto&& change) {
        Call c = good;
        change(c);
        expect_status(what,
                      trd_winograd(&exec, c.type, c.in, c.packed, c.packed_bytes, c.bias, c.sum, c.sum_scale, c.post, 1,
                                   c.out, c.workspace, c.bytes, c.n, c.h, c.w, c.c_in, c.c_out, c.stride),
                      TRD_ERROR_ARGUMENT);
    };
    refused("null in", [](Call& c) { c.in = nullptr; });
    refused("null packed", [](Call& c) { c.packed = nullptr; });
    refused("null bias", [](Call& c) { c.bias = nullptr; });
    refused("null out", [](Call& c) { c.out = nullptr; });
    refused("null workspace", [](Call& c) { c.workspace = nullptr; });
    refused("an unknown type", [](Call& c) { c.type = 7; });
    refused("n = 0", [](Call& c) { c.n = 0; });
    refused("h < 0", [](Call& c) { c.h = -6; });
    refused("w huge", [](Call& c) { c.w = std::numeric_limits<int64_t>::max(); });
    refused("n * h * w huge", [](Call& c) { c.n = c.h = c.w = 1 << 20; });
    refused("c_in no multiple of 32", [](Call& c) { c.c_in = 16; });
    refused("c_out no multiple of 32", [](Call& c) { c.c_out = 63; });
    refused("stride 3", [](Call& c) { c.stride = 3; });
    refused("sum_scale NaN", [](Call& c) { c.sum_scale = std::numeric_limits<float>::quiet_NaN(); });
    refused("packed short", [](Call& c) { --c.packed_bytes; });
    refused("packed misaligned", [](Call& c) { ++c.packed; });
    refused("workspace short", [](Call& c) { --c.bytes; });
    refused("workspace misaligned", [](Call& c) { ++c.workspace; });
    refused("out overlaps in", [&](Call& c) { c.out = const_cast<float*>(in.data()) + 16; });
    refused("out overlaps the bias", [&](Call& c) { c.bias = out.host() + 3; });
    refused("out overlaps the workspace", [&](Call& c) { c.out = workspace.host() + 64; });
    refused("out overlaps packed", [&](Call& c) { c.out = packed.memory.host() + 64; });
    refused("out overlaps a part of sum", [&](Call& c) { c.sum = out.host() + 1; });
    refused("out overlaps a part of post", [&](Call& c) { c.post = out.host() - 64; });
    refused("the workspace overlaps post", [&](Call& c) { c.post = workspace.host(); });
    trd_set_threads(64);
    refused("a workspace for fewer threads", [](Call&) {});
    trd_set_threads(2);
    check(out.untouched() && workspace.untouched() && target.untouched(), "rejected calls write nothing");
}

void queries() {
    check(trd_winograd_packed_bytes(64, 96) == 36 * 64 * 96 * 4, "packed bytes");
    check(trd_winograd_packed_bytes(0, 32) == 0 && trd_winograd_packed_bytes(32, 48) == 0 &&
              trd_winograd_packed_bytes(std::numeric_limits<int64_t>::max() / 32 * 32, 32) == 0,
          "no packed form");
    const auto bytes = [](int64_t n, int64_t h, int64_t w, int64_t c, int32_t threads) {
        return trd_winograd_workspace_bytes(n, h, w, c, 32, 1, threads);
    };
    check(bytes(0, 8, 8, 32, 1) == 0 && bytes(1, 8, 8, 33, 1) == 0 && bytes(1, 8, 8, 32, 0) == 0 &&
              bytes(1, 8, 8, 32, 1025) == 0 && bytes(1 << 20, 1 << 20, 8, 32, 1) == 0,
          "no workspace for what is refused");
    for (int32_t threads = 1; threads < 64; ++threads)
        check(bytes(1, 16, 16, 64, threads) <= bytes(1, 16, 16, 64, threads + 1),
              "a workspace serves fewer threads too");
    check(trd_winograd_workspace_bytes(1, 8, 8, 32, 32, 2, 1) != 0 &&
              trd_winograd_workspace_bytes(1, 8, 8, 32, 32, 3, 1) == 0,
          "no workspace for stride 3");
    check(trd_winograd_pays(TRD_FLOAT32, 1, 64, 64, 128, 128, 1) == 1 &&
              trd_winograd_pays(TRD_FLOAT32, 1, 16, 16, 1024, 1024, 1) == 1 &&
              trd_winograd_pays(TRD_FLOAT32, 1, 32, 32, 1024, 1024, 2) == 1,
          "large layers pay");
    check(trd_winograd_pays(TRD_FLOAT32, 1, 8, 8, 1024, 1024, 1) == 0 &&
              trd_winograd_pays(TRD_FLOAT32, 1, 16, 16, 1024, 1024, 2) == 0,
          "four tiles do not pay for reading four times the weights");
    check(trd_winograd_pays(TRD_BFLOAT16, 1, 32, 32, 1024, 1024, 2) == 0 &&
              trd_winograd_pays(7, 1, 64, 64, 128, 128, 1) == 0,
          "stride 2 in bfloat16 and unknown types do not pay");
    check(trd_winograd_pays(TRD_FLOAT32, 1, 200, 1, 64, 64, 1) == 0, "a single column uses a quarter of each tile");
    check(trd_winograd_pays(TRD_FLOAT32, 1, 64, 64, 33, 32, 1) == 0 &&
              trd_winograd_pays(TRD_FLOAT32, 1, -1, 64, 32, 32, 1) == 0 &&
              trd_winograd_pays(TRD_FLOAT32, 1, 64, 64, 32, 32, 3) == 0,
          "what is refused does not pay");
}

void without_a_variant() {
    std::vector<float> some(36 * 32 * 32, 1.0f);
    Buffer out(cpu(), 36 * 32 * 32 * 4);
    const trd_exec exec = cpu();
    check(trd_winograd_pays(TRD_FLOAT32, 1, 64, 64, 128, 128, 1) == 0 &&
              trd_winograd_workspace_bytes(1, 64, 64, 128, 128, 1, 2) == 0,
          "nothing pays and nothing is needed");
    expect_status("pack", trd_winograd_pack(&exec, some.data(), out.host(), out.bytes(), 32, 32, 1),
                  TRD_ERROR_UNSUPPORTED);
    expect_status("run",
                  trd_winograd(&exec, TRD_FLOAT32, some.data(), some.data(), 36 * 32 * 32 * 4, some.data(), nullptr, 1,
                               nullptr, 0, out.host(), some.data(), 4096, 1, 1, 1, 32, 32, 1),
                  TRD_ERROR_UNSUPPORTED);
    check(out.untouched(), "an unsupported call writes nothing");
}

}  // namespace

int main() {
    if (!supported) {
        without_a_variant();
        return finish();
    }
    for (const int32_t stride : {1, 2}) {
        exact_cases({1, 4, 4, 32, 32, stride});
        exact_cases({2, 13, 10, 32, 64, stride});
        exact_cases({1, 22, 35, 32, 32, stride});
        random_case({1, 1, 1, 32, 32, stride}, false, false, 1, false);
        random_case({1, 3, 2, 32, 64, stride}, true, false, 1, true);
        random_case({3, 5, 9, 64, 32, stride}, false, true, 0.7f, true);
        random_case({1, 7, 31, 32, 32, stride}, true, true, -1.5f, true);
        random_case({2, 16, 16, 64, 96, stride}, true, true, 0.25f, false);
        random_case({1, 33, 34, 96, 64, stride}, false, false, 2, true);
        random_case({1, 9, 8, 512, 32, stride}, false, false, 1, true);
    }
    for (const int32_t stride : {1, 2}) {
        bfloat16_case({1, 3, 2, 32, 64, stride});
        bfloat16_case({2, 13, 10, 64, 32, stride});
        bfloat16_case({1, 22, 35, 32, 96, stride});
    }
    bfloat16_keeps_special_values();
    random_case({1, 4, 20, 512, 512, 1}, true, false, 1, true);  // weights larger than the cache: shared tiles
    nan_is_not_hidden();
    queries();
    bad_arguments();
    return finish();
}
