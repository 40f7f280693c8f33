// trd_prepare_depth and trd_prepare_normals against their double references: gaps, noise, awkward sizes and apertures,
// clouds without plane, without foreground, with points that are no measurement.
#include "prepare_test.hpp"
#include "preprocess/prepare_depth_reference.hpp"

using namespace trd_test;

namespace {

struct Points {
    int64_t width, height, stride;  // stride in floats
    std::vector<float> xyz;
    float* at(int64_t x, int64_t y) { return &xyz[static_cast<size_t>(y * stride + 3 * x)]; }
};

// A tilted plane at about 0.6 m with a curved part 30 mm above it, 1 mm between the points; a share of the points
// missing.
Points part(int64_t w, int64_t h, int64_t padding, double missing, uint32_t seed) {
    Points p{w, h, 3 * w + padding, {}};
    p.xyz.assign(static_cast<size_t>((h - 1) * p.stride + 3 * w), 7.5e5f);  // the padding would change everything
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> unit(0, 1);
    for (int64_t y = 0; y < h; ++y) {
        for (int64_t x = 0; x < w; ++x) {
            const double u = (x + 0.5) / static_cast<double>(w) - 0.5, v = (y + 0.5) / static_cast<double>(h) - 0.5;
            const bool inside = u * u + v * v < 0.1 || (u > 0.2 && std::fabs(v) < 0.1);
            const double z = 0.6 + 0.02 * u - 0.01 * v - (inside ? 0.03 - 0.05 * u * u + 0.02 * v * u : 0);
            const bool gone = unit(random) < missing;
            float* q = p.at(x, y);
            q[0] = gone ? 0 : static_cast<float>(0.001 * static_cast<double>(x));
            q[1] = gone ? 0 : static_cast<float>(0.001 * static_cast<double>(y));
            q[2] = gone ? 0 : static_cast<float>(z + 0.0002 * unit(random));
        }
    }
    return p;
}

// The op under test; a kernel of 0 means the depth image.
struct Op {
    int64_t size;
    int kernel = 0;
    int64_t pixels(const Points& p) const { return kernel == 0 ? size * size : p.width * p.height; }  // of the mask
};

// Tables and scratch for clouds of one size on one backend.
Workspace planned(const trd_exec& exec, const Op& op, int64_t w, int64_t h) {
    if (op.kernel == 0)
        return Workspace(
            exec, trd_prepare_depth_workspace_bytes(w, h, op.size),
            [&](const trd_exec* on, void* to, int64_t n) { return trd_prepare_depth_plan(on, w, h, op.size, to, n); });
    return Workspace(exec, trd_prepare_normals_workspace_bytes(w, h, op.size, op.kernel),
                     [&](const trd_exec* on, void* to, int64_t n) {
                         return trd_prepare_normals_plan(on, w, h, op.size, op.kernel, to, n);
                     });
}

// Queued, on CUDA: the fault, once it is known, stands for the status.
trd_status prepare(const trd_exec& exec, const Op& op, const Points& p, int32_t type, Buffer& out, Buffer* mask,
                   Workspace& space) {
    Rows rows(exec, p.xyz.data(), p.height, 12 * p.width, 4 * p.stride, 4);
    Fault fault(exec);
    auto* to = mask == nullptr ? nullptr : mask->device<uint8_t>();
    const trd_status status =
        op.kernel == 0 ? trd_prepare_depth(&exec, rows.device<float>(), p.width, p.height, 4 * p.stride, out.device(),
                                           type, op.size, to, space.data(), space.bytes, fault.address())
                       : trd_prepare_normals(&exec, rows.device<float>(), p.width, p.height, 4 * p.stride, out.device(),
                                             type, op.size, op.kernel, to, space.data(), space.bytes, fault.address());
    out.read();
    space.memory.read();
    check(out.guards_intact() && space.memory.guards_intact(), "guard zones of the result and the workspace");
    if (mask != nullptr) {
        mask->read();
        check(mask->guards_intact(), "guard zones of the mask");
    }
    const int32_t known = fault.value();
    if (exec.backend == TRD_BACKEND_CPU || status != TRD_OK) {
        check(known == Fault::kNothing, "the fault is written by the device only");
        return status;
    }
    check(known == TRD_OK || known == TRD_ERROR_INPUT, "the fault is a status");
    return known;
}

trd_status prepare(const trd_exec& exec, const Op& op, const Points& p, int32_t type, Buffer& out,
                   Buffer* mask = nullptr, int runs = 1) {
    Workspace space = planned(exec, op, p.width, p.height);
    trd_status status = TRD_OK;
    for (int run = 0; run < runs; ++run)
        status = prepare(exec, op, p, type, out, mask, space);  // the later ones find what was left
    return status;
}

Buffer result(const trd_exec& exec, const Op& op) { return Buffer(exec, 4 * 3 * op.size * op.size); }

std::vector<double> normalised(const std::vector<double>& values) {
    std::vector<double> out = values;
    for (size_t i = 0; i < out.size(); ++i) out[i] = trd::reference::normalised(out[i], static_cast<int64_t>(i % 3));
    return out;
}

std::string sizes(const std::string& kind, const Points& p, int64_t size) {
    return kind + " " + std::to_string(p.width) + "x" + std::to_string(p.height) + " to " + std::to_string(size);
}

// Both backends against the expected values and mask; the same bits with three threads, without a mask, and on CUDA;
// 16-bit types rounded once.
void all_ways(const std::string& kind, const Op& op, const Points& p, const std::vector<double>& expected,
              const std::vector<uint8_t>& expected_mask, double tolerance) {
    Buffer by_cpu = result(cpu(), op);
    expect_status(kind, prepare(cpu(), op, p, TRD_FLOAT32, by_cpu), TRD_OK);
    for (const trd_exec& exec : backends()) {
        const std::string what = name(exec) + " " + kind;
        const bool host = exec.backend == TRD_BACKEND_CPU;
        Buffer out = result(exec, op), again = result(exec, op), mask(exec, op.pixels(p));
        expect_status(what, prepare(exec, op, p, TRD_FLOAT32, out, &mask, host ? 2 : 1), TRD_OK);
        check(std::memcmp(mask.host(), expected_mask.data(), expected_mask.size()) == 0, what + ": mask");
        compare(what, out.host(), expected.data(), out.bytes() / 4, tolerance);
        if (host) {
            expect_status("threads", trd_set_threads(3), TRD_OK);
            expect_status(what, prepare(exec, op, p, TRD_FLOAT32, again), TRD_OK);
            expect_status("threads", trd_set_threads(1), TRD_OK);
            check(same_bits(out, again), what + ": the same bits with three threads");
        }
        check(same_bits(by_cpu, out), what + ": the CPU's bits without a mask");
        for (const int32_t type : types_of(exec)) {
            if (type == TRD_FLOAT32) continue;
            Buffer half(exec, out.bytes() / 2, 2);
            expect_status(what, prepare(exec, op, p, type, half), TRD_OK);
            check_rounded(what, type, out, half);
        }
    }
}

void depth_case(const std::string& kind, const Points& p, int64_t size) {
    const auto expected = trd::reference::depth_image(
        trd::reference::nearest(trd::reference::clean(p.xyz.data(), p.width, p.height, p.stride), size), 0.1, 0.9);
    std::vector<double> values;
    for (const double z : expected.z) values.insert(values.end(), 3, z);
    // z - min is exact to a unit of z's last place, which the part's 30 mm at 0.6 m enlarge by 20; divided by 0.225.
    all_ways("depth " + sizes(kind, p, size), {size}, p, normalised(values), expected.mask,
             20 * 4 * 6e-8 / 0.225 + 2e-6);
}

void normals_case(const std::string& kind, const Points& p, int64_t size, int kernel, double tolerance = 0) {
    const auto expected =
        trd::reference::depth_image(trd::reference::clean(p.xyz.data(), p.width, p.height, p.stride), 0, 1);
    const auto values = normalised(trd::reference::normals(expected, p.width, p.height, kernel, size));
    // A derivative adds up to 2^(k-1) * 2^(k-1) values of [0, 1], each rounded to about 2^-23 (scaling, two passes);
    // half of that reaches the normal, divided by 0.225.
    const double derived = std::ldexp(1.0, 2 * kernel - 2 - 24) / 0.225 + 4e-6;
    all_ways("normals " + sizes(kind, p, size) + " k=" + std::to_string(kernel), {size, kernel}, p, values,
             expected.mask, tolerance > 0 ? tolerance : derived);
}

// All corners missing: no plane, everything is foreground. A ramp, so that no derivative is near 0 and wide apertures,
// whose sums reach 2^60, have a direction that rounding cannot turn.
Points ramp(int64_t w, int64_t h) {
    Points p = part(w, h, 0, 0, 1);
    for (int64_t y = 0; y < h; ++y)
        for (int64_t x = 0; x < w; ++x)
            p.at(x, y)[2] = static_cast<float>(0.5 + 0.001 * static_cast<double>(x) + 0.0007 * static_cast<double>(y));
    for (const int64_t left : {int64_t{0}, w - 3})
        for (const int64_t top : {int64_t{0}, h - 3})
            for (int64_t i = 0; i < 9; ++i) std::memset(p.at(left + i % 3, top + i / 3), 0, 12);
    return p;
}

void no_measurements_are_missing_points(const trd_exec& exec) {
    const float bad[] = {NAN, INFINITY, -INFINITY, 1e30f, -3e38f, 1.1e6f};
    Points zeros = part(70, 45, 4, 0.02, 5), wrong = zeros;
    for (int64_t i = 0; i < 300; ++i) {
        const int64_t x = i * 37 % 70, y = i * 53 % 45;
        std::memset(zeros.at(x, y), 0, 12);
        wrong.at(x, y)[i % 3] = bad[i % 6];
    }
    for (const Op& op : {Op{32}, Op{32, 5}}) {
        Buffer a = result(exec, op), b = result(exec, op);
        expect_status("zeros", prepare(exec, op, zeros, TRD_FLOAT32, a), TRD_OK);
        expect_status("wrong", prepare(exec, op, wrong, TRD_FLOAT32, b), TRD_OK);
        check(same_bits(a, b), name(exec) + ": a point that is no measurement is a missing point");
    }
}

void one_depth() {
    Points p = part(40, 40, 0, 0, 9);
    for (int64_t y = 0; y < 40; ++y)
        for (int64_t x = 0; x < 40; ++x) p.at(x, y)[2] = x > 10 && x < 30 && y > 10 && y < 30 ? 0.5f : 0.6f;
    const double expected = (0.1 - 0.485) / 0.229;
    for (const trd_exec& exec : backends()) {
        Buffer out = result(exec, {40});
        expect_status("one depth", prepare(exec, {40}, p, TRD_FLOAT32, out), TRD_OK);
        compare(name(exec) + " one depth is the low end", out.host() + 3 * (20 * 40 + 20), &expected, 1, 1e-6);
    }
    depth_case("one depth", p, 40);
    normals_case("one depth", p, 20, 5);
}

// The part fills the frame: its own corners are the plane, so that it is what bulges out of that, up to the image's
// edges.
void part_fills_the_frame() {
    Points p = part(61, 50, 2, 0.05, 3);
    for (int64_t y = 0; y < 50; ++y)
        for (int64_t x = 0; x < 61; ++x)
            if (p.at(x, y)[2] != 0)
                p.at(x, y)[2] =
                    static_cast<float>(0.5 + 0.0004 * static_cast<double>(x - 30) * static_cast<double>(x - 30) / 30 +
                                       0.0006 * static_cast<double>(y - 25) * static_cast<double>(y - 25) / 25);
    depth_case("fills the frame", p, 45);
    for (const int kernel : {3, 5}) normals_case("fills the frame", p, 30, kernel);
}

// A cloud without foreground, then one with, then one without again, in the same workspace: nothing sticks.
void unusable_parts(const trd_exec& exec) {
    const bool host = exec.backend == TRD_BACKEND_CPU;
    Points good = part(24, 20, 0, 0, 1), flat = good, nothing = good, no_numbers = good;
    for (int64_t y = 0; y < 20; ++y)
        for (int64_t x = 0; x < 24; ++x) flat.at(x, y)[2] = 0.6f;
    std::fill(nothing.xyz.begin(), nothing.xyz.end(), 0.0f);
    std::fill(no_numbers.xyz.begin(), no_numbers.xyz.end(), NAN);
    for (const Op& op : {Op{16}, Op{16, 3}}) {
        for (const int32_t type : types_of(exec)) {
            Workspace space = planned(exec, op, 24, 20);
            const int64_t bytes = 3 * 16 * 16 * element_bytes(type);
            Buffer expected(exec, bytes);
            expect_status("a part", prepare(exec, op, good, type, expected), TRD_OK);
            for (Points* p : {&flat, &nothing, &no_numbers}) {
                Buffer out(exec, bytes), after(exec, bytes);
                expect_status("no foreground", prepare(exec, op, *p, type, out, nullptr, space), TRD_ERROR_INPUT);
                if (host) check(std::strstr(trd_last_error(), "has no foreground") != nullptr, "the text says why");
                check(host ? out.untouched() : all_zero(out), name(exec) + ": the result of an unusable part");
                expect_status("a part after it", prepare(exec, op, good, type, after, nullptr, space), TRD_OK);
                check(same_bits(after, expected), name(exec) + ": a fault changes nothing for the next part");
            }
        }
    }
    const Points tiny = part(5, 2, 0, 0, 1), narrow = part(2, 5, 0, 0, 1);
    Buffer out = result(exec, {16});
    expect_status("2 rows", prepare(exec, {16, 3}, tiny, TRD_FLOAT32, out), TRD_ERROR_INPUT);
    check(std::strcmp(trd_last_error(), "has only 5x2 points; at least 3x3 are needed") == 0, trd_last_error());
    expect_status("2 columns", prepare(exec, {16, 3}, narrow, TRD_FLOAT32, out), TRD_ERROR_INPUT);
    expect_status("size 2", prepare(exec, {2}, flat, TRD_FLOAT32, out), TRD_ERROR_INPUT);
    check(out.untouched(), "sizes that cannot be used are refused before anything is written");
    // The image may have fewer points than pixels, even a single one.
    const Points one{1, 1, 3, {0.1f, 0.2f, 0.5f}};
    Buffer single = result(exec, {5});
    expect_status("one point", prepare(exec, {5}, one, TRD_FLOAT32, single), TRD_OK);
    const std::vector<double> low(75, 0.1);
    compare(name(exec) + " one point", single.host(), normalised(low).data(), 75, 1e-6);
}

void bad_arguments(const trd_exec& exec) {
    const bool host = exec.backend == TRD_BACKEND_CPU;
    const Op op{8, 5};
    const Points p = part(20, 20, 0, 0, 1);
    Buffer points(exec, p.xyz), out = result(exec, op), mask(exec, 400);
    Workspace space = planned(exec, op, 20, 20);
    Fault fault(exec);
    struct Arguments {
        const float* in;
        int64_t stride = 240;
        void* out;
        int32_t type = TRD_FLOAT32;
        int64_t size = 8;
        int32_t kernel = 5;
        uint8_t* mask;
        void* workspace;
        int64_t bytes;
        int32_t* fault;
    };
    const auto with = [&](auto change) {
        Arguments a{points.device<float>(), 240,          out.device(), TRD_FLOAT32,    8, 5,
                    mask.device<uint8_t>(), space.data(), space.bytes,  fault.address()};
        change(a);
        return a;
    };
    const auto refuse = [&](const char* what, auto change, trd_status status = TRD_ERROR_ARGUMENT) {
        const Arguments a = with(change);
        expect_status(name(exec) + " " + what,
                      trd_prepare_normals(&exec, a.in, 20, 20, a.stride, a.out, a.type, a.size, a.kernel, a.mask,
                                          a.workspace, a.bytes, a.fault),
                      status);
    };
    refuse("null points", [](Arguments& a) { a.in = nullptr; });
    refuse("misaligned points",
           [](Arguments& a) { a.in = reinterpret_cast<const float*>(reinterpret_cast<uintptr_t>(a.in) + 2); });
    refuse("stride", [](Arguments& a) { a.stride = 236; });
    refuse("odd stride", [](Arguments& a) { a.stride = 242; });
    refuse("huge stride", [](Arguments& a) { a.stride = int64_t{1} << 61; });
    refuse("null out", [](Arguments& a) { a.out = nullptr; });
    refuse("misaligned out", [](Arguments& a) { a.out = static_cast<uint8_t*>(a.out) + 2; });
    refuse("type", [](Arguments& a) { a.type = 9; });
    refuse("size 0", [](Arguments& a) { a.size = 0; });
    refuse("size 4097", [](Arguments& a) { a.size = 4097; });
    for (const int32_t kernel : {-1, 0, 4, 33}) refuse("kernel", [=](Arguments& a) { a.kernel = kernel; });
    refuse("mask is out", [](Arguments& a) { a.mask = static_cast<uint8_t*>(a.out); });
    refuse("mask is the points", [](Arguments& a) { a.mask = reinterpret_cast<uint8_t*>(const_cast<float*>(a.in)); });
    refuse("mask in the workspace", [](Arguments& a) { a.mask = static_cast<uint8_t*>(a.workspace) + a.bytes - 1; });
    refuse("null workspace", [](Arguments& a) { a.workspace = nullptr; });
    refuse("small workspace", [](Arguments& a) { a.bytes -= 64; });
    refuse("misaligned workspace", [](Arguments& a) { a.workspace = static_cast<uint8_t*>(a.workspace) + 32; });
    refuse("fault is out", [](Arguments& a) { a.fault = static_cast<int32_t*>(a.out); });
    refuse("fault in the workspace", [](Arguments& a) { a.fault = static_cast<int32_t*>(a.workspace) + 16; });
    refuse("misaligned fault",
           [](Arguments& a) { a.fault = reinterpret_cast<int32_t*>(reinterpret_cast<uintptr_t>(a.fault) + 1); });
    if (host) {
        refuse(
            "float16 on the CPU", [](Arguments& a) { a.type = TRD_FLOAT16; }, TRD_ERROR_UNSUPPORTED);
        refuse("other kernel than planned", [](Arguments& a) { a.kernel = 3; });
    } else {
        refuse("null fault", [](Arguments& a) { a.fault = nullptr; });
        Workspace small = planned(exec, {16}, 20, 20);
        Buffer image = result(exec, {16});
        expect_status("null fault, depth",
                      trd_prepare_depth(&exec, points.device<float>(), 20, 20, 240, image.device(), 0, 16, nullptr,
                                        small.data(), small.bytes, nullptr),
                      TRD_ERROR_ARGUMENT);
        check(image.untouched(), "rejected calls write nothing");
    }
    out.read();
    mask.read();
    check(out.untouched() && mask.untouched() && fault.value() == Fault::kNothing,
          name(exec) + ": rejected calls write nothing");
}

void bad_sizes() {
    const trd_exec exec = cpu(), device = cuda();
    check(trd_prepare_normals_workspace_bytes(20, 20, 8, 4) == 0 &&
              trd_prepare_normals_workspace_bytes(20, 20, 8, 33) == 0 &&
              trd_prepare_normals_workspace_bytes(20, 20, 8, -1) == 0 &&
              trd_prepare_normals_workspace_bytes(20, 20, 0, 5) == 0 &&
              trd_prepare_depth_workspace_bytes(20, 20, 5000) == 0,
          "no workspace for impossible sizes");
    const int64_t bytes = trd_prepare_normals_workspace_bytes(20, 20, 8, 5);
    Buffer space(exec, bytes);
    expect_status("plan even", trd_prepare_normals_plan(&exec, 20, 20, 8, 6, space.device(), bytes),
                  TRD_ERROR_ARGUMENT);
    expect_status("plan small", trd_prepare_normals_plan(&exec, 20, 20, 8, 5, space.device(), bytes - 1),
                  TRD_ERROR_ARGUMENT);
    expect_status("plan on CUDA", trd_prepare_normals_plan(&device, 20, 20, 8, 5, space.device(), bytes),
                  TRD_ERROR_UNSUPPORTED);
    expect_status("plan on CUDA", trd_prepare_depth_plan(&device, 20, 20, 8, space.device(), bytes),
                  TRD_ERROR_UNSUPPORTED);
    check(space.untouched(), "a refused plan writes nothing");
    // Sizes that no product of two of them survives; nothing may be computed from them before they are refused.
    Buffer points(exec, 48), out(exec, 48), mask(exec, 48);
    const int64_t huge = int64_t{1} << 62;
    expect_status("huge cloud",
                  trd_prepare_normals(&exec, points.device<float>(), huge, huge, huge, out.device(), 0, 8, 5,
                                      mask.device<uint8_t>(), space.device(), bytes, nullptr),
                  TRD_ERROR_ARGUMENT);
    expect_status("huge size",
                  trd_prepare_depth(&exec, points.device<float>(), 20, 20, 240, out.device(), 0, huge,
                                    mask.device<uint8_t>(), space.device(), bytes, nullptr),
                  TRD_ERROR_ARGUMENT);
    check(out.untouched() && mask.untouched(), "a refused call writes nothing");
}

}  // namespace

