// trd_prepare_rgb against Pillow's algorithm in plain integers: reductions, enlargements, images of a pixel, padded
// rows.
#include <limits>

#include "preprocess/prepare_rgb_reference.hpp"
#include "prepare_test.hpp"

using namespace trd_test;

namespace {

std::vector<uint8_t> noise(int64_t count, uint32_t seed) {
    std::mt19937 random(seed);
    std::vector<uint8_t> bytes(static_cast<size_t>(count));
    // Black and white too, where a sum that is one too large would show.
    for (auto& b : bytes) b = static_cast<uint8_t>(random() % 4 == 0 ? (random() % 2) * 255 : random() % 256);
    return bytes;
}

trd_status prepare(const trd_exec& exec, const std::vector<uint8_t>& image, int64_t w, int64_t h, int64_t stride,
                   int64_t size, int32_t type, Buffer& out, int runs = 2) {
    // Starts after an odd number of bytes.
    Rows rows(exec, image.data(), h, 3 * w, stride, (w + h + size) % 16);
    Workspace space(exec, trd_prepare_rgb_workspace_bytes(w, h, size), [&](const trd_exec* on, void* to, int64_t n) {
        return trd_prepare_rgb_plan(on, w, h, size, to, n);
    });
    trd_status status = TRD_OK;
    for (int run = 0; run < runs; ++run)  // the second finds what the first left behind
        status = trd_prepare_rgb(&exec, rows.device<uint8_t>(), w, h, stride, out.device(), type, size, space.data(),
                                 space.bytes);
    space.memory.read();
    check(space.memory.guards_intact(), "guard zones of the workspace");
    return status;
}

void against_reference(int64_t w, int64_t h, int64_t padding, int64_t size) {
    const int64_t stride = 3 * w + padding, n = 3 * size * size;
    const auto image = noise((h - 1) * stride + 3 * w, static_cast<uint32_t>(w + h));
    const auto exact = trd::reference::pillow_resize(image.data(), w, h, stride, size);
    std::vector<double> expected(static_cast<size_t>(n));
    for (int64_t i = 0; i < n; ++i)
        expected[static_cast<size_t>(i)] = trd::reference::normalised(exact[static_cast<size_t>(i)] / 255.0, i % 3);
    Buffer by_cpu(cpu(), 4 * n);
    expect_status("rgb", prepare(cpu(), image, w, h, stride, size, TRD_FLOAT32, by_cpu), TRD_OK);
    for (const trd_exec& exec : backends()) {
        const std::string what =
            name(exec) + " rgb " + std::to_string(w) + "x" + std::to_string(h) + " to " + std::to_string(size);
        const bool host = exec.backend == TRD_BACKEND_CPU;
        Buffer out(exec, 4 * n);
        expect_status(what, prepare(exec, image, w, h, stride, size, TRD_FLOAT32, out, host ? 2 : 1), TRD_OK);
        out.read();
        // Three roundings of values below 2.7; the next grey level is 1.7e-2 away, so this shows that each one is
        // exact.
        compare(what, out.host(), expected.data(), n, 1e-6);
        check(out.guards_intact(), what + ": guard zones");
        if (host) {
            Buffer again(exec, 4 * n);
            expect_status("threads", trd_set_threads(3), TRD_OK);
            expect_status(what, prepare(exec, image, w, h, stride, size, TRD_FLOAT32, again), TRD_OK);
            expect_status("threads", trd_set_threads(1), TRD_OK);
            check(same_bits(out, again), what + ": the same bits with three threads");
        }
        check(same_bits(by_cpu, out), what + ": the CPU's bits");
        for (const int32_t type : types_of(exec)) {
            if (type == TRD_FLOAT32 || (!host && size > 100)) continue;
            Buffer half(exec, 2 * n, 2);
            expect_status(what, prepare(exec, image, w, h, stride, size, type, half), TRD_OK);
            check_rounded(what, type, out, half);
        }
    }
}

void padding_is_not_read(const trd_exec& exec) {
    auto image = noise(20 * 70, 1);
    Buffer a(exec, 4 * 3 * 16 * 16), b(exec, 4 * 3 * 16 * 16);
    const auto run = [&](Buffer& out) {
        Buffer in(exec, image);
        Workspace space(
            exec, trd_prepare_rgb_workspace_bytes(20, 20, 16),
            [&](const trd_exec* on, void* to, int64_t n) { return trd_prepare_rgb_plan(on, 20, 20, 16, to, n); });
        expect_status("padding",
                      trd_prepare_rgb(&exec, in.device<uint8_t>(), 20, 20, 70, out.device(), TRD_FLOAT32, 16,
                                      space.data(), space.bytes),
                      TRD_OK);
    };
    run(a);
    for (size_t y = 0; y < 20; ++y)
        for (size_t x = 60; x < 70; ++x) image[70 * y + x] ^= 0xFF;
    run(b);
    check(same_bits(a, b), name(exec) + ": what lies between the rows changes nothing");
}

void bad_sizes() {
    const trd_exec exec = cpu();
    check(trd_prepare_rgb_workspace_bytes(0, 8, 4) == 0 && trd_prepare_rgb_workspace_bytes(8, -1, 4) == 0 &&
              trd_prepare_rgb_workspace_bytes(8, 8, 4097) == 0 &&
              trd_prepare_rgb_workspace_bytes(int64_t{1} << 21, 1, 4) == 0 &&
              trd_prepare_rgb_workspace_bytes(int64_t{1} << 20, int64_t{1} << 20, 4) == 0,
          "no workspace for impossible sizes");
    const int64_t bytes = trd_prepare_rgb_workspace_bytes(8, 8, 4);
    Buffer space(exec, bytes);
    expect_status("plan small", trd_prepare_rgb_plan(&exec, 8, 8, 4, space.device(), bytes - 64), TRD_ERROR_ARGUMENT);
    expect_status("plan null", trd_prepare_rgb_plan(&exec, 8, 8, 4, nullptr, bytes), TRD_ERROR_ARGUMENT);
    expect_status("plan size 0", trd_prepare_rgb_plan(&exec, 8, 8, 0, space.device(), bytes), TRD_ERROR_ARGUMENT);
    const trd_exec device = cuda();
    expect_status("plan on CUDA", trd_prepare_rgb_plan(&device, 8, 8, 4, space.device(), bytes), TRD_ERROR_UNSUPPORTED);
    check(space.untouched(), "a refused plan writes nothing");
    std::memset(space.host(), 0, static_cast<size_t>(bytes));
    Buffer image(exec, noise(3 * 8 * 8, 1)), out(exec, 4 * 3 * 4 * 4);
    expect_status("not planned",
                  trd_prepare_rgb(&exec, image.device<uint8_t>(), 8, 8, 24, out.device(), 0, 4, space.device(), bytes),
                  TRD_ERROR_ARGUMENT);
    expect_status("plan", trd_prepare_rgb_plan(&exec, 8, 8, 4, space.device(), bytes), TRD_OK);
    expect_status("other width",
                  trd_prepare_rgb(&exec, image.device<uint8_t>(), 7, 8, 24, out.device(), 0, 4, space.device(), bytes),
                  TRD_ERROR_ARGUMENT);
    expect_status("other op",
                  trd_prepare_depth(&exec, image.device<float>(), 8, 8, 96, out.device(), 0, 4, nullptr, space.device(),
                                    bytes, nullptr),
                  TRD_ERROR_ARGUMENT);
    expect_status(
        "float16 on the CPU",
        trd_prepare_rgb(&exec, image.device<uint8_t>(), 8, 8, 24, out.device(), TRD_FLOAT16, 4, space.device(), bytes),
        TRD_ERROR_UNSUPPORTED);
    check(out.untouched(), "rejected calls write nothing");
}

void bad_arguments(const trd_exec& exec) {
    Buffer image(exec, noise(3 * 8 * 8, 1)), out(exec, 4 * 3 * 4 * 4);
    Workspace space(exec, trd_prepare_rgb_workspace_bytes(8, 8, 4),
                    [&](const trd_exec* on, void* to, int64_t n) { return trd_prepare_rgb_plan(on, 8, 8, 4, to, n); });
    const auto call = [&](const uint8_t* in, int64_t w, int64_t h, int64_t stride, void* to, int32_t type, int64_t size,
                          void* work, int64_t bytes) {
        return trd_prepare_rgb(&exec, in, w, h, stride, to, type, size, work, bytes);
    };
    const auto* in = image.device<uint8_t>();
    auto* bytes = out.device<uint8_t>();
    auto* work = static_cast<uint8_t*>(space.data());
    const int64_t n = space.bytes;
    expect_status("null exec", trd_prepare_rgb(nullptr, in, 8, 8, 24, bytes, 0, 4, work, n), TRD_ERROR_ARGUMENT);
    expect_status("null image", call(nullptr, 8, 8, 24, bytes, 0, 4, work, n), TRD_ERROR_ARGUMENT);
    expect_status("null out", call(in, 8, 8, 24, nullptr, 0, 4, work, n), TRD_ERROR_ARGUMENT);
    expect_status("null workspace", call(in, 8, 8, 24, bytes, 0, 4, nullptr, n), TRD_ERROR_ARGUMENT);
    expect_status("small workspace", call(in, 8, 8, 24, bytes, 0, 4, work, n - 1), TRD_ERROR_ARGUMENT);
    expect_status("misaligned workspace", call(in, 8, 8, 24, bytes, 0, 4, work + 4, n), TRD_ERROR_ARGUMENT);
    for (const int32_t type : {-1, 3})
        expect_status("unknown type", call(in, 8, 8, 24, bytes, type, 4, work, n), TRD_ERROR_ARGUMENT);
    expect_status("width 0", call(in, 0, 8, 24, bytes, 0, 4, work, n), TRD_ERROR_ARGUMENT);
    expect_status("height < 0", call(in, 8, -8, 24, bytes, 0, 4, work, n), TRD_ERROR_ARGUMENT);
    expect_status("size 0", call(in, 8, 8, 24, bytes, 0, 0, work, n), TRD_ERROR_ARGUMENT);
    expect_status("size 5000", call(in, 8, 8, 24, bytes, 0, 5000, work, n), TRD_ERROR_ARGUMENT);
    expect_status("huge image", call(in, int64_t{1} << 20, int64_t{1} << 20, int64_t{3} << 20, bytes, 0, 4, work, n),
                  TRD_ERROR_ARGUMENT);
    expect_status("stride", call(in, 8, 8, 23, bytes, 0, 4, work, n), TRD_ERROR_ARGUMENT);
    expect_status("stride < 0", call(in, 8, 8, -24, bytes, 0, 4, work, n), TRD_ERROR_ARGUMENT);
    expect_status("huge stride", call(in, 8, 8, std::numeric_limits<int64_t>::max() / 4, bytes, 0, 4, work, n),
                  TRD_ERROR_ARGUMENT);
    expect_status("misaligned out", call(in, 8, 8, 24, bytes + 1, 0, 4, work, n), TRD_ERROR_ARGUMENT);
    expect_status("misaligned bf16 out", call(in, 8, 8, 24, bytes + 1, TRD_BFLOAT16, 4, work, n), TRD_ERROR_ARGUMENT);
    expect_status("overlap", call(bytes, 8, 8, 24, bytes, 0, 4, work, n), TRD_ERROR_ARGUMENT);
    expect_status("workspace is out", call(in, 8, 8, 24, work, 0, 4, work, n), TRD_ERROR_ARGUMENT);
    expect_status("workspace is the image", call(work + n - 1, 8, 8, 24, bytes, 0, 4, work, n), TRD_ERROR_ARGUMENT);
    out.read();
    check(out.untouched(), name(exec) + ": rejected calls write nothing");
}

}  // namespace

int main() {
    expect_status("threads", trd_set_threads(1), TRD_OK);
    const int64_t cases[][4] = {{1, 1, 0, 1},       {1, 1, 5, 7},      {2, 3, 0, 4},      {7, 5, 1, 4},
                                {8, 8, 0, 8},       {9, 7, 0, 3},      {40, 30, 2, 32},   {50, 21, 0, 32},
                                {31, 64, 3, 17},    {100, 3, 0, 64},   {16, 16, 1, 47},   {800, 17, 0, 256},
                                {257, 129, 13, 64}, {1000, 11, 0, 16}, {3, 200, 0, 50},   {130, 140, 0, 151},
                                {64, 2000, 0, 3},   {33, 9, 0, 600},   {800, 801, 1, 33}, {3000, 5, 7, 2},
                                {20000, 4, 0, 5},   {5, 20000, 1, 5},  {12001, 40, 1, 1}};
    for (const auto& c : cases) against_reference(c[0], c[1], c[2], c[3]);
    for (const trd_exec& exec : backends()) {
        padding_is_not_read(exec);
        bad_arguments(exec);
    }
    bad_sizes();
    return finish();
}
