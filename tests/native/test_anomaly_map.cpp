// branch_map and anomaly_map against their double references, on sizes below, at and above the blur's radius.
#include <algorithm>
#include <limits>

#include "anomaly_map/anomaly_map_reference.hpp"
#include "trd_test.hpp"

using namespace trd_test;

namespace {

const float kNan = std::numeric_limits<float>::quiet_NaN();

void branch_case(int64_t n, int64_t s1, int64_t s2, int64_t s3, int64_t size) {
    const auto d1 = uniform(n * s1 * s1, 1, 0, 2), d2 = uniform(n * s2 * s2, 2, 0, 2), d3 = uniform(n * s3 * s3, 3, 0, 2);
    std::vector<double> expected(static_cast<size_t>(n * size * size), 0.0);
    for (int64_t i = 0; i < n; ++i) {
        trd::reference::add_upsampled(d1.data() + i * s1 * s1, s1, expected.data() + i * size * size, size);
        trd::reference::add_upsampled(d2.data() + i * s2 * s2, s2, expected.data() + i * size * size, size);
        trd::reference::add_upsampled(d3.data() + i * s3 * s3, s3, expected.data() + i * size * size, size);
    }
    Guarded map(n * size * size);
    const trd_exec exec = cpu();
    const std::string what = "branch_map n=" + std::to_string(n) + " size=" + std::to_string(size);
    expect_status(what, trd_branch_map(&exec, d1.data(), s1, d2.data(), s2, d3.data(), s3, map.data(), n, size), TRD_OK);
    // Values up to 6 with about ten float roundings each, and weights rounded to float.
    compare(what, map.data(), expected.data(), n * size * size, 6 * 12 * std::numeric_limits<float>::epsilon());
    check(map.guards_intact(), what + ": guard zones");
}

void anomaly_case(int64_t n, int64_t size) {
    const int64_t pixels = size * size;
    const auto rgb = uniform(n * pixels, 1, 0, 2), depth = uniform(n * pixels, 2, 0, 2);
    const trd_calibration calibration = {0.9, 0.2, 1.1, 0.3};
    Guarded map(n * pixels), map_rgb(n * pixels), map_depth(n * pixels), scores(3 * n),
        workspace(trd_anomaly_map_workspace_bytes(size) / 4);
    const trd_exec exec = cpu();
    const std::string what = "anomaly_map n=" + std::to_string(n) + " size=" + std::to_string(size);
    expect_status(what, trd_anomaly_map(&exec, rgb.data(), depth.data(), &calibration, map.data(), map_rgb.data(),
                                        map_depth.data(), scores.data(), workspace.data(), workspace.count() * 4, n, size), TRD_OK);
    // Calibrated values are below 6 in size; two passes of 33 float products and sums each.
    const double tolerance = 6 * 70 * std::numeric_limits<float>::epsilon();
    for (int64_t i = 0; i < n; ++i) {
        std::vector<double> a(static_cast<size_t>(pixels)), b(a), both(a);
        for (int64_t p = 0; p < pixels; ++p) {
            a[p] = (rgb[i * pixels + p] - 0.9) / 0.2;
            b[p] = (depth[i * pixels + p] - 1.1) / 0.3;
            both[p] = a[p] + b[p];
        }
        a = trd::reference::blur(a, size);
        b = trd::reference::blur(b, size);
        both = trd::reference::blur(both, size);
        compare(what + " rgb", map_rgb.data() + i * pixels, a.data(), pixels, tolerance);
        compare(what + " depth", map_depth.data() + i * pixels, b.data(), pixels, tolerance);
        compare(what + " sum", map.data() + i * pixels, both.data(), pixels, 2 * tolerance);
        const double best[] = {*std::max_element(both.begin(), both.end()), *std::max_element(a.begin(), a.end()),
                               *std::max_element(b.begin(), b.end())};
        compare(what + " scores", scores.data() + 3 * i, best, 3, 2 * tolerance);
    }
    check(map.guards_intact() && map_rgb.guards_intact() && map_depth.guards_intact() && scores.guards_intact() &&
              workspace.guards_intact(), what + ": guard zones");
}

void constant_map_stays_constant() {
    const std::vector<float> map(40 * 40, 1.5f);
    const trd_calibration calibration = {0.5, 0.5, 0.5, 0.25};
    Guarded sum(1600), rgb(1600), depth(1600), scores(3), workspace(trd_anomaly_map_workspace_bytes(40) / 4);
    const trd_exec exec = cpu();
    expect_status("constant", trd_anomaly_map(&exec, map.data(), map.data(), &calibration, sum.data(), rgb.data(), depth.data(),
                                              scores.data(), workspace.data(), workspace.count() * 4, 1, 40), TRD_OK);
    const double expected[] = {6, 2, 4};
    compare("constant scores", scores.data(), expected, 3, 1e-5);
}

void nan_reaches_the_score() {
    std::vector<float> clean(32 * 32, 1), dirty(32 * 32, 1);
    dirty[5 * 32 + 7] = kNan;
    const trd_calibration calibration = {0, 1, 0, 1};
    Guarded sum(1024), rgb(1024), depth(1024), scores(3), workspace(trd_anomaly_map_workspace_bytes(32) / 4);
    const trd_exec exec = cpu();
    expect_status("nan", trd_anomaly_map(&exec, dirty.data(), clean.data(), &calibration, sum.data(), rgb.data(), depth.data(),
                                         scores.data(), workspace.data(), workspace.count() * 4, 1, 32), TRD_OK);
    check(std::isnan(scores.data()[0]) && std::isnan(scores.data()[1]), "a NaN in the rgb map makes both its scores NaN");
    check(std::fabs(scores.data()[2] - 1) < 1e-5, "the depth score does not see the rgb map's NaN");
}

void bad_arguments() {
    const auto raw = uniform(1024, 1);
    Guarded sum(1024), rgb(1024), depth(1024), scores(3), workspace(trd_anomaly_map_workspace_bytes(32) / 4);
    const int64_t bytes = workspace.count() * 4;
    const trd_exec exec = cpu();
    const auto call = [&](trd_calibration c, float* out, void* scratch, int64_t scratch_bytes, int64_t size) {
        return trd_anomaly_map(&exec, raw.data(), raw.data(), &c, out, rgb.data(), depth.data(), scores.data(), scratch,
                               scratch_bytes, 1, size);
    };
    const trd_calibration good = {0, 1, 0, 1};
    const double infinity = std::numeric_limits<double>::infinity();
    expect_status("std 0", call({0, 0, 0, 1}, sum.data(), workspace.data(), bytes, 32), TRD_ERROR_ARGUMENT);
    expect_status("std NaN", call({0, 1, 0, static_cast<double>(kNan)}, sum.data(), workspace.data(), bytes, 32), TRD_ERROR_ARGUMENT);
    expect_status("mean infinite", call({infinity, 1, 0, 1}, sum.data(), workspace.data(), bytes, 32), TRD_ERROR_ARGUMENT);
    expect_status("null map", call(good, nullptr, workspace.data(), bytes, 32), TRD_ERROR_ARGUMENT);
    expect_status("outputs overlap", call(good, rgb.data() + 1023, workspace.data(), bytes, 32), TRD_ERROR_ARGUMENT);
    expect_status("input overlap", call(good, const_cast<float*>(raw.data()), workspace.data(), bytes, 32), TRD_ERROR_ARGUMENT);
    expect_status("workspace short", call(good, sum.data(), workspace.data(), bytes - 1, 32), TRD_ERROR_ARGUMENT);
    expect_status("workspace misaligned", call(good, sum.data(), workspace.data() + 1, bytes, 32), TRD_ERROR_ARGUMENT);
    expect_status("size 0", call(good, sum.data(), workspace.data(), bytes, 0), TRD_ERROR_ARGUMENT);
    expect_status("size huge", call(good, sum.data(), workspace.data(), bytes, int64_t{1} << 40), TRD_ERROR_ARGUMENT);
    expect_status("side 0", trd_branch_map(&exec, raw.data(), 0, raw.data(), 4, raw.data(), 2, sum.data(), 1, 32), TRD_ERROR_ARGUMENT);
    expect_status("map overlaps", trd_branch_map(&exec, raw.data(), 8, raw.data(), 4, raw.data(), 2,
                                                 const_cast<float*>(raw.data()), 1, 32), TRD_ERROR_ARGUMENT);
    check(sum.untouched() && rgb.untouched() && depth.untouched() && scores.untouched() && workspace.untouched(),
          "rejected calls write nothing");
}

}  // namespace

int main() {
    branch_case(1, 1, 1, 1, 1);
    branch_case(1, 8, 4, 2, 32);
    branch_case(2, 16, 8, 4, 64);
    branch_case(1, 24, 12, 6, 96);
    branch_case(2, 5, 3, 1, 7);
    anomaly_case(1, 1);
    anomaly_case(1, 5);
    anomaly_case(2, 16);
    anomaly_case(1, 33);
    anomaly_case(2, 64);
    constant_map_stays_constant();
    nan_reaches_the_score();
    bad_arguments();
    return finish();
}
