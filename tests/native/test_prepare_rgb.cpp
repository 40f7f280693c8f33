// trd_prepare_rgb against Pillow's algorithm in plain integers: reductions, enlargements, images of a pixel, padded rows.
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

void prepare(const std::vector<uint8_t>& image, int64_t w, int64_t h, int64_t stride, int64_t size, int32_t type, Guarded& out) {
    const trd_exec exec = cpu();
    Workspace space(trd_prepare_rgb_workspace_bytes(w, h, size));
    expect_status("plan", trd_prepare_rgb_plan(&exec, w, h, size, space.data(), space.bytes), TRD_OK);
    for (int run = 0; run < 2; ++run)  // the second finds what the first left behind
        expect_status("rgb", trd_prepare_rgb(&exec, image.data(), w, h, stride, out.data(), type, size, space.data(), space.bytes),
                      TRD_OK);
    check(space.memory.guards_intact(), "guard zones of the workspace");
}

void against_reference(int64_t w, int64_t h, int64_t padding, int64_t size) {
    const std::string what = "rgb " + std::to_string(w) + "x" + std::to_string(h) + " to " + std::to_string(size);
    const int64_t stride = 3 * w + padding, n = 3 * size * size;
    const auto image = noise((h - 1) * stride + 3 * w, static_cast<uint32_t>(w + h));
    const auto exact = trd::reference::pillow_resize(image.data(), w, h, stride, size);
    std::vector<double> expected(static_cast<size_t>(n));
    for (int64_t i = 0; i < n; ++i)
        expected[static_cast<size_t>(i)] = trd::reference::normalised(exact[static_cast<size_t>(i)] / 255.0, i % 3);
    Guarded out(n), again(n), half((n + 1) / 2);
    prepare(image, w, h, stride, size, TRD_FLOAT32, out);
    // Three roundings of values below 2.7; the next grey level is 1.7e-2 away, so this shows that each one is exact.
    compare(what, out.data(), expected.data(), n, 1e-6);
    check(out.guards_intact(), what + ": guard zones");
    expect_status("threads", trd_set_threads(3), TRD_OK);
    prepare(image, w, h, stride, size, TRD_FLOAT32, again);
    expect_status("threads", trd_set_threads(1), TRD_OK);
    check(same_bits(out, again), what + ": the same bits with three threads");
    prepare(image, w, h, stride, size, TRD_BFLOAT16, half);
    check_bfloat16(what, out, half);
}

void padding_is_not_read() {
    auto image = noise(20 * 70, 1);
    Guarded a(3 * 16 * 16), b(3 * 16 * 16);
    prepare(image, 20, 20, 70, 16, TRD_FLOAT32, a);
    for (size_t y = 0; y < 20; ++y)
        for (size_t x = 60; x < 70; ++x) image[70 * y + x] ^= 0xFF;
    prepare(image, 20, 20, 70, 16, TRD_FLOAT32, b);
    check(same_bits(a, b), "what lies between the rows changes nothing");
}

