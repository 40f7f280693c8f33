// branch_map and anomaly_map against their double references on every backend, on sizes below, at and above the blur's
// radius.
#include <algorithm>

#include "maps_test.hpp"

using namespace trd_test;

namespace {

void branch_case(const trd_exec& exec, const Sizes& s) {
    Branch b(exec, s, 1);
    Buffer map(exec, s.n * s.pixels() * 4);
    const std::string what = name(exec) + " branch_map " + s.text();
    expect_status(what,
                  trd_branch_map(&exec, b.scale(0), s.side[0], b.scale(1), s.side[1], b.scale(2), s.side[2],
                                 map.device<float>(), s.n, s.size),
                  TRD_OK);
    map.read();
    // Values up to 6 with about ten float roundings each, and weights rounded to float.
    for (int64_t i = 0; i < s.n; ++i)
        compare(what, map.host() + i * s.pixels(), b.raw(s, i).data(), s.pixels(),
                6 * 12 * std::numeric_limits<float>::epsilon());
    check(map.guards_intact() && b.unchanged(), what + ": guard zones, inputs");
}

double maximum(const std::vector<double>& map, const std::vector<uint8_t>& mask) {
    double best = -kInfinity;
    for (size_t p = 0; p < map.size(); ++p)
        if (mask.empty() || mask[p] != 0) best = std::max(best, map[p]);
    return best;
}

void anomaly_case(const trd_exec& exec, const Sizes& s, bool masked) {
    Branch rgb(exec, s, 1), depth(exec, s, 4);
    const trd_calibration calibration = {2.9, 0.4, 3.1, 0.5};
    std::vector<uint8_t> mask;
    if (masked)
        for (const float v : uniform(s.pixels(), 7)) mask.push_back(v > 0.2f ? (v > 0.6f ? 255 : 1) : 0);
    Buffer mask_buffer(exec, masked ? mask : std::vector<uint8_t>(1));
    Run run(exec, s);
    run.prepare();
    const std::string what = name(exec) + " anomaly_map " + s.text() + (masked ? " masked" : "");
    expect_status(
        what,
        run.call(rgb.distances(), depth.distances(), calibration, masked ? mask_buffer.device<uint8_t>() : nullptr),
        TRD_OK);
    // A product's row adds at most 35 (from the left) or 3 * 50 (from the right, weights mostly zero) terms. From the
    // left the terms add up to at most 2 per scale, from the right the calibrated values of the three scales to at most
    // 3 / std.
    const double left = 6 * 36 / 0.4, right = 3 / 0.4 * 60,
                 tolerance = (left + right) * std::numeric_limits<float>::epsilon() / 8;
    for (int64_t i = 0; i < s.n; ++i) {
        std::vector<double> a = rgb.raw(s, i), b = depth.raw(s, i), both(a);
        for (size_t p = 0; p < both.size(); ++p) {
            a[p] = (a[p] - 2.9) / 0.4;
            b[p] = (b[p] - 3.1) / 0.5;
            both[p] = a[p] + b[p];
        }
        a = trd::reference::blur(a, s.size);
        b = trd::reference::blur(b, s.size);
        both = trd::reference::blur(both, s.size);
        compare(what + " rgb", run.map_rgb() + i * s.pixels(), a.data(), s.pixels(), tolerance);
        compare(what + " depth", run.map_depth() + i * s.pixels(), b.data(), s.pixels(), tolerance);
        compare(what + " sum", run.map() + i * s.pixels(), both.data(), s.pixels(), 2 * tolerance);
        // The scores are the maxima of the maps to the bit, and so of what was expected.
        const float* const maps[] = {run.map(), run.map_rgb(), run.map_depth()};
        const std::vector<double>* const expected[] = {&both, &a, &b};
        for (int k = 0; k < 3; ++k) {
            const float score = run.scores()[3 * i + k];
            const std::vector<double> map(maps[k] + i * s.pixels(), maps[k] + (i + 1) * s.pixels());
            const double best = maximum(map, mask), wanted = maximum(*expected[k], mask);
            check(static_cast<double>(score) == best, what + ": score " + std::to_string(k) + " is the map's maximum");
            check(std::isinf(wanted) ? score == -kInfinity
                                     : std::fabs(static_cast<double>(score) - wanted) <= 2 * tolerance,
                  what + ": score " + std::to_string(k) + " is " + std::to_string(score) + ", expected " +
                      std::to_string(wanted));
        }
    }
    check(run.guards_intact() && rgb.unchanged() && depth.unchanged(), what + ": guard zones, inputs");
}

void constant_map_stays_constant(const trd_exec& exec) {
    const Sizes s = {1, {10, 5, 3}, 40};
    Branch half(exec, s, 1, 0.5f, 0.5f);
    Run run(exec, s);
    run.prepare();
    expect_status("constant", run.call(half.distances(), half.distances(), {0.5, 0.5, 0.5, 0.25}, nullptr), TRD_OK);
    const double expected[] = {6, 2, 4};
    compare(name(exec) + " constant scores", run.scores(), expected, 3, 4e-6);
    // Below the mean everywhere: the largest of negative values, and -infinity is not among them.
    expect_status("negative", run.call(half.distances(), half.distances(), {2.5, 0.5, 3.5, 0.25}, nullptr), TRD_OK);
    const double negative[] = {-10, -2, -8};
    compare(name(exec) + " negative scores", run.scores(), negative, 3, 1e-5);
}

// Both signs, ties and zeros of both signs in one score: images whose maps are exact.
void maxima_of_either_sign(const trd_exec& exec) {
    const Sizes s = {4, {1, 1, 1}, 37};
    Branch rgb(exec, s, 1, 0, 0), depth(exec, s, 1, 0, 0);
    const float in_rgb[] = {0.0f, -0.0f, 2.0f, -2.0f}, in_depth[] = {-0.0f, -0.0f, -3.0f, 2.0f};
    for (size_t i = 0; i < 4; ++i) {
        rgb.set(0, i, in_rgb[i]);
        depth.set(0, i, in_depth[i]);
    }
    Run run(exec, s);
    run.prepare();
    expect_status("signs", run.call(rgb.distances(), depth.distances(), {0, 1, 0, 1}, nullptr), TRD_OK);
    const double expected[] = {0, 0, 0, 0, 0, 0, -1, 2, -3, 0, -2, 2};
    compare(name(exec) + " scores of either sign", run.scores(), expected, 12, 4e-6);
    for (int k = 0; k < 6; ++k) check(!std::signbit(run.scores()[k]), name(exec) + ": a score of zero has no sign");
    // The sum of the last image is nearly zero, of either sign; with a mask of two far pixels the score is their
    // maximum.
    std::vector<uint8_t> mask(static_cast<size_t>(s.pixels()), 0);
    mask[3] = mask[36 * 37 + 35] = 1;
    Buffer mask_buffer(exec, mask);
    expect_status("two pixels",
                  run.call(rgb.distances(), depth.distances(), {0, 1, 0, 1}, mask_buffer.device<uint8_t>()), TRD_OK);
    for (int64_t i = 0; i < 4; ++i) {
        const float* const map = run.map() + i * s.pixels();
        check(run.scores()[3 * i] == std::max(map[3], map[36 * 37 + 35]), name(exec) + ": the maximum of two pixels");
    }
}

void scores_count_only_the_mask(const trd_exec& exec) {
    const Sizes s = {2, {8, 4, 2}, 32};
    Branch rgb(exec, s, 1), depth(exec, s, 4);
    Run all(exec, s), one(exec, s), none(exec, s);
    std::vector<uint8_t> mask(1024, 0);
    Buffer empty(exec, mask);
    for (Run* run : {&all, &one, &none}) run->prepare();
    expect_status("no mask", all.call(rgb.distances(), depth.distances(), {0, 1, 0, 1}, nullptr), TRD_OK);
    expect_status("empty mask", none.call(rgb.distances(), depth.distances(), {0, 1, 0, 1}, empty.device<uint8_t>()),
                  TRD_OK);
    mask[5 * 32 + 19] = 2;
    Buffer single(exec, mask);
    expect_status("one pixel", one.call(rgb.distances(), depth.distances(), {0, 1, 0, 1}, single.device<uint8_t>()),
                  TRD_OK);
    for (int64_t i = 0; i < 2; ++i) {
        const int64_t at = i * 1024 + 5 * 32 + 19;
        const float expected[] = {one.map()[at], one.map_rgb()[at], one.map_depth()[at]};
        compare(name(exec) + " the one pixel that counts", one.scores() + 3 * i, expected, 3, 0);
        for (int k = 0; k < 3; ++k)
            check(none.scores()[3 * i + k] == -kInfinity, name(exec) + " no pixel counts: -infinity");
    }
    compare(name(exec) + " a mask does not change the map", one.map(), all.map(), 2 * 1024, 0);
    compare(name(exec) + " nor does an empty one", none.map(), all.map(), 2 * 1024, 0);
}

void nan_reaches_the_score(const trd_exec& exec) {
    const Sizes s = {1, {32, 16, 8}, 128};
    const std::string on = name(exec);
    for (int scale = 0; scale < 3; ++scale)
        for (const float bad : {kNan, -kNan}) {
            Branch dirty(exec, s, 1), clean(exec, s, 4);
            dirty.set(scale, 0, bad);  // the upper left corner
            Run run(exec, s), masked(exec, s);
            run.prepare();
            masked.prepare();
            expect_status("nan", run.call(dirty.distances(), clean.distances(), {0, 1, 0, 1}, nullptr), TRD_OK);
            const float* scores = run.scores();
            check(std::isnan(scores[0]) && std::isnan(scores[1]),
                  on + ": a NaN in the rgb branch makes both its scores NaN");
            check(std::isfinite(scores[2]), on + ": the depth score does not see the rgb branch's NaN");
            check(std::isnan(run.map()[0]) && std::isnan(run.map_rgb()[0]), on + ": the map shows the NaN");
            std::vector<uint8_t> mask(static_cast<size_t>(s.pixels()), 0);
            mask.back() = 1;  // the corner opposite
            Buffer corner(exec, mask);
            expect_status("nan, masked",
                          masked.call(dirty.distances(), clean.distances(), {0, 1, 0, 1}, corner.device<uint8_t>()),
                          TRD_OK);
            check(std::isnan(masked.map()[0]), on + ": the masked map shows the NaN");
            check(std::isfinite(masked.scores()[0]), on + ": a NaN where the mask is 0 does not count");
            // All else below zero: the NaN meets negative maxima, too.
            expect_status("nan, negative", run.call(dirty.distances(), clean.distances(), {9, 1, 9, 1}, nullptr),
                          TRD_OK);
            check(std::isnan(run.scores()[0]) && std::isnan(run.scores()[1]) && run.scores()[2] < 0,
                  on + ": NaN above negative values");
        }
}

void threads_change_nothing() {
    const Sizes s = {1, {24, 12, 6}, 96};
    const trd_exec exec = cpu();
    Branch rgb(exec, s, 1), depth(exec, s, 4);
    Run one(exec, s), many(exec, s);
    Buffer raw_one(exec, s.pixels() * 4), raw_many(exec, s.pixels() * 4);
    for (const int32_t threads : {1, 3}) {
        trd_set_threads(threads);
        Run& run = threads == 1 ? one : many;
        Buffer& raw = threads == 1 ? raw_one : raw_many;
        run.prepare();
        expect_status("threads", run.call(rgb.distances(), depth.distances(), {3, 1, 3, 1}, nullptr), TRD_OK);
        expect_status("threads",
                      trd_branch_map(&exec, rgb.scale(0), 24, rgb.scale(1), 12, rgb.scale(2), 6, raw.host(), 1, 96),
                      TRD_OK);
    }
    compare("one thread and three give the same map", many.map(), one.map(), s.pixels(), 0);
    compare("and scores", many.scores(), one.scores(), 3, 0);
    compare("and raw map", raw_many.host(), raw_one.host(), s.pixels(), 0);
}

}  // namespace

