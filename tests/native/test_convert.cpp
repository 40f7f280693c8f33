// trd_convert_colour, trd_convert_depth and trd_convert_points against their reference, to the bit: awkward sizes, rows
// apart, memory at odd addresses, every depth of 16 bits, numbers that are none.
#include <algorithm>
#include <limits>

#include "convert/convert_reference.hpp"
#include "prepare_test.hpp"

using namespace trd_test;

namespace {

const trd_exec exec = cpu();

const float kNoNumbers[] = {NAN, -NAN, INFINITY, -INFINITY, 0.0f, -0.0f, 1e-40f, 3e38f, -3e38f};

// Widths around what an instruction moves, a block of points and a block of columns hold.
const int64_t kWidths[] = {1, 2, 3, 4, 5, 6, 7, 15, 16, 17, 21, 31, 33, 61, 255, 256, 257, 515};

std::string size_of(int64_t w, int64_t h) { return std::to_string(w) + "x" + std::to_string(h); }

// Equal to the bit where it is a number, else both none: which NaN a product gives depends on the order of factors.
template <class T>
void same(const std::string& what, Buffer& got, const std::vector<T>& expected) {
    got.read();
    digest.add(got.host<uint8_t>(), got.bytes());
    check(got.bytes() == static_cast<int64_t>(expected.size() * sizeof(T)), what + ": size");
    for (size_t i = 0; i < expected.size(); ++i) {
        const T a = got.host<T>()[i], b = expected[i];
        if (std::memcmp(&a, &b, sizeof a) == 0 || (a != a && b != b)) continue;
        check(false, what + ": element " + std::to_string(i) + " is " + std::to_string(a) + ", expected " +
                         std::to_string(b));
        return;
    }
    check(got.guards_intact(), what + ": guard zones");
}

void colour_case(int32_t layout, int64_t w, int64_t h, int64_t padding, int64_t offset) {
    const int64_t samples = trd::reference::colour_layout(layout).back();
    const std::string what = "layout " + std::to_string(layout) + ", " + size_of(w, h);
    const int64_t stride = samples * w + padding;
    std::mt19937 random(static_cast<uint32_t>(w * 131 + h));
    std::vector<uint8_t> image(static_cast<size_t>(h * stride));
    for (uint8_t& v : image) v = static_cast<uint8_t>(random());
    Rows in(exec, image.data(), h, samples * w, stride, offset);
    Buffer out(exec, 3 * w * h, offset);
    expect_status(what, trd_convert_colour(&exec, in.device<uint8_t>(), w, h, stride, layout, out.device<uint8_t>()),
                  TRD_OK);
    same(what, out, trd::reference::convert_colour(image.data(), layout, w, h, stride));
}

template <class T>
void depth_case(const std::vector<T>& values, int64_t w, int64_t h, int64_t padding, int64_t offset, float metres,
                const trd::reference::Pinhole& camera) {
    const int32_t type = sizeof(T) == 2 ? TRD_DEPTH_UINT16 : TRD_DEPTH_FLOAT32;
    const std::string what = "depth " + std::to_string(type) + ", " + size_of(w, h);
    const auto row = static_cast<int64_t>(sizeof(T)) * w;
    const int64_t stride = row + padding;
    std::vector<uint8_t> depth(static_cast<size_t>(h * stride), 0x5A);
    for (int64_t i = 0; i < w * h; ++i)
        std::memcpy(&depth[static_cast<size_t>(i / w * stride) + static_cast<size_t>(i % w) * sizeof(T)],
                    &values[static_cast<size_t>(i) % values.size()], sizeof(T));
    Rows in(exec, depth.data(), h, row, stride, offset);
    Buffer out(exec, 12 * w * h, 4 * offset);
    expect_status(what,
                  trd_convert_depth(&exec, in.device<uint8_t>(), type, w, h, stride, metres, camera.fx, camera.fy,
                                    camera.cx, camera.cy, out.device<float>()),
                  TRD_OK);
    same(what, out, trd::reference::convert_depth<T, float>(depth.data(), w, h, stride, metres, camera));
    // And the definition is what its name says: four roundings, of up to 2^-24 each.
    const std::vector<double> exact =
        trd::reference::convert_depth<T, double>(depth.data(), w, h, stride, metres, camera);
    for (size_t i = 0; i < exact.size(); ++i) {
        const double got = out.host()[i], most = std::fabs(exact[i]);
        const bool near = most < 1e-37 || !(most < 3e38) || std::fabs(got - exact[i]) <= 2.5e-7 * most;
        if (near) continue;
        check(false, what + ": element " + std::to_string(i) + " is far from what double gives");
        return;
    }
}

void depths() {
    std::vector<uint16_t> all(65536);
    for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<uint16_t>(i);
    std::vector<float> floats = uniform(997, 3, -2, 70000);
    for (size_t i = 0; i < floats.size(); i += 5) floats[i] = kNoNumbers[i / 5 % std::size(kNoNumbers)];
    const trd::reference::Pinhole camera = {80.5, 79, 30.25, 2}, far = {1e-3, 1e9, -4000.5, 1e7};
    depth_case(all, 256, 256, 0, 0, 1e-4f, camera);
    depth_case(all, 65536, 1, 0, 0, 1e-3f, far);
    depth_case(all, 1, 65536, 1, 1, 1.0f, far);
    std::shuffle(all.begin(), all.end(), std::mt19937(5));
    for (const int64_t w : kWidths) {
        for (const int64_t h : {1, 2, 5}) {
            depth_case(all, w, h, w % 3, h % 2, 1e-3f, camera);
            depth_case(floats, w, h, w % 3, h % 2, 1e-3f, camera);
        }
    }
    for (const int64_t w : {4095, 4096, 4097, 9001}) {
        depth_case(all, w, 3, 6, 3, 2.5e-5f, camera);
        depth_case(floats, w, 3, 0, 0, 2.5e-5f, far);
    }
}

void points_case(int64_t w, int64_t h, const int32_t (&axes)[3], bool planar, int64_t padding, int64_t offset,
                 double metres, const std::vector<float>& missing) {
    std::string what = "points " + size_of(w, h) + (planar ? ", planar" : "") + ", axes";
    for (const int32_t axis : axes) what += " " + std::to_string(axis);
    const int64_t rows = planar ? 3 * h : h, row = (planar ? 4 : 12) * w, stride = row + padding;
    std::mt19937 random(static_cast<uint32_t>(w * 7 + h));
    std::vector<uint8_t> points(static_cast<size_t>(rows * stride), 0x5A);
    for (int64_t v = 0; v < rows; ++v) {
        for (int64_t i = 0; i < row / 4; ++i) {
            float value = static_cast<float>(static_cast<int32_t>(random())) * 1e-4f;
            if (random() % 4 == 0) value = kNoNumbers[random() % std::size(kNoNumbers)];
            if (random() % 4 == 0) value = random() % 2 == 0 ? -1.0f : 65535.0f;
            std::memcpy(&points[static_cast<size_t>(v * stride + 4 * i)], &value, 4);
        }
    }
    Rows in(exec, points.data(), rows, row, stride, offset);
    Buffer marks(exec, missing), out(exec, 12 * w * h, 4 * offset);
    const float* const values = missing.empty() ? nullptr : marks.device<float>();
    expect_status(what,
                  trd_convert_points(&exec, reinterpret_cast<const float*>(in.device<uint8_t>()), w, h, stride, axes[0],
                                     axes[1], axes[2], planar, metres, values, static_cast<int64_t>(missing.size()),
                                     out.device<float>()),
                  TRD_OK);
    same(what, out, trd::reference::convert_points(points.data(), w, h, stride, axes, planar, metres, missing));
}

void all_points() {
    const std::vector<std::vector<float>> marks = {{}, {-1}, {NAN, 65535, 0}, {INFINITY, -1, 1e-40f, 65535}};
    int64_t n = 0;
    for (const int64_t w : kWidths) {
        for (const bool planar : {false, true}) {
            int32_t order[3] = {1, 2, 3};
            do {
                for (int signs = 0; signs < 8; ++signs, ++n) {
                    const int32_t axes[3] = {signs & 1 ? -order[0] : order[0], signs & 2 ? -order[1] : order[1],
                                             signs & 4 ? -order[2] : order[2]};
                    const double units[] = {1, 1e-3, 0.0254};
                    points_case(w, 1 + n % 3, axes, planar, n % 5, n % 2, units[n % 3],
                                marks[static_cast<size_t>(n) % marks.size()]);
                }
            } while (std::next_permutation(order, order + 3));
            // In their order, in other units and with every kind of mark.
            for (const double metres : {1.0, 1e-3, 1e-12, 1e6})
                for (const auto& values : marks) points_case(w, 2, {1, 2, 3}, planar, 4, 0, metres, values);
        }
    }
}

struct Arguments {
    const trd_exec* exec = nullptr;
    uint8_t* in = nullptr;
    uint8_t* out = nullptr;
    float* missing = nullptr;
    int64_t missing_count = 2, width = 20, height = 10, stride = 240;
    int32_t kind = 1, x = 1, y = 2, z = 3;
    double metres = 1e-3, fx = 100, fy = 100, cx = 10, cy = 5;
};

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

void bad_arguments() {
    const trd_exec device = cuda();
    Buffer in(exec, 3 * 240 * 10), out(exec, 12 * 20 * 10), missing(exec, std::vector<float>{-1, 0});
    using Call = trd_status (*)(const Arguments&);
    const Call colour = [](const Arguments& a) {
        return trd_convert_colour(a.exec, a.in, a.width, a.height, a.stride, a.kind, a.out);
    };
    const Call depth = [](const Arguments& a) {
        return trd_convert_depth(a.exec, a.in, a.kind, a.width, a.height, a.stride, static_cast<float>(a.metres), a.fx,
                                 a.fy, a.cx, a.cy, reinterpret_cast<float*>(a.out));
    };
    const Call points = [](const Arguments& a) {
        return trd_convert_points(a.exec, reinterpret_cast<const float*>(a.in), a.width, a.height, a.stride, a.x, a.y,
                                  a.z, a.kind, a.metres, a.missing, a.missing_count, reinterpret_cast<float*>(a.out));
    };
    Call call = colour;
    const auto refuse = [&](const char* what, trd_status status, auto change) {
        Arguments a;
        a.exec = &exec;
        a.in = in.device<uint8_t>();
        a.out = out.device<uint8_t>();
        a.missing = missing.device<float>();
        change(a);
        const std::string name = call == colour ? "colour, " : call == depth ? "depth, " : "points, ";
        expect_status(name + what, call(a), status);
    };
    const trd_status bad = TRD_ERROR_ARGUMENT;
    const double no_sizes[] = {0, -1, NAN, INFINITY};
    for (const Call each : {colour, depth, points}) {
        call = each;
        const int64_t row = each == colour ? 60 : 80;
        refuse("CUDA", TRD_ERROR_UNSUPPORTED, [&](Arguments& a) { a.exec = &device; });
        refuse("no exec", bad, [](Arguments& a) { a.exec = nullptr; });
        refuse("null in", bad, [](Arguments& a) { a.in = nullptr; });
        refuse("null out", bad, [](Arguments& a) { a.out = nullptr; });
        for (const int64_t side : {int64_t{0}, int64_t{-1}, (int64_t{1} << 20) + 1, kMost}) {
            refuse("width", bad, [=](Arguments& a) { a.width = side, a.stride = kMost; });
            refuse("height", bad, [=](Arguments& a) { a.height = side; });
        }
        refuse("too many pixels", bad, [](Arguments& a) { a.width = a.height = 1 << 16, a.stride = 12 << 16; });
        refuse("stride", bad, [=](Arguments& a) { a.stride = row - 1; });
        refuse("negative stride", bad, [](Arguments& a) { a.stride = -240; });
        refuse("huge stride", bad, [](Arguments& a) { a.stride = kMost / 4; });
        refuse("kind below", bad, [](Arguments& a) { a.kind = -1; });
        refuse("kind above", bad, [=](Arguments& a) { a.kind = each == colour ? 5 : 2; });
        refuse("in place", bad, [](Arguments& a) { a.in = a.out; });
        refuse("overlap", bad, [](Arguments& a) { a.in = a.out + 599; });
    }
    for (const Call each : {depth, points}) {
        call = each;
        refuse("misaligned out", bad, [](Arguments& a) { a.out += 2; });
        for (const double value : no_sizes) refuse("metres", bad, [=](Arguments& a) { a.metres = value; });
    }
    call = depth;
    for (const double value : no_sizes) {
        refuse("fx", bad, [=](Arguments& a) { a.fx = value; });
        refuse("fy", bad, [=](Arguments& a) { a.fy = value; });
    }
    for (const double value : {static_cast<double>(NAN), -static_cast<double>(INFINITY)}) {
        refuse("cx", bad, [=](Arguments& a) { a.cx = value; });
        refuse("cy", bad, [=](Arguments& a) { a.cy = value; });
    }
    call = points;
    for (const int32_t axis : {0, 4, -4, 1, -1, std::numeric_limits<int32_t>::min()}) {
        refuse("y", bad, [=](Arguments& a) { a.y = axis; });
        refuse("z", bad, [=](Arguments& a) { a.z = axis; });
        refuse("x", bad, [=](Arguments& a) { a.x = axis == 1 || axis == -1 ? 3 * axis : axis; });
    }
    refuse("overlap of the last plane", bad, [](Arguments& a) { a.out = a.in + 2 * 10 * 240; });
    refuse("huge stride of planes", bad, [](Arguments& a) { a.stride = kMost / 20; });
    refuse("interleaved rows", bad, [](Arguments& a) { a.kind = 0, a.stride = 239; });
    refuse("null missing", bad, [](Arguments& a) { a.missing = nullptr; });
    refuse("missing count", bad, [](Arguments& a) { a.missing_count = -1; });
    refuse("missing counts", bad, [](Arguments& a) { a.missing_count = (1 << 20) + 1; });
    refuse("misaligned missing", bad, [](Arguments& a) {
        a.missing = reinterpret_cast<float*>(reinterpret_cast<uintptr_t>(a.missing) + 1);
    });
    refuse("missing in out", bad, [](Arguments& a) { a.missing = reinterpret_cast<float*>(a.out) + 599; });
    check(out.untouched() && in.untouched(), "refused calls write nothing");
}

}  // namespace

int main() {
    for (int32_t layout = TRD_RGB8; layout <= TRD_BGRA8; ++layout)
        for (const int64_t w : kWidths)
            for (const int64_t h : {1, 2, 3})
                for (const int64_t padding : {0, 1, 7}) colour_case(layout, w, h, padding, (w + h + padding) % 4);
    depths();
    all_points();
    bad_arguments();
    return finish();
}
