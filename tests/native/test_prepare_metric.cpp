// trd_prepare_metric against its double reference: awkward sizes, gaps, noise, steps, planes far away and tilted,
// Gaussians wider than the image, clouds without a point, with points that are no measurement.
#include "prepare_test.hpp"
#include "preprocess/prepare_metric_reference.hpp"
#include "preprocess/prepare_rgb_reference.hpp"

using namespace trd_test;
using trd::reference::Metric;

namespace {

constexpr Metric kUsual{0.7, 1.5, 2 / 0.46e-3, 1e-3};

struct Points {
    int64_t width, height, stride;  // stride in floats
    std::vector<float> xyz, plane;
    float* at(int64_t x, int64_t y) { return &xyz[static_cast<size_t>(y * stride + 3 * x)]; }
};

// A tilted table at about 0.6 m, its plane, and a part with a 3 mm step and a dent on it; a share of the points missing.
Points part(int64_t w, int64_t h, int64_t padding, double missing, uint32_t seed) {
    Points p{w, h, 3 * w + padding, {}, {0.001f * static_cast<float>(w), 0.02f, 0.6f, 0.03f, -0.02f}};
    p.xyz.assign(static_cast<size_t>((h - 1) * p.stride + 3 * w), 7.5e5f);  // the padding would change everything
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> unit(0, 1);
    for (int64_t y = 0; y < h; ++y) {
        for (int64_t x = 0; x < w; ++x) {
            const double u = (x + 0.5) / static_cast<double>(w) - 0.5, v = (y + 0.5) / static_cast<double>(h) - 0.5;
            const double px = 0.0005 * static_cast<double>(x), py = 0.0005 * static_cast<double>(y);
            const bool inside = u * u + v * v < 0.1;
            const double bulge = inside ? 0.003 + 0.002 * u - 0.01 * u * v : 0;
            const double z =
                p.plane[2] + p.plane[3] * (px - p.plane[0]) + p.plane[4] * (py - p.plane[1]) - bulge;
            const bool gone = unit(random) < missing;
            float* q = p.at(x, y);
            q[0] = gone ? 0 : static_cast<float>(px);
            q[1] = gone ? 0 : static_cast<float>(py);
            q[2] = gone ? 0 : static_cast<float>(z + 0.0001 * unit(random));
        }
    }
    return p;
}

Workspace planned(const trd_exec& exec, const Metric& m, int64_t w, int64_t h, int64_t size) {
    return Workspace(exec, trd_prepare_metric_workspace_bytes(w, h, size),
                     [&](const trd_exec* on, void* to, int64_t n) {
                         return trd_prepare_metric_plan(on, w, h, size, m.smooth, m.slope_gain, m.relief,
                                                        m.relief_metres, m.ground_metres, to, n);
                     });
}

trd_status prepare(const trd_exec& exec, const Points& p, int32_t type, int64_t size, Buffer& out, Workspace& space) {
    Rows rows(exec, p.xyz.data(), p.height, 12 * p.width, 4 * p.stride, 4);
    Buffer plane(exec, p.plane, 4);
    const trd_status status =
        trd_prepare_metric(&exec, rows.device<float>(), p.width, p.height, 4 * p.stride, out.device(), type, size,
                           plane.device<float>(), space.data(), space.bytes);
    out.read();
    space.memory.read();
    check(out.guards_intact() && space.memory.guards_intact(), "guard zones of the result and the workspace");
    return status;
}

Buffer prepared(const std::string& what, const trd_exec& exec, const Metric& m, const Points& p, int64_t size,
                int32_t type = TRD_FLOAT32, int runs = 1) {
    Workspace space = planned(exec, m, p.width, p.height, size);
    Buffer out(exec, element_bytes(type) * 3 * size * size, element_bytes(type));
    for (int run = 0; run < runs; ++run)  // the later ones find what was left
        expect_status(what, prepare(exec, p, type, size, out, space), TRD_OK);
    return out;
}

std::vector<double> expected(const Metric& m, const Points& p, int64_t size) {
    std::vector<double> values = trd::reference::metric_image(
        trd::reference::heights(p.xyz.data(), p.width, p.height, p.stride, p.plane.data(), size), m);
    for (size_t i = 0; i < values.size(); ++i)
        values[i] = trd::reference::normalised(values[i], static_cast<int64_t>(i % 3));
    return values;
}

// Both backends against the reference; the same bits with three threads, in a used workspace, and on CUDA; 16-bit types
// rounded once.
void metric_case(const std::string& kind, const Points& p, int64_t size, const Metric& m = kUsual) {
    const std::string what = "metric " + kind + " " + std::to_string(p.width) + "x" + std::to_string(p.height) +
                             " to " + std::to_string(size);
    const std::vector<double> values = expected(m, p, size);
    // A height of about 10 mm is exact to 1e-9 m; the slope has the differences of eight, the relief of two.
    const double ground = m.ground_metres > 0 ? 1e-9 / m.ground_metres : 0;
    const double tolerance = (1e-9 * m.slope_gain + 2e-9 / m.relief_metres + ground) / 0.225 + 4e-6;
    Buffer by_cpu = prepared(what, cpu(), m, p, size);
    for (const trd_exec& exec : backends()) {
        const std::string where = name(exec) + " " + what;
        const bool host = exec.backend == TRD_BACKEND_CPU;
        Buffer out = prepared(where, exec, m, p, size, TRD_FLOAT32, 2);
        compare(where, out.host(), values.data(), out.bytes() / 4, tolerance);
        check(same_bits(by_cpu, out), where + ": the CPU's bits");
        if (host) {
            expect_status("threads", trd_set_threads(3), TRD_OK);
            Buffer again = prepared(where, exec, m, p, size);
            expect_status("threads", trd_set_threads(1), TRD_OK);
            check(same_bits(again, out), where + ": the same bits with three threads");
        }
        for (const int32_t type : types_of(exec)) {
            if (type == TRD_FLOAT32) continue;
            Buffer half = prepared(where, exec, m, p, size, type);
            check_rounded(where, type, out, half);
        }
    }
}

void no_measurements_are_missing_points(const trd_exec& exec) {
    const float bad[] = {NAN, INFINITY, -INFINITY, 1e30f, -3e38f, 1.1e6f};
    Points zeros = part(70, 45, 4, 0.02, 5), wrong = zeros;
    for (int64_t i = 0; i < 300; ++i) {
        const int64_t x = i * 37 % 70, y = i * 53 % 45;
        std::memset(zeros.at(x, y), 0, 12);
        wrong.at(x, y)[i % 3] = bad[i % 6];
    }
    Buffer a = prepared("zeros", exec, kUsual, zeros, 32), b = prepared("wrong", exec, kUsual, wrong, 32);
    check(same_bits(a, b), name(exec) + ": a point that is no measurement is a missing point");
}

// What is far away changes no pixel: nothing global is in its value.
void nothing_global(const trd_exec& exec) {
    const Points p = part(96, 96, 0, 0.01, 7);
    Points with_tower = p;
    for (int64_t y = 80; y < 90; ++y)
        for (int64_t x = 80; x < 90; ++x) with_tower.at(x, y)[2] -= 0.2f;
    Buffer a = prepared("part", exec, kUsual, p, 64), b = prepared("tower", exec, kUsual, with_tower, 64);
    // The tower begins at pixel 53; the relief's Gaussian reaches 5, the slope 4.
    bool same = true, changed = false;
    for (int64_t i = 0; i < 64 * 64 * 3; ++i) {
        const bool equal = a.host()[i] == b.host()[i];
        if (i / 3 % 64 < 48 || i / 3 / 64 < 48) same &= equal;
        changed |= !equal;
    }
    check(same && changed, name(exec) + ": a tall body changes its surroundings and nothing else");
}

// Missing points are neutral where nothing is near, and no holes: beside them the surface goes on.
void missing_is_neutral(const trd_exec& exec) {
    Points p = part(64, 64, 0, 0, 3);
    for (int64_t y = 0; y < 64; ++y) {
        for (int64_t x = 0; x < 64; ++x) {  // the plane itself, with a hole
            p.at(x, y)[2] = p.plane[2] + p.plane[3] * (p.at(x, y)[0] - p.plane[0]) +
                            p.plane[4] * (p.at(x, y)[1] - p.plane[1]) - 0.02f;
            if (x >= 20 && x < 40 && y >= 20 && y < 40) std::memset(p.at(x, y), 0, 12);
        }
    }
    Points nothing = p;
    std::fill(nothing.xyz.begin(), nothing.xyz.end(), 0.0f);
    std::vector<double> level(3 * 64 * 64, 0.5);
    for (size_t i = 0; i < level.size(); ++i)
        level[i] = trd::reference::normalised(level[i], static_cast<int64_t>(i % 3));
    for (Points* cloud : {&p, &nothing}) {
        Buffer out = prepared("level", exec, kUsual, *cloud, 64);
        compare(name(exec) + " level surface, with or without a hole", out.host(), level.data(), 3 * 64 * 64, 2e-3);
    }
}

// Whatever a damaged file holds, the image is finite.
void always_finite(const trd_exec& exec) {
    Points p = part(40, 30, 0, 0.1, 11);
    std::mt19937 random(1);
    for (float& v : p.xyz) {
        const uint32_t bits = static_cast<uint32_t>(random());
        std::memcpy(&v, &bits, 4);
    }
    p.plane = {-1e6f, 1e6f, 1e6f, 1e6f, -1e6f};
    for (const Metric& m : {Metric{0.7, 1.5, 1e9, 1e-9}, Metric{0.1, 170, 1e-9, 1e9}}) {
        Buffer out = prepared("anything", exec, m, p, 33);
        bool finite = true;
        for (int64_t i = 0; i < out.bytes() / 4; ++i) finite &= std::isfinite(out.host()[i]) && std::fabs(out.host()[i]) < 3;
        check(finite, name(exec) + ": any points give finite values");
    }
}

void bad_arguments(const trd_exec& exec) {
    const Points p = part(20, 20, 0, 0, 1);
    Buffer points(exec, p.xyz), out(exec, 4 * 3 * 64), plane(exec, p.plane);
    Workspace space = planned(exec, kUsual, 20, 20, 8);
    struct Arguments {
        const float* in;
        int64_t stride = 240;
        void* out;
        int32_t type = TRD_FLOAT32;
        int64_t size = 8;
        const float* plane;
        void* workspace;
        int64_t bytes;
    };
    const auto refuse = [&](const char* what, auto change, trd_status status = TRD_ERROR_ARGUMENT) {
        Arguments a{points.device<float>(), 240, out.device(), TRD_FLOAT32, 8, plane.device<float>(), space.data(),
                    space.bytes};
        change(a);
        expect_status(name(exec) + " " + what,
                      trd_prepare_metric(&exec, a.in, 20, 20, a.stride, a.out, a.type, a.size, a.plane, a.workspace,
                                         a.bytes),
                      status);
    };
    refuse("null points", [](Arguments& a) { a.in = nullptr; });
    refuse("misaligned points",
           [](Arguments& a) { a.in = reinterpret_cast<const float*>(reinterpret_cast<uintptr_t>(a.in) + 2); });
    refuse("stride", [](Arguments& a) { a.stride = 236; });
    refuse("uneven stride", [](Arguments& a) { a.stride = 242; });
    refuse("null out", [](Arguments& a) { a.out = nullptr; });
    refuse("type", [](Arguments& a) { a.type = 7; });
    refuse("size", [](Arguments& a) { a.size = 0; });
    refuse("null plane", [](Arguments& a) { a.plane = nullptr; });
    refuse("misaligned plane",
           [](Arguments& a) { a.plane = reinterpret_cast<const float*>(reinterpret_cast<uintptr_t>(a.plane) + 1); });
    refuse("plane in out", [](Arguments& a) { a.plane = static_cast<const float*>(a.out) + 3; });
    refuse("out in the points", [](Arguments& a) { a.out = const_cast<float*>(a.in) + 8; });
    refuse("null workspace", [](Arguments& a) { a.workspace = nullptr; });
    refuse("small workspace", [](Arguments& a) { --a.bytes; });
    if (exec.backend == TRD_BACKEND_CPU) {
        refuse(
            "float16 on the CPU", [](Arguments& a) { a.type = TRD_FLOAT16; }, TRD_ERROR_UNSUPPORTED);
        refuse("other size than planned", [](Arguments& a) { a.size = 7; });
    }
    out.read();
    check(out.untouched(), name(exec) + ": rejected calls write nothing");
}

void bad_plans() {
    const trd_exec exec = cpu(), device = cuda();
    check(trd_prepare_metric_workspace_bytes(0, 20, 8) == 0 && trd_prepare_metric_workspace_bytes(20, 20, 5000) == 0,
          "no workspace for impossible sizes");
    const int64_t bytes = trd_prepare_metric_workspace_bytes(20, 20, 8);
    Buffer space(exec, bytes);
    const auto refuse = [&](const char* what, const trd_exec& on, const Metric& m, int64_t available,
                            trd_status status = TRD_ERROR_ARGUMENT) {
        expect_status(what,
                      trd_prepare_metric_plan(&on, 20, 20, 8, m.smooth, m.slope_gain, m.relief, m.relief_metres,
                                              m.ground_metres, space.device(), available),
                      status);
    };
    refuse("no smoothing", exec, {0, 6, 1, 1}, bytes);
    refuse("relief finer than the surface", exec, {2, 1, 1, 1}, bytes);
    refuse("wide", exec, {1, 171, 1, 1}, bytes);
    refuse("not a number", exec, {1, NAN, 1, 1}, bytes);
    refuse("no slope", exec, {1, 2, 0, 1}, bytes);
    refuse("not a slope", exec, {1, 2, NAN, 1}, bytes);
    refuse("no relief", exec, {1, 2, 1, 0}, bytes);
    refuse("ground below the table", exec, {1, 2, 1, 1, -1e-3}, bytes);
    refuse("not a ground", exec, {1, 2, 1, 1, NAN}, bytes);
    refuse("small", exec, kUsual, bytes - 1);
    refuse("on CUDA", device, kUsual, bytes, TRD_ERROR_UNSUPPORTED);
    check(space.untouched(), "a refused plan writes nothing");
}

}  // namespace

