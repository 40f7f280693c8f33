// trd_prepare_depth and trd_prepare_normals against their double references: gaps, noise, awkward sizes and apertures, clouds
// without plane, without foreground, with points that are no measurement.
#include "prepare_test.hpp"
#include "preprocess/prepare_depth_reference.hpp"

using namespace trd_test;

namespace {

struct Points {
    int64_t width, height, stride;  // stride in floats
    std::vector<float> xyz;
    float* at(int64_t x, int64_t y) { return &xyz[static_cast<size_t>(y * stride + 3 * x)]; }
};

// A tilted plane at about 0.6 m with a curved part 30 mm above it, 1 mm between the points; a share of the points missing.
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

trd_status depth(const Points& p, int64_t size, int32_t type, Guarded& out, std::vector<uint8_t>* mask) {
    const trd_exec exec = cpu();
    Workspace space(trd_prepare_depth_workspace_bytes(p.width, p.height, size));
    expect_status("plan", trd_prepare_depth_plan(&exec, p.width, p.height, size, space.data(), space.bytes), TRD_OK);
    trd_status status = TRD_OK;
    for (int run = 0; run < 2; ++run)
        status = trd_prepare_depth(&exec, p.xyz.data(), p.width, p.height, 4 * p.stride, out.data(), type, size,
                                   mask == nullptr ? nullptr : mask->data(), space.data(), space.bytes, nullptr);
    check(space.memory.guards_intact(), "guard zones of the workspace");
    return status;
}

trd_status normals(const Points& p, int64_t size, int kernel, int32_t type, Guarded& out, std::vector<uint8_t>* mask) {
    const trd_exec exec = cpu();
    Workspace space(trd_prepare_normals_workspace_bytes(p.width, p.height, size, kernel));
    expect_status("plan", trd_prepare_normals_plan(&exec, p.width, p.height, size, kernel, space.data(), space.bytes), TRD_OK);
    trd_status status = TRD_OK;
    for (int run = 0; run < 2; ++run)
        status = trd_prepare_normals(&exec, p.xyz.data(), p.width, p.height, 4 * p.stride, out.data(), type, size, kernel,
                                     mask == nullptr ? nullptr : mask->data(), space.data(), space.bytes, nullptr);
    check(space.memory.guards_intact(), "guard zones of the workspace");
    return status;
}

std::vector<double> normalised(const std::vector<double>& values) {
    std::vector<double> out = values;
    for (size_t i = 0; i < out.size(); ++i) out[i] = trd::reference::normalised(out[i], static_cast<int64_t>(i % 3));
    return out;
}

// The same bits with three threads, and in bfloat16 the nearest values.
template <class Prepare>
void other_ways(const std::string& what, Guarded& out, Prepare&& prepare) {
    Guarded again(out.count()), half((out.count() + 1) / 2);
    expect_status("threads", trd_set_threads(3), TRD_OK);
    prepare(TRD_FLOAT32, again);
    expect_status("threads", trd_set_threads(1), TRD_OK);
    check(same_bits(out, again), what + ": the same bits with three threads, with and without a mask");
    prepare(TRD_BFLOAT16, half);
    check_bfloat16(what, out, half);
    check(out.guards_intact() && again.guards_intact(), what + ": guard zones");
}

std::string sizes(const std::string& name, const Points& p, int64_t size) {
    return name + " " + std::to_string(p.width) + "x" + std::to_string(p.height) + " to " + std::to_string(size);
}

void depth_case(const std::string& name, const Points& p, int64_t size) {
    const std::string what = "depth " + sizes(name, p, size);
    const auto expected = trd::reference::depth_image(
        trd::reference::nearest(trd::reference::clean(p.xyz.data(), p.width, p.height, p.stride), size), 0.1, 0.9);
    std::vector<double> values;
    for (const double z : expected.z) values.insert(values.end(), 3, z);
    values = normalised(values);
    Guarded out(3 * size * size);
    std::vector<uint8_t> mask(static_cast<size_t>(size * size));
    expect_status(what, depth(p, size, TRD_FLOAT32, out, &mask), TRD_OK);
    check(mask == expected.mask, what + ": mask");
    // z - min is exact to a unit of z's last place, which the part's 30 mm at 0.6 m enlarge by 20; divided by 0.225.
    compare(what, out.data(), values.data(), out.count(), 20 * 4 * 6e-8 / 0.225 + 2e-6);
    other_ways(what, out, [&](int32_t type, Guarded& to) { expect_status(what, depth(p, size, type, to, nullptr), TRD_OK); });
}

void normals_case(const std::string& name, const Points& p, int64_t size, int kernel, double tolerance = 0) {
    const std::string what = "normals " + sizes(name, p, size) + " k=" + std::to_string(kernel);
    const auto expected = trd::reference::depth_image(trd::reference::clean(p.xyz.data(), p.width, p.height, p.stride), 0, 1);
    const auto values = normalised(trd::reference::normals(expected, p.width, p.height, kernel, size));
    Guarded out(3 * size * size);
    std::vector<uint8_t> mask(static_cast<size_t>(p.width * p.height));
    expect_status(what, normals(p, size, kernel, TRD_FLOAT32, out, &mask), TRD_OK);
    check(mask == expected.mask, what + ": mask");
    // A derivative adds up to 2^(k-1) * 2^(k-1) values of [0, 1], each rounded to about 2^-23 (scaling, two passes); half of
    // that reaches the normal, divided by 0.225.
    const double derived = std::ldexp(1.0, 2 * kernel - 2 - 24) / 0.225 + 4e-6;
    compare(what, out.data(), values.data(), out.count(), tolerance > 0 ? tolerance : derived);
    other_ways(what, out, [&](int32_t type, Guarded& to) {
        expect_status(what, normals(p, size, kernel, type, to, nullptr), TRD_OK);
    });
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

void no_measurements_are_missing_points() {
    const float bad[] = {NAN, INFINITY, -INFINITY, 1e30f, -3e38f, 1.1e6f};
    Points zeros = part(70, 45, 4, 0.02, 5), wrong = zeros;
    for (int64_t i = 0; i < 300; ++i) {
        const int64_t x = i * 37 % 70, y = i * 53 % 45;
        std::memset(zeros.at(x, y), 0, 12);
        wrong.at(x, y)[i % 3] = bad[i % 6];
    }
    Guarded a(3 * 32 * 32), b(3 * 32 * 32);
    expect_status("zeros", depth(zeros, 32, TRD_FLOAT32, a, nullptr), TRD_OK);
    expect_status("wrong", depth(wrong, 32, TRD_FLOAT32, b, nullptr), TRD_OK);
    check(same_bits(a, b), "depth: a point that is no measurement is a missing point");
    expect_status("zeros", normals(zeros, 32, 5, TRD_FLOAT32, a, nullptr), TRD_OK);
    expect_status("wrong", normals(wrong, 32, 5, TRD_FLOAT32, b, nullptr), TRD_OK);
    check(same_bits(a, b), "normals: a point that is no measurement is a missing point");
}

void one_depth() {
    Points p = part(40, 40, 0, 0, 9);
    for (int64_t y = 0; y < 40; ++y)
        for (int64_t x = 0; x < 40; ++x) p.at(x, y)[2] = x > 10 && x < 30 && y > 10 && y < 30 ? 0.5f : 0.6f;
    Guarded out(3 * 40 * 40);
    expect_status("one depth", depth(p, 40, TRD_FLOAT32, out, nullptr), TRD_OK);
    const double expected = (0.1 - 0.485) / 0.229;
    compare("one depth is the low end", out.data() + 3 * (20 * 40 + 20), &expected, 1, 1e-6);
    depth_case("one depth", p, 40);
    normals_case("one depth", p, 20, 5);
}

void unusable_parts() {
    Points flat = part(24, 20, 0, 0, 1), nothing = flat, tiny = part(5, 2, 0, 0, 1);
    for (int64_t y = 0; y < 20; ++y)
        for (int64_t x = 0; x < 24; ++x) flat.at(x, y)[2] = 0.6f;
    std::fill(nothing.xyz.begin(), nothing.xyz.end(), 0.0f);
    Guarded out(3 * 16 * 16);
    for (Points* p : {&flat, &nothing}) {
        expect_status("no foreground", depth(*p, 16, TRD_FLOAT32, out, nullptr), TRD_ERROR_INPUT);
        check(std::strstr(trd_last_error(), "has no valid point more than 5 mm off") != nullptr, "the text says why");
        expect_status("no foreground", normals(*p, 16, 3, TRD_FLOAT32, out, nullptr), TRD_ERROR_INPUT);
    }
    expect_status("2 rows", normals(tiny, 16, 3, TRD_FLOAT32, out, nullptr), TRD_ERROR_INPUT);
    check(std::strcmp(trd_last_error(), "has only 5x2 points; at least 3x3 are needed") == 0, trd_last_error());
    expect_status("size 2", depth(flat, 2, TRD_FLOAT32, out, nullptr), TRD_ERROR_INPUT);
    check(out.untouched(), "an unusable part writes nothing");
}

void bad_arguments() {
    const trd_exec exec = cpu();
    Points p = part(20, 20, 0, 0, 1);
    Guarded out(3 * 8 * 8);
    std::vector<uint8_t> mask(400, 7);
    Workspace space(trd_prepare_normals_workspace_bytes(20, 20, 8, 5));
    check(trd_prepare_normals_workspace_bytes(20, 20, 8, 4) == 0 && trd_prepare_normals_workspace_bytes(20, 20, 8, 33) == 0 &&
              trd_prepare_normals_workspace_bytes(20, 20, 8, -1) == 0 && trd_prepare_normals_workspace_bytes(20, 20, 0, 5) == 0 &&
              trd_prepare_depth_workspace_bytes(20, 20, 5000) == 0,
          "no workspace for impossible sizes");
    expect_status("plan", trd_prepare_normals_plan(&exec, 20, 20, 8, 5, space.data(), space.bytes), TRD_OK);
    expect_status("plan even", trd_prepare_normals_plan(&exec, 20, 20, 8, 6, space.data(), space.bytes), TRD_ERROR_ARGUMENT);
    const auto call = [&](const float* in, int64_t stride, void* to, int32_t type, int32_t kernel, uint8_t* m, int64_t bytes) {
        return trd_prepare_normals(&exec, in, 20, 20, stride, to, type, 8, kernel, m, space.data(), bytes, nullptr);
    };
    const float* in = p.xyz.data();
    const auto* misaligned = reinterpret_cast<const float*>(reinterpret_cast<const uint8_t*>(in) + 2);
    uint8_t* m = mask.data();
    expect_status("other kernel", call(in, 240, out.data(), 0, 3, m, space.bytes), TRD_ERROR_ARGUMENT);
    expect_status("stride", call(in, 236, out.data(), 0, 5, m, space.bytes), TRD_ERROR_ARGUMENT);
    expect_status("odd stride", call(in, 242, out.data(), 0, 5, m, space.bytes), TRD_ERROR_ARGUMENT);
    expect_status("misaligned points", call(misaligned, 240, out.data(), 0, 5, m, space.bytes), TRD_ERROR_ARGUMENT);
    expect_status("null points", call(nullptr, 240, out.data(), 0, 5, m, space.bytes), TRD_ERROR_ARGUMENT);
    expect_status("null out", call(in, 240, nullptr, 0, 5, m, space.bytes), TRD_ERROR_ARGUMENT);
    expect_status("type", call(in, 240, out.data(), 9, 5, m, space.bytes), TRD_ERROR_ARGUMENT);
    expect_status("small workspace", call(in, 240, out.data(), 0, 5, m, space.bytes - 64), TRD_ERROR_ARGUMENT);
    expect_status("mask overlaps out", call(in, 240, out.data(), 0, 5, reinterpret_cast<uint8_t*>(out.data()), space.bytes),
                  TRD_ERROR_ARGUMENT);
    expect_status("mask overlaps points", call(in, 240, out.data(), 0, 5, reinterpret_cast<uint8_t*>(p.xyz.data()), space.bytes),
                  TRD_ERROR_ARGUMENT);
    check(out.untouched() && mask == std::vector<uint8_t>(400, 7), "rejected calls write nothing");
}

}  // namespace

int main() {
    expect_status("threads", trd_set_threads(1), TRD_OK);
    const int64_t sizes[][4] = {{64, 64, 0, 32}, {100, 37, 3, 32}, {33, 90, 9, 64}, {3, 3, 0, 3}, {129, 65, 1, 65}, {20, 20, 0, 71}};
    for (const auto& s : sizes) {
        for (const double missing : {0.0, 0.03, 0.4}) {
            const Points p = part(s[0], s[1], s[2], missing, static_cast<uint32_t>(s[0]));
            if (s[0] > 3) depth_case("missing " + std::to_string(missing), p, s[3]);
            if (s[0] > 3)
                for (const int kernel : {1, 3, 5, 7}) normals_case("missing " + std::to_string(missing), p, s[3], kernel);
        }
    }
    normals_case("wide", part(1100, 40, 0, 0.01, 2), 16, 3);   // a tile for each few outputs
    normals_case("tall", part(30, 300, 0, 0.01, 2), 96, 5);
    const Points slope = ramp(160, 130);
    depth_case("no plane", ramp(48, 48), 48);
    for (const int kernel : {3, 9, 15, 31}) normals_case("no plane", slope, 40, kernel, 1e-4);
    for (const int kernel : {7, 31}) normals_case("aperture wider than the cloud", ramp(9, 8), 3, kernel, 1e-4);
    no_measurements_are_missing_points();
    one_depth();
    unusable_parts();
    bad_arguments();
    return finish();
}
