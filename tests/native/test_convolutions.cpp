// convolutions against their direct definition in double: every type, exact on small integers, random numbers within
// the sums' rounding, awkward shapes, split products, several layers in a call, every epilogue, refused arguments.
#include <limits>

#include "convolution_layers.hpp"

using namespace trd_test;

namespace {

// Layers of one call, of every kind beside each other.
const std::vector<std::vector<Case>> kShapes = {
    {plain(1, 1, 1, 8, 8, 1, 1, 0)},
    {plain(1, 5, 7, 24, 40, 3, 1, 1, {true, false}), plain(2, 9, 6, 40, 136, 3, 2, 1, {false, true}),
     plain(1, 8, 6, 8, 16, 2, 2, 0), up(1, 5, 3, 24, 40, {false, false, 16}),
     plain(1, 7, 7, 72, 24, 1, 2, 0, {true, true, 8}), plain(1, 9, 11, 8, 8, 7, 2, 3),
     up(2, 1, 1, 8, 136, {true, true}), plain(1, 9, 9, 264, 72, 1, 1, 0, {true, true, 56})},
    {plain(1, 13, 11, 3, 24, 7, 2, 3), plain(1, 3, 1, 3, 8, 1, 1, 0), up(2, 3, 2, 3, 8),
     plain(1, 4, 4, 3, 136, 3, 1, 1, {true, false, 8}), plain(1, 5, 5, 16, 8, 3, 1, 1), plain(2, 6, 4, 3, 16, 2, 2, 0),
     plain(1, 9, 9, 3, 8, 5, 1, 0), plain(1, 1, 8, 3, 8, 7, 1, 3)},
    {plain(1, 7, 6, 8, 8, 3, 1, 0), plain(1, 3, 4, 8, 8, 3, 1, 3), plain(1, 4, 3, 16, 8, 1, 1, 1),
     plain(1, 8, 7, 8, 8, 5, 1, 2), plain(1, 9, 6, 8, 16, 4, 2, 1), plain(1, 1, 1, 8, 8, 7, 2, 3),
     plain(3, 2, 33, 16, 24, 6, 1, 3), plain(1, 129, 1, 8, 8, 1, 1, 0)},
    {plain(1, 4, 5, 16, 8, 3, 1, 1, {true, false, 0, 1}), plain(1, 4, 5, 16, 8, 3, 1, 1, {true, true, 0, 1}),
     plain(1, 4, 5, 16, 8, 3, 1, 1, {true, true, 0, 2}), up(1, 4, 5, 16, 8, {false, true, 0, 2})},
    // Channels that are whole tiles of k: its order is another.
    {plain(1, 5, 6, 64, 24, 3, 1, 1), plain(1, 6, 5, 128, 8, 3, 2, 1, {true, false}), plain(1, 3, 3, 32, 72, 2, 1, 0),
     plain(1, 4, 4, 192, 8, 1, 2, 0)},
    // On the SIMT harness's 8 multiprocessors: tiles of 128 pixels and 64 channels; of 16-bit types 128 x 128; and 64 x
    // 128.
    {plain(1, 67, 61, 8, 56, 1, 1, 0, {true, false, 8}), plain(1, 35, 61, 16, 64, 3, 2, 1, {false, true})},
    {plain(1, 67, 61, 8, 72, 3, 1, 1, {true, false, 8}), up(1, 33, 35, 16, 24)},
    {plain(1, 67, 61, 64, 120, 1, 1, 0, {true, false, 8}), plain(1, 61, 35, 16, 248, 3, 1, 1, {false, true})},
    {up(1, 5, 3, 24, 376, {true, false, 8}), plain(1, 5, 11, 64, 504, 1, 1, 0)},
};

// Deep layers: k is split for all or some of them.
const std::vector<std::vector<Case>> kSplit = {
    {plain(1, 8, 8, 256, 72, 3, 1, 1, {true, true, 8})},
    {up(1, 3, 4, 1032, 16, {true, false, 24}), plain(1, 4, 4, 8, 8, 1, 1, 0),
     plain(2, 4, 4, 520, 24, 2, 2, 0, {false, true, 0, 2})},
};

Case without_relu(Case k) {
    k.c.relu = false;
    return k;
}

void two_layers_write_slices_of_one_concatenation(const trd_exec& exec, int32_t type) {
    Layer a(exec, type, without_relu(plain(1, 5, 5, 16, 24, 3, 1, 1)), true, 1),
        b(exec, type, without_relu(plain(1, 5, 5, 8, 40, 1, 1, 0)), true, 2);
    Buffer out(exec, 25 * 64 * element_bytes(type));
    trd_convolution layers[] = {a.describe(), b.describe()};
    layers[0].out = out.device<uint8_t>(), layers[1].out = out.device<uint8_t>() + 24 * element_bytes(type);
    layers[0].out_stride = layers[1].out_stride = 64;
    expect_status("concatenation", trd_convolutions(&exec, type, layers, 2, nullptr, 0), TRD_OK);
    const auto got = values_of(out, type, 25 * 64);
    bool same = true;
    for (size_t i = 0; i < got.size(); ++i)
        same = same &&
               got[i] == (i % 64 < 24 ? a.expected()[i / 64 * 24 + i % 64] : b.expected()[i / 64 * 40 + i % 64 - 24]);
    check(same && out.guards_intact(), std::string(type_name(type)) + ": two layers write slices of one concatenation");
}

void the_same_bits_again(const trd_exec& exec, int32_t type) {
    std::vector<std::vector<float>> first;
    for (int again = 0; again < 2; ++again) {
        Layer deep(exec, type, plain(1, 6, 6, 264, 40, 3, 1, 1, {true, false}), false, 1),
            flat(exec, type, up(1, 3, 3, 40, 24), false, 2);
        const trd_convolution layers[] = {deep.describe(), flat.describe()};
        const int64_t bytes = trd_convolutions_workspace_bytes(&exec, type, layers, 2);
        Buffer workspace(exec, bytes);
        if (again) std::memset(workspace.host<uint8_t>(), 0x55, static_cast<size_t>(bytes)), workspace.write();
        expect_status("again", trd_convolutions(&exec, type, layers, 2, workspace.device(), bytes), TRD_OK);
        if (!again) first = {deep.result(), flat.result()};
        check(bytes > 0 && first == std::vector<std::vector<float>>{deep.result(), flat.result()},
              std::string(type_name(type)) + ": the same bits again");
    }
}

// A NaN reaches what depends on it, through the ReLU too, and nothing else.
void nan_is_not_hidden(const trd_exec& exec, int32_t type, bool split) {
    const Case k = plain(1, 5, 5, split ? 520 : 8, 16, 3, 1, 1, {true, true});
    const auto write_nan = [&](Buffer& buffer, int64_t element) {
        std::memset(buffer.host<uint8_t>() + element * element_bytes(type), 0xff,
                    static_cast<size_t>(element_bytes(type)));
        buffer.write();
    };
    for (int where = 0; where < 3; ++where) {
        Layer layer(exec, type, k, false, 3);
        const trd_convolution l = layer.describe();
        const int64_t at = 17;  // row 3, column 2: row 1 would see it through the zeros that pad k
        if (where == 0) write_nan(layer.in(), at * k.c.c_in + 3);
        if (where == 1) write_nan(layer.residual(), at * k.c.c_out + 5);
        if (where == 2) write_nan(layer.post(), at * k.c.c_out + 5);
        const int64_t bytes = trd_convolutions_workspace_bytes(&exec, type, &l, 1);
        check((bytes > 0) == split, "NaN: the product is split where it is to be");
        Buffer workspace(exec, bytes + 1);
        expect_status("NaN", trd_convolutions(&exec, type, &l, 1, workspace.device(), bytes), TRD_OK);
        const auto got = layer.result();
        bool right = true;
        for (size_t i = 0; i < got.size(); ++i) {
            const size_t y = i / 16 / 5, x = i / 16 % 5;
            right = right && std::isnan(got[i]) == (where == 0 ? y >= 2 && x >= 1 && x <= 3 : i == 17 * 16 + 5);
        }
        check(right, std::string(type_name(type)) + (split ? " split" : "") +
                         ": a NaN is seen where it belongs, case " + std::to_string(where));
    }
}

// Every rounding: packed 1x1 weights against the compiler's own conversion.
void packing_rounds() {
    std::mt19937 random(5);
    std::vector<float> weights(64 * 64 * 16);
    for (size_t i = 0; i < weights.size(); ++i) {
        // Any bits, or near a float16's range with few bits set below what is kept: ties and their neighbours.
        uint32_t bits = random();
        if (i % 4)
            bits =
                (bits & 0x80000000u) | ((bits >> 8 & 63) + 96) << 23 | ((bits & 0x7ff000u) + (i % 4 - 2) * (bits & 1));
        if (i % 97 == 0) bits = 0x7f800000u | (bits & 0x80000000u);
        std::memcpy(&weights[i], &bits, 4);
    }
    for (const int32_t type : {TRD_BFLOAT16, TRD_FLOAT16}) {
        Buffer packed(cpu(), trd_convolution_packed_bytes(type, 256, 256, 1, 0));
        expect_status("pack",
                      trd_convolution_pack(type, weights.data(), packed.device(), packed.bytes(), 256, 256, 1, 0),
                      TRD_OK);
        bool same = true;
        for (size_t i = 0; i < weights.size(); ++i) {
            const uint16_t got = packed.host<uint16_t>()[i],
                           want = type == TRD_BFLOAT16 ? to_bfloat16(weights[i]) : to_float16(weights[i]);
            const float value = type == TRD_BFLOAT16 ? from_bfloat16(got) : from_float16(got);
            same = same && (std::isnan(weights[i]) ? std::isnan(value) : got == want);
        }
        check(same && packed.guards_intact(), std::string(type_name(type)) + ": packing rounds to nearest even");
    }
}

void packing_refuses() {
    const auto weights = uniform(4 * 16 * 8, 1);
    Buffer packed(cpu(), trd_convolution_packed_bytes(TRD_FLOAT32, 16, 8, 2, 0));
    const auto refused = [&](const char* what, int32_t type, const float* w, void* p, int64_t bytes, int64_t c_in,
                             int64_t c_out, int32_t kernel, int32_t transposed) {
        expect_status(std::string("pack, ") + what,
                      trd_convolution_pack(type, w, p, bytes, c_in, c_out, kernel, transposed), TRD_ERROR_ARGUMENT);
    };
    const int64_t bytes = packed.bytes();
    void* const p = packed.device();
    const float* const w = weights.data();
    check(bytes == 8 * 64 * 4 && trd_convolution_packed_bytes(TRD_FLOAT16, 16, 8, 3, 0) == 8 * 192 * 2,
          "a row is whole tiles of 128 bytes");
    refused("type", 3, w, p, bytes, 16, 8, 2, 0);
    refused("null weights", 0, nullptr, p, bytes, 16, 8, 2, 0);
    refused("null packed", 0, w, nullptr, bytes, 16, 8, 2, 0);
    refused("packed too small", 0, w, p, bytes - 1, 16, 8, 2, 0);
    refused("packed misaligned", 0, w, packed.device<uint8_t>() + 8, bytes, 16, 8, 2, 0);
    refused("c_in", 0, w, p, bytes, 12, 8, 2, 0);
    refused("c_in = 0", 0, w, p, bytes, 0, 8, 2, 0);
    refused("c_in too large", 0, w, p, std::numeric_limits<int64_t>::max(), int64_t{1} << 17, 8, 2, 0);
    refused("c_out", 0, w, p, bytes, 16, 3, 2, 0);
    refused("c_out < 0", 0, w, p, bytes, 16, -8, 2, 0);
    refused("kernel", 0, w, p, bytes, 16, 8, 8, 0);
    refused("kernel = 0", 0, w, p, bytes, 16, 8, 0, 0);
    refused("transposed", 0, w, p, bytes, 16, 8, 2, 2);
    refused("transposed 3x3", 0, w, p, bytes, 16, 8, 3, 1);
    refused("overlap", 0, static_cast<float*>(p), p, bytes, 16, 8, 2, 0);
    check(packed.untouched(), "a refused packing writes nothing");
}

void bad_arguments(const trd_exec& exec) {
    Layer a(exec, TRD_FLOAT16, plain(1, 4, 4, 16, 8, 3, 1, 1, {true, true}), true, 1),
        b(exec, TRD_FLOAT16, up(1, 4, 4, 1032, 8), true, 2);
    const trd_convolution good[] = {a.describe(), b.describe()};
    const int64_t bytes = trd_convolutions_workspace_bytes(&exec, TRD_FLOAT16, good, 2);
    check(bytes > 0, "the workspace is needed");
    Buffer workspace(exec, bytes);
    auto* const scratch = workspace.device<uint8_t>();
    const auto call = [&](const char* what, trd_status expected, const trd_exec* e, int32_t type,
                          const trd_convolution* layers, int32_t count, void* w, int64_t w_bytes) {
        expect_status(what, trd_convolutions(e, type, layers, count, w, w_bytes), expected);
    };
    const trd_exec on_cpu = cpu(), negative = {TRD_BACKEND_CUDA, -1, nullptr}, unknown = {2, 0, nullptr};
    call("null exec", TRD_ERROR_ARGUMENT, nullptr, TRD_FLOAT16, good, 2, scratch, bytes);
    call("unknown backend", TRD_ERROR_ARGUMENT, &unknown, TRD_FLOAT16, good, 2, scratch, bytes);
    call("device < 0", TRD_ERROR_ARGUMENT, &negative, TRD_FLOAT16, good, 2, scratch, bytes);
    call("CPU", TRD_ERROR_UNSUPPORTED, &on_cpu, TRD_FLOAT16, good, 2, scratch, bytes);
    call("type", TRD_ERROR_ARGUMENT, &exec, 3, good, 2, scratch, bytes);
    call("null layers", TRD_ERROR_ARGUMENT, &exec, TRD_FLOAT16, nullptr, 2, scratch, bytes);
    call("count = 0", TRD_ERROR_ARGUMENT, &exec, TRD_FLOAT16, good, 0, scratch, bytes);
    call("count = 9", TRD_ERROR_ARGUMENT, &exec, TRD_FLOAT16, good, TRD_MAX_LAYERS + 1, scratch, bytes);
    call("null workspace", TRD_ERROR_ARGUMENT, &exec, TRD_FLOAT16, good, 2, nullptr, bytes);
    call("workspace too small", TRD_ERROR_ARGUMENT, &exec, TRD_FLOAT16, good, 2, scratch, bytes - 1);
    call("workspace misaligned", TRD_ERROR_ARGUMENT, &exec, TRD_FLOAT16, good, 2, scratch + 128, bytes);
    check(trd_convolutions_workspace_bytes(&on_cpu, TRD_FLOAT16, good, 2) == -1 &&
              trd_convolutions_workspace_bytes(&exec, 3, good, 2) == -1 &&
              trd_convolutions_workspace_bytes(&exec, TRD_FLOAT16, good, 0) == -1,
          "workspace_bytes refuses what the call refuses");

    const int64_t huge = std::numeric_limits<int64_t>::max();
    const auto bad = [&](const char* what, bool sizes, auto change) {
        trd_convolution layers[] = {good[0], good[1]};
        change(layers[0], layers[1]);
        call(what, TRD_ERROR_ARGUMENT, &exec, TRD_FLOAT16, layers, 2, scratch, bytes);
        // The sizes alone decide how much is needed.
        check((trd_convolutions_workspace_bytes(&exec, TRD_FLOAT16, layers, 2) == -1) == sizes,
              std::string(what) + ": workspace_bytes");
    };
    using L = trd_convolution;
    for (const int64_t size : {int64_t{0}, int64_t{-1}, huge}) {
        bad("n", true, [&](L& l, L&) { l.n = size; });
        bad("h", true, [&](L& l, L&) { l.h = size; });
        bad("w", true, [&](L& l, L&) { l.w = size; });
        bad("c_in", true, [&](L& l, L&) { l.c_in = size; });
        bad("c_out", true, [&](L& l, L&) { l.c_out = size; });
        bad("out_stride", true, [&](L& l, L&) { l.out_stride = size; });
    }
    bad("c_in no multiple of 8", true, [](L& l, L&) { l.c_in = 12; });
    bad("c_in = 1", true, [](L& l, L&) { l.c_in = 1; });
    bad("c_out = 3", true, [](L& l, L&) { l.c_out = 3; });
    bad("c_out too large", true, [](L& l, L&) { l.c_out = l.out_stride = (1 << 16) + 8; });
    bad("side too large", true, [](L& l, L&) { l.h = (1 << 14) + 1; });
    bad("too many pixels", true, [](L& l, L&) { l.h = l.w = 1 << 14, l.n = 5; });
    bad("too many pixels out", true, [](L&, L& l) { l.h = l.w = 1 << 14; });
    bad("too many blocks", true, [](L& l, L&) { l.h = l.w = 1 << 13, l.n = 16, l.c_out = l.out_stride = 1 << 16; });
    bad("out_stride < c_out", true, [](L&, L& l) { l.out_stride = 0; });
    bad("out_stride no multiple of 8", true, [](L& l, L&) { l.out_stride = 12; });
    bad("kernel = 0", true, [](L& l, L&) { l.kernel = 0; });
    bad("kernel = 8", true, [](L& l, L&) { l.kernel = 8; });
    bad("kernel larger than the padded input", true, [](L& l, L&) { l.kernel = 7; });
    bad("stride = 0", true, [](L& l, L&) { l.stride = 0; });
    bad("stride = 3", true, [](L& l, L&) { l.stride = 3; });
    bad("padding < 0", true, [](L& l, L&) { l.padding = -1; });
    bad("padding = 4", true, [](L& l, L&) { l.padding = 4; });
    bad("transposed = 2", true, [](L&, L& l) { l.transposed = 2; });
    bad("transposed 3x3", true, [](L&, L& l) { l.kernel = 3; });
    bad("transposed, stride 1", true, [](L&, L& l) { l.stride = 1; });
    bad("transposed, padding", true, [](L&, L& l) { l.padding = 1; });
    bad("relu = 2", true, [](L& l, L&) { l.relu = 2; });
    bad("reserved", true, [](L& l, L&) { l.reserved = 1; });
    bad("null in", false, [](L& l, L&) { l.in = nullptr; });
    bad("null packed", false, [](L&, L& l) { l.packed = nullptr; });
    bad("null bias", false, [](L& l, L&) { l.bias = nullptr; });
    bad("null out", false, [](L&, L& l) { l.out = nullptr; });
    const auto moved = [](const void* p, int64_t by) {
        return static_cast<const void*>(static_cast<const uint8_t*>(p) + by);
    };
    bad("in misaligned", false, [&](L& l, L&) { l.in = moved(l.in, 8); });
    bad("packed misaligned", false, [&](L& l, L&) { l.packed = moved(l.packed, 8); });
    bad("bias misaligned", false, [&](L& l, L&) { l.bias = static_cast<const float*>(moved(l.bias, 2)); });
    bad("residual misaligned", false, [&](L& l, L&) { l.residual = moved(l.residual, 8); });
    bad("post misaligned", false, [&](L& l, L&) { l.post = moved(l.post, 8); });
    bad("out misaligned", false, [&](L& l, L&) { l.out = static_cast<uint8_t*>(l.out) + 8; });
    bad("out is in", false, [](L& l, L&) { l.out = const_cast<void*>(l.in); });
    bad("out overlaps packed", false, [](L& l, L&) { l.out = const_cast<void*>(l.packed); });
    bad("out overlaps bias", false, [](L& l, L&) { l.out = const_cast<float*>(l.bias); });
    bad("out overlaps a part of residual", false, [&](L& l, L&) { l.residual = moved(l.out, 16); });
    bad("out overlaps a part of post", false, [&](L& l, L&) { l.post = moved(l.out, -16); });
    bad("out is residual, but a slice", false, [](L& l, L&) { l.residual = l.out, l.out_stride = 16; });
    bad("out is another layer's in", false, [](L& l, L& k) { k.in = l.out; });
    bad("out is another layer's residual", false, [](L& l, L& k) { k.residual = l.out; });
    bad("outs overlap", false, [&](L& l, L& k) { l.out = static_cast<uint8_t*>(k.out) + 64; });
    bad("slices overlap", false,
        [](L& l, L& k) { l.out_stride = k.out_stride = 24, l.out = static_cast<uint8_t*>(k.out) + 48 * 2; });
    bad("workspace is in", false, [&](L& l, L&) { l.in = scratch; });
    bad("workspace is out", false, [&](L& l, L&) { l.out = scratch + 64; });
    for (Buffer* out : {&a.out(), &b.out(), &workspace}) {
        out->read();
        check(out->untouched(), "refused calls write nothing");
    }
    a.check_guards("refused calls");
    call("the same call is fine without a fault", TRD_OK, &exec, TRD_FLOAT16, good, 2, scratch, bytes);
}

// Where there is no CUDA backend.
void unsupported() {
    const trd_convolution layer = {};
    for (const trd_exec& exec : {cpu(), cuda()}) {
        expect_status("no CUDA", trd_convolutions(&exec, TRD_FLOAT32, &layer, 1, nullptr, 0), TRD_ERROR_UNSUPPORTED);
        check(trd_convolutions_workspace_bytes(&exec, TRD_FLOAT32, &layer, 1) == -1, "no CUDA, no workspace");
    }
}

}  // namespace

int main() {
    packing_rounds();
    packing_refuses();
    if (std::strstr(trd_describe(), "cuda") == nullptr) unsupported();
    if (!has_cuda()) return finish();
    const trd_exec exec = cuda();
    for (const int32_t type : {TRD_FLOAT32, TRD_BFLOAT16, TRD_FLOAT16}) {
        for (const auto& cases : kShapes) run(exec, type, cases, true);
        for (const auto& cases : kSplit) check(run(exec, type, cases, true) > 0, "k is split");
        run(exec, type,
            {without_relu(kShapes[1][0]), kShapes[1][3], without_relu(kShapes[1][4]), kShapes[1][7], kShapes[2][0]},
            false);
        check(run(exec, type, kSplit[0], false) > 0, "k is split");
        two_layers_write_slices_of_one_concatenation(exec, type);
        the_same_bits_again(exec, type);
        for (const bool split : {false, true}) nan_is_not_hidden(exec, type, split);
    }
    bad_arguments(exec);
    return finish();
}