void bad_arguments() {
    const trd_exec exec = cpu();
    auto image = noise(3 * 8 * 8, 1);
    Guarded out(3 * 4 * 4);
    Workspace space(trd_prepare_rgb_workspace_bytes(8, 8, 4));
    const auto call = [&](const uint8_t* in, int64_t w, int64_t h, int64_t stride, void* to, int32_t type, int64_t size, void* work,
                          int64_t bytes) { return trd_prepare_rgb(&exec, in, w, h, stride, to, type, size, work, bytes); };
    const uint8_t* in = image.data();
    uint8_t* bytes = reinterpret_cast<uint8_t*>(out.data());
    check(trd_prepare_rgb_workspace_bytes(0, 8, 4) == 0 && trd_prepare_rgb_workspace_bytes(8, -1, 4) == 0 &&
              trd_prepare_rgb_workspace_bytes(8, 8, 4097) == 0 && trd_prepare_rgb_workspace_bytes(int64_t{1} << 21, 1, 4) == 0 &&
              trd_prepare_rgb_workspace_bytes(int64_t{1} << 20, int64_t{1} << 20, 4) == 0,
          "no workspace for impossible sizes");
    std::memset(space.data(), 0, static_cast<size_t>(space.bytes));
    expect_status("not planned", call(in, 8, 8, 24, bytes, 0, 4, space.data(), space.bytes), TRD_ERROR_ARGUMENT);
    expect_status("plan", trd_prepare_rgb_plan(&exec, 8, 8, 4, space.data(), space.bytes), TRD_OK);
    expect_status("plan small", trd_prepare_rgb_plan(&exec, 8, 8, 4, space.data(), space.bytes - 64), TRD_ERROR_ARGUMENT);
    expect_status("plan null", trd_prepare_rgb_plan(&exec, 8, 8, 4, nullptr, space.bytes), TRD_ERROR_ARGUMENT);
    expect_status("plan size 0", trd_prepare_rgb_plan(&exec, 8, 8, 0, space.data(), space.bytes), TRD_ERROR_ARGUMENT);
    expect_status("other width", call(in, 7, 8, 24, bytes, 0, 4, space.data(), space.bytes), TRD_ERROR_ARGUMENT);
    expect_status("other op", trd_prepare_depth(&exec, out.data(), 8, 8, 96, bytes, 0, 4, nullptr, space.data(), space.bytes, nullptr),
                  TRD_ERROR_ARGUMENT);
    expect_status("null image", call(nullptr, 8, 8, 24, bytes, 0, 4, space.data(), space.bytes), TRD_ERROR_ARGUMENT);
    expect_status("null out", call(in, 8, 8, 24, nullptr, 0, 4, space.data(), space.bytes), TRD_ERROR_ARGUMENT);
    expect_status("null workspace", call(in, 8, 8, 24, bytes, 0, 4, nullptr, space.bytes), TRD_ERROR_ARGUMENT);
    expect_status("small workspace", call(in, 8, 8, 24, bytes, 0, 4, space.data(), space.bytes - 1), TRD_ERROR_ARGUMENT);
    expect_status("misaligned workspace", call(in, 8, 8, 24, bytes, 0, 4, static_cast<uint8_t*>(space.data()) + 4, space.bytes),
                  TRD_ERROR_ARGUMENT);
    expect_status("unknown type", call(in, 8, 8, 24, bytes, 2, 4, space.data(), space.bytes), TRD_ERROR_ARGUMENT);
    expect_status("stride", call(in, 8, 8, 23, bytes, 0, 4, space.data(), space.bytes), TRD_ERROR_ARGUMENT);
    expect_status("huge stride", call(in, 8, 8, std::numeric_limits<int64_t>::max() / 4, bytes, 0, 4, space.data(), space.bytes),
                  TRD_ERROR_ARGUMENT);
    expect_status("misaligned out", call(in, 8, 8, 24, bytes + 1, 0, 4, space.data(), space.bytes), TRD_ERROR_ARGUMENT);
    expect_status("overlap", call(bytes, 8, 8, 24, bytes, 0, 4, space.data(), space.bytes), TRD_ERROR_ARGUMENT);
    expect_status("workspace is out", call(in, 8, 8, 24, space.data(), 0, 4, space.data(), space.bytes), TRD_ERROR_ARGUMENT);
    check(out.untouched(), "rejected calls write nothing");
}

}  // namespace

int main() {
    expect_status("threads", trd_set_threads(1), TRD_OK);
    const int64_t cases[][4] = {{1, 1, 0, 1},     {1, 1, 5, 7},     {2, 3, 0, 4},      {7, 5, 1, 4},    {8, 8, 0, 8},
                                {9, 7, 0, 3},     {40, 30, 2, 32},  {50, 21, 0, 32},   {31, 64, 3, 17}, {100, 3, 0, 64},
                                {16, 16, 1, 47},  {800, 17, 0, 256}, {257, 129, 13, 64}, {1000, 11, 0, 16}, {3, 200, 0, 50},
                                {130, 140, 0, 151}, {64, 2000, 0, 3}, {33, 9, 0, 600}};
    for (const auto& c : cases) against_reference(c[0], c[1], c[2], c[3]);
    padding_is_not_read();
    bad_arguments();
    return finish();
}