int main() {
    expect_status("threads", trd_set_threads(1), TRD_OK);
    const int64_t sizes[][4] = {{64, 64, 0, 32}, {100, 37, 3, 32}, {33, 90, 9, 64},
                                {3, 3, 0, 3},    {129, 65, 1, 65}, {20, 20, 0, 71}};
    for (const auto& s : sizes) {
        for (const double missing : {0.0, 0.03, 0.4}) {
            const Points p = part(s[0], s[1], s[2], missing, static_cast<uint32_t>(s[0]));
            if (s[0] > 3) depth_case("missing " + std::to_string(missing), p, s[3]);
            if (s[0] > 3)
                for (const int kernel : {1, 3, 5, 7})
                    normals_case("missing " + std::to_string(missing), p, s[3], kernel);
        }
    }
    normals_case("wide", part(1100, 40, 0, 0.01, 2), 16, 3);  // a tile for each few outputs
    normals_case("tall", part(30, 300, 0, 0.01, 2), 96, 5);
    // On CUDA, from 2^17 pixels on a block takes more rows; with more than 1024 tiles, more than one tile.
    depth_case("large", part(300, 200, 5, 0.03, 4), 370);
    normals_case("large", part(400, 330, 1, 0.03, 4), 24, 5);
    normals_case("many tiles", part(53300, 3, 2, 0.03, 4), 4, 1);
    const Points slope = ramp(160, 130);
    depth_case("no plane", ramp(48, 48), 48);
    for (const int kernel : {3, 9, 15, 31}) normals_case("no plane", slope, 40, kernel, 1e-4);
    for (const int kernel : {7, 31}) normals_case("aperture wider than the cloud", ramp(9, 8), 3, kernel, 1e-4);
    one_depth();
    part_fills_the_frame();
    for (const trd_exec& exec : backends()) {
        no_measurements_are_missing_points(exec);
        unusable_parts(exec);
        bad_arguments(exec);
    }
    bad_sizes();
    return finish();
}
