// trd_view_colour and trd_view_relief against their double references: awkward sizes, strides, gaps, points that are
// no measurement, more pixels than points.
#include "prepare_test.hpp"
#include "preprocess/part_view_reference.hpp"

using namespace trd_test;

namespace {

constexpr int64_t kChannels = 4;

// Both calls into one view, and what lies between their channels stays.
void view_case(int64_t w, int64_t h, int64_t padding, int64_t size, double missing) {
    const std::string what = "view " + std::to_string(w) + "x" + std::to_string(h) + " to " + std::to_string(size);
    const trd_exec exec = cpu();
    std::mt19937 random(static_cast<uint32_t>(w * 131 + h));
    std::uniform_real_distribution<double> unit(0, 1);
    const int64_t stride = 3 * w + padding;
    std::vector<uint8_t> image(static_cast<size_t>(h * stride));
    for (uint8_t& v : image) v = static_cast<uint8_t>(random());
    const float bad[] = {NAN, INFINITY, -INFINITY, 1e30f, 1.1e6f};
    const std::vector<float> plane = {0.01f, -0.02f, 0.6f, 0.03f, -0.02f};
    std::vector<float> xyz(static_cast<size_t>(h * stride), 7.5e5f);
    for (int64_t y = 0; y < h; ++y) {
        for (int64_t x = 0; x < w; ++x) {
            float* p = &xyz[static_cast<size_t>(y * stride + 3 * x)];
            p[0] = 5e-4f * static_cast<float>(x);
            p[1] = 5e-4f * static_cast<float>(y);
            p[2] = static_cast<float>(0.6 - 0.01 * unit(random));
            if (unit(random) < missing) p[2] = 0;
            if (unit(random) < missing / 4) p[random() % 3] = bad[random() % 5];
        }
    }
    Rows colours(exec, image.data(), h, 3 * w, stride);
    Rows points(exec, xyz.data(), h, 12 * w, 4 * stride, 4);
    Buffer below(exec, plane, 4);
    const auto view = [&](Buffer& out) {
        expect_status(what, trd_view_colour(&exec, colours.device<uint8_t>(), w, h, stride, out.device<float>(), size),
                      TRD_OK);
        expect_status(what,
                      trd_view_relief(&exec, points.device<float>(), w, h, 4 * stride, out.device<float>(), size,
                                      below.device<float>()),
                      TRD_OK);
        check(out.guards_intact(), what + ": guard zones");
    };
    Buffer out(exec, 16 * size * size, 4), again(exec, 16 * size * size, 4);
    view(out);
    const std::vector<double> expected = trd::reference::view_colour(image.data(), w, h, stride, size);
    const std::vector<double> relief = trd::reference::view_relief(xyz.data(), w, h, stride, plane.data(), size);
    std::vector<float> got_colour, got_relief;
    std::vector<double> wanted_relief;
    for (int64_t i = 0; i < size * size; ++i) {
        const float* pixel = out.host() + kChannels * i;
        got_colour.insert(got_colour.end(), pixel, pixel + 3);
        const double wanted = relief[static_cast<size_t>(i)];
        check(std::isnan(wanted) == std::isnan(pixel[3]), what + ": which pixels are measured");
        if (std::isnan(wanted)) continue;
        got_relief.push_back(pixel[3]);
        wanted_relief.push_back(wanted);
    }
    compare(what + " colour", got_colour.data(), expected.data(), 3 * size * size, 4e-5);
    // A height of about 20 mm from coordinates of 0.6 m, whose floats have 6e-8 of themselves.
    compare(what + " relief", got_relief.data(), wanted_relief.data(), static_cast<int64_t>(got_relief.size()), 1e-5);
    expect_status("threads", trd_set_threads(3), TRD_OK);
    view(again);
    expect_status("threads", trd_set_threads(1), TRD_OK);
    check(same_bits(out, again), what + ": the same bits with three threads");
}

void bad_arguments() {
    const trd_exec exec = cpu();
    Buffer image(exec, 3 * 20 * 20), points(exec, 12 * 20 * 20), plane(exec, 5 * 4), out(exec, 16 * 8 * 8);
    struct Arguments {
        const uint8_t* image;
        const float* points;
        int64_t side = 20, stride = 20, size = 8;
        float* out;
        const float* plane;
    };
    const auto refuse = [&](const char* what, bool relief, auto change) {
        Arguments a{};
        a.image = image.device<uint8_t>();
        a.points = points.device<float>();
        a.out = out.device<float>();
        a.plane = plane.device<float>();
        change(a);
        if (relief) {
            expect_status(std::string("relief, ") + what,
                          trd_view_relief(&exec, a.points, a.side, 20, 12 * a.stride, a.out, a.size, a.plane),
                          TRD_ERROR_ARGUMENT);
        } else {
            expect_status(std::string("colour, ") + what,
                          trd_view_colour(&exec, a.image, a.side, 20, 3 * a.stride, a.out, a.size), TRD_ERROR_ARGUMENT);
        }
    };
    for (const bool relief : {false, true}) {
        refuse("null", relief, [](Arguments& a) {
            a.image = nullptr;
            a.points = nullptr;
        });
        refuse("null out", relief, [](Arguments& a) { a.out = nullptr; });
        refuse("stride", relief, [](Arguments& a) { a.stride = 19; });
        refuse("no width", relief, [](Arguments& a) { a.side = 0; });
        refuse("size", relief, [](Arguments& a) { a.size = 5000; });
        refuse("no size", relief, [](Arguments& a) { a.size = 0; });
        refuse("misaligned out", relief, [](Arguments& a) {
            a.out = reinterpret_cast<float*>(reinterpret_cast<uintptr_t>(a.out) + 2);
        });
        refuse("overlap", relief, [](Arguments& a) {
            a.image = reinterpret_cast<const uint8_t*>(a.out);
            a.points = a.out + 3;
        });
    }
    refuse("null plane", true, [](Arguments& a) { a.plane = nullptr; });
    refuse("plane in out", true, [](Arguments& a) { a.plane = a.out + 4; });
    const trd_exec device = cuda();
    expect_status("on CUDA",
                  trd_view_colour(&device, image.device<uint8_t>(), 20, 20, 60, out.device<float>(), 8),
                  TRD_ERROR_UNSUPPORTED);
    check(out.untouched(), "refused calls write nothing");
}

}  // namespace

int main() {
    expect_status("threads", trd_set_threads(1), TRD_OK);
    const int64_t sizes[][4] = {{64, 64, 0, 32}, {100, 37, 3, 32}, {33, 90, 9, 64}, {3, 3, 0, 3},   {129, 65, 1, 65},
                                {20, 20, 0, 71}, {1, 1, 0, 5},     {1, 7, 2, 1},    {1300, 24, 1, 4}, {200, 180, 0, 96}};
    for (const auto& s : sizes)
        for (const double missing : {0.0, 0.1, 0.7, 1.0}) view_case(s[0], s[1], s[2], s[3], missing);
    bad_arguments();
    return finish();
}