int main() {
    expect_status("threads", trd_set_threads(1), TRD_OK);
    const int64_t sizes[][4] = {{64, 64, 0, 32}, {100, 37, 3, 32}, {33, 90, 9, 64},
                                {3, 3, 0, 3},    {129, 65, 1, 65}, {20, 20, 0, 71}, {1, 1, 0, 5}, {1, 7, 2, 1}};
    for (const auto& s : sizes)
        for (const double missing : {0.0, 0.03, 0.4, 0.9})
            metric_case("missing " + std::to_string(missing),
                        part(s[0], s[1], s[2], missing, static_cast<uint32_t>(s[0])), s[3]);
    metric_case("wide relief", part(150, 130, 0, 0.05, 2), 96, {0.7, 6, 4000, 1e-3});
    metric_case("wider than the image", part(40, 30, 0, 0.05, 2), 24, {1.3, 20, 4000, 5e-4});
    // The part is 3 to 7 mm high, its table 0.1 mm of noise.
    for (const double ground : {1e-4, 2e-3, 4e-3, 1.0})
        metric_case("ground " + std::to_string(ground), part(100, 90, 3, 0.05, 2), 48, {0.7, 3, 4000, 1e-3, ground});
    metric_case("coarse", part(90, 80, 0, 0.05, 2), 48, {2.8, 5.6, 1000, 2e-3});
    metric_case("many points to a pixel", part(1300, 24, 1, 0.3, 4), 4);
    metric_case("more columns than a block has", part(1400, 40, 0, 0.02, 4), 1100, {0.3, 0.4, 2000, 1e-3});
    for (const trd_exec& exec : backends()) {
        no_measurements_are_missing_points(exec);
        nothing_global(exec);
        missing_is_neutral(exec);
        always_finite(exec);
        bad_arguments(exec);
    }
    bad_plans();
    return finish();
}