int main() {
    const Sizes sizes[] = {
        {1, {1, 1, 1}, 1}, {2, {5, 3, 1}, 7}, {1, {8, 4, 2}, 32}, {2, {16, 8, 4}, 64}, {1, {24, 12, 6}, 96}};
    for (const trd_exec& exec : backends()) {
        for (const Sizes& s : sizes) branch_case(exec, s);
        branch_case(exec, {1, {97, 96, 2}, 97});
        branch_case(exec, {2, {64, 33, 1}, 130});
        for (const bool masked : {false, true}) {
            for (const Sizes& s : sizes) anomaly_case(exec, s, masked);
            anomaly_case(exec, {1, {5, 4, 3}, 5}, masked);
            anomaly_case(exec, {2, {16, 7, 2}, 16}, masked);
            anomaly_case(exec, {1, {33, 32, 31}, 33}, masked);
            anomaly_case(exec, {1, {17, 9, 5}, 67}, masked);
        }
        // The bands at their widest: each side is the size, and a tile reaches 41 rows and 65 columns of every scale.
        anomaly_case(exec, {1, {81, 81, 81}, 81}, true);
        anomaly_case(exec, {2, {33, 17, 9}, 131}, true);
        anomaly_case(exec, {1, {290, 72, 1}, 290}, false);
        constant_map_stays_constant(exec);
        maxima_of_either_sign(exec);
        scores_count_only_the_mask(exec);
        nan_reaches_the_score(exec);
    }
    threads_change_nothing();
    return finish();
}
