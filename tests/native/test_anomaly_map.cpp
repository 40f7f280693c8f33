// branch_map and anomaly_map against their double references, on sizes below, at and above the blur's radius.
#include <algorithm>
#include <limits>

#include "anomaly_map/anomaly_map_reference.hpp"
#include "trd_test.hpp"

using namespace trd_test;

namespace {

const float kNan = std::numeric_limits<float>::quiet_NaN();
const double kInfinity = std::numeric_limits<double>::infinity();

struct Sizes {
    int64_t n, side[3], size;
    int64_t pixels() const { return size * size; }
    int64_t distances(int s) const { return n * side[s] * side[s]; }
    std::string text() const {
        return "n=" + std::to_string(n) + " sides=" + std::to_string(side[0]) + "," + std::to_string(side[1]) + "," +
               std::to_string(side[2]) + " size=" + std::to_string(size);
    }
};

// One branch's distances. Each vector is exactly as long as it must be: a read outside is seen by the sanitizer.
struct Branch {
    std::vector<float> d[3];
    Branch(const Sizes& s, uint32_t seed) {
        for (int i = 0; i < 3; ++i) d[i] = uniform(s.distances(i), seed + static_cast<uint32_t>(i), 0, 2);
    }
    trd_distances distances() const { return {d[0].data(), d[1].data(), d[2].data()}; }
    std::vector<double> raw(const Sizes& s, int64_t image) const {
        std::vector<double> map(static_cast<size_t>(s.pixels()), 0.0);
        for (int i = 0; i < 3; ++i)
            trd::reference::add_upsampled(d[i].data() + image * s.side[i] * s.side[i], s.side[i], map.data(), s.size);
        return map;
    }
};

// Everything trd_anomaly_map writes, and what it needs.
struct Run {
    Sizes s;
    Guarded map, map_rgb, map_depth, scores, operators;
    explicit Run(const Sizes& sizes)
        : s(sizes), map(s.n * s.pixels()), map_rgb(s.n * s.pixels()), map_depth(s.n * s.pixels()), scores(3 * s.n),
          operators(bytes() / 4) {}
    int64_t bytes() const { return trd_anomaly_map_operators_bytes(s.size, s.side[0], s.side[1], s.side[2]); }
    void prepare() {
        const trd_exec exec = cpu();
        expect_status("prepare " + s.text(), trd_anomaly_map_prepare(&exec, operators.data(), bytes(), s.size, s.side[0], s.side[1],
                                                                     s.side[2]), TRD_OK);
        check(operators.guards_intact(), "prepare " + s.text() + ": guard zones");
    }
    trd_status call(const trd_distances& rgb, const trd_distances& depth, const trd_calibration& calibration, const uint8_t* mask) {
        const trd_exec exec = cpu();
        return trd_anomaly_map(&exec, &rgb, &depth, s.side[0], s.side[1], s.side[2], &calibration, mask, operators.data(), bytes(),
                               map.data(), map_rgb.data(), map_depth.data(), scores.data(), s.n, s.size);
    }
    bool guards_intact() const {
        return map.guards_intact() && map_rgb.guards_intact() && map_depth.guards_intact() && scores.guards_intact() &&
               operators.guards_intact();
    }
    bool untouched() const { return map.untouched() && map_rgb.untouched() && map_depth.untouched() && scores.untouched(); }
};

void branch_case(const Sizes& s) {
    const Branch b(s, 1);
    Guarded map(s.n * s.pixels());
    const trd_exec exec = cpu();
    const std::string what = "branch_map " + s.text();
    expect_status(what, trd_branch_map(&exec, b.d[0].data(), s.side[0], b.d[1].data(), s.side[1], b.d[2].data(), s.side[2], map.data(),
                                       s.n, s.size), TRD_OK);
    // Values up to 6 with about ten float roundings each, and weights rounded to float.
    for (int64_t i = 0; i < s.n; ++i)
        compare(what, map.data() + i * s.pixels(), b.raw(s, i).data(), s.pixels(), 6 * 12 * std::numeric_limits<float>::epsilon());
    check(map.guards_intact(), what + ": guard zones");
}

double maximum(const std::vector<double>& map, const std::vector<uint8_t>& mask) {
    double best = -kInfinity;
    for (size_t p = 0; p < map.size(); ++p)
        if (mask.empty() || mask[p] != 0) best = std::max(best, map[p]);
    return best;
}

void anomaly_case(const Sizes& s, bool masked) {
    const Branch rgb(s, 1), depth(s, 4);
    const trd_calibration calibration = {2.9, 0.4, 3.1, 0.5};
    std::vector<uint8_t> mask;
    if (masked)
        for (const float v : uniform(s.pixels(), 7)) mask.push_back(v > 0.2f ? (v > 0.6f ? 255 : 1) : 0);
    Run run(s);
    run.prepare();
    const std::string what = "anomaly_map " + s.text() + (masked ? " masked" : "");
    expect_status(what, run.call(rgb.distances(), depth.distances(), calibration, masked ? mask.data() : nullptr), TRD_OK);
    // A product's row adds at most 35 (from the left) or 3 * 50 (from the right, weights mostly zero) terms. From the left
    // the terms add up to at most 2 per scale, from the right the calibrated values of the three scales to at most 3 / std.
    const double left = 6 * 36 / 0.4, right = 3 / 0.4 * 60, tolerance = (left + right) * std::numeric_limits<float>::epsilon() / 8;
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
        compare(what + " rgb", run.map_rgb.data() + i * s.pixels(), a.data(), s.pixels(), tolerance);
        compare(what + " depth", run.map_depth.data() + i * s.pixels(), b.data(), s.pixels(), tolerance);
        compare(what + " sum", run.map.data() + i * s.pixels(), both.data(), s.pixels(), 2 * tolerance);
        const double best[] = {maximum(both, mask), maximum(a, mask), maximum(b, mask)};
        if (std::isinf(best[0]))
            for (int k = 0; k < 3; ++k) check(run.scores.data()[3 * i + k] == -kInfinity, what + ": no pixel counts");
        else
            compare(what + " scores", run.scores.data() + 3 * i, best, 3, 2 * tolerance);
    }
    check(run.guards_intact(), what + ": guard zones");
}

void constant_map_stays_constant() {
    const Sizes s = {1, {10, 5, 3}, 40};
    const std::vector<float> half(100, 0.5f);
    const trd_distances d = {half.data(), half.data(), half.data()};
    Run run(s);
    run.prepare();
    expect_status("constant", run.call(d, d, {0.5, 0.5, 0.5, 0.25}, nullptr), TRD_OK);
    const double expected[] = {6, 2, 4};
    compare("constant scores", run.scores.data(), expected, 3, 4e-6);
}

void scores_count_only_the_mask() {
    const Sizes s = {2, {8, 4, 2}, 32};
    const Branch rgb(s, 1), depth(s, 4);
    Run all(s), one(s), none(s);
    std::vector<uint8_t> mask(1024, 0);
    for (Run* run : {&all, &one, &none}) run->prepare();
    expect_status("no mask", all.call(rgb.distances(), depth.distances(), {0, 1, 0, 1}, nullptr), TRD_OK);
    expect_status("empty mask", none.call(rgb.distances(), depth.distances(), {0, 1, 0, 1}, mask.data()), TRD_OK);
    mask[5 * 32 + 19] = 2;
    expect_status("one pixel", one.call(rgb.distances(), depth.distances(), {0, 1, 0, 1}, mask.data()), TRD_OK);
    for (int64_t i = 0; i < 2; ++i) {
        const int64_t at = i * 1024 + 5 * 32 + 19;
        const float expected[] = {one.map.data()[at], one.map_rgb.data()[at], one.map_depth.data()[at]};
        compare("the one pixel that counts", one.scores.data() + 3 * i, expected, 3, 0);
        for (int k = 0; k < 3; ++k) check(none.scores.data()[3 * i + k] == -kInfinity, "no pixel counts: -infinity");
    }
    compare("a mask does not change the map", one.map.data(), all.map.data(), 2 * 1024, 0);
    compare("nor does an empty one", none.map.data(), all.map.data(), 2 * 1024, 0);
}

void nan_reaches_the_score() {
    const Sizes s = {1, {32, 16, 8}, 128};
    for (int scale = 0; scale < 3; ++scale) {
        Branch dirty(s, 1);
        const Branch clean(s, 4);
        dirty.d[scale].front() = kNan;  // the upper left corner
        Run run(s), masked(s);
        run.prepare();
        masked.prepare();
        expect_status("nan", run.call(dirty.distances(), clean.distances(), {0, 1, 0, 1}, nullptr), TRD_OK);
        const float* scores = run.scores.data();
        check(std::isnan(scores[0]) && std::isnan(scores[1]), "a NaN in the rgb branch makes both its scores NaN");
        check(std::isfinite(scores[2]), "the depth score does not see the rgb branch's NaN");
        check(std::isnan(run.map.data()[0]) && std::isnan(run.map_rgb.data()[0]), "the map shows the NaN");
        std::vector<uint8_t> mask(static_cast<size_t>(s.pixels()), 0);
        mask.back() = 1;  // the corner opposite
        expect_status("nan, masked", masked.call(dirty.distances(), clean.distances(), {0, 1, 0, 1}, mask.data()), TRD_OK);
        check(std::isnan(masked.map.data()[0]), "the masked map shows the NaN");
        check(std::isfinite(masked.scores.data()[0]), "a NaN where the mask is 0 does not count");
    }
}

void threads_change_nothing() {
    const Sizes s = {1, {24, 12, 6}, 96};
    const Branch rgb(s, 1), depth(s, 4);
    Run one(s), many(s);
    Guarded raw_one(s.pixels()), raw_many(s.pixels());
    const trd_exec exec = cpu();
    for (const int32_t threads : {1, 3}) {
        trd_set_threads(threads);
        Run& run = threads == 1 ? one : many;
        Guarded& raw = threads == 1 ? raw_one : raw_many;
        run.prepare();
        expect_status("threads", run.call(rgb.distances(), depth.distances(), {3, 1, 3, 1}, nullptr), TRD_OK);
        expect_status("threads", trd_branch_map(&exec, rgb.d[0].data(), 24, rgb.d[1].data(), 12, rgb.d[2].data(), 6, raw.data(), 1, 96),
                      TRD_OK);
    }
    compare("one thread and three give the same map", many.map.data(), one.map.data(), s.pixels(), 0);
    compare("and scores", many.scores.data(), one.scores.data(), 3, 0);
    compare("and raw map", raw_many.data(), raw_one.data(), s.pixels(), 0);
}

void bad_arguments() {
    const Sizes s = {1, {8, 4, 2}, 32};
    const Branch b(s, 1);
    const trd_distances good_distances = b.distances();
    const trd_calibration good = {0, 1, 0, 1};
    Run run(s);
    const trd_exec exec = cpu();
    float* const operators = run.operators.data();
    const int64_t bytes = run.bytes(), huge = int64_t{1} << 40;
    std::vector<uint8_t> mask(1024, 1);

    const auto prepare = [&](void* to, int64_t available, int64_t size, int64_t side_1, int64_t side_3) {
        return trd_anomaly_map_prepare(&exec, to, available, size, side_1, 4, side_3);
    };
    expect_status("prepare null", prepare(nullptr, bytes, 32, 8, 2), TRD_ERROR_ARGUMENT);
    expect_status("prepare short", prepare(operators, bytes - 1, 32, 8, 2), TRD_ERROR_ARGUMENT);
    expect_status("prepare misaligned", prepare(operators + 1, bytes, 32, 8, 2), TRD_ERROR_ARGUMENT);
    expect_status("prepare size 0", prepare(operators, bytes, 0, 8, 2), TRD_ERROR_ARGUMENT);
    expect_status("prepare size huge", prepare(operators, bytes, huge, 8, 2), TRD_ERROR_ARGUMENT);
    expect_status("prepare side 0", prepare(operators, bytes, 32, 8, 0), TRD_ERROR_ARGUMENT);
    expect_status("prepare side > size", prepare(operators, bytes, 32, 33, 2), TRD_ERROR_ARGUMENT);
    check(run.operators.untouched(), "rejected calls of prepare write nothing");
    expect_status("not prepared", run.call(good_distances, good_distances, good, nullptr), TRD_ERROR_ARGUMENT);
    run.prepare();

    const auto calibrated = [&](trd_calibration c) { return run.call(good_distances, good_distances, c, nullptr); };
    expect_status("std 0", calibrated({0, 0, 0, 1}), TRD_ERROR_ARGUMENT);
    expect_status("std < 0", calibrated({0, 1, 0, -1}), TRD_ERROR_ARGUMENT);
    expect_status("std NaN", calibrated({0, 1, 0, static_cast<double>(kNan)}), TRD_ERROR_ARGUMENT);
    expect_status("mean infinite", calibrated({kInfinity, 1, 0, 1}), TRD_ERROR_ARGUMENT);
    expect_status("mean NaN", calibrated({0, 1, static_cast<double>(kNan), 1}), TRD_ERROR_ARGUMENT);
    for (int i = 0; i < 3; ++i) {
        trd_distances missing = good_distances;
        (i == 0 ? missing.scale_1 : i == 1 ? missing.scale_2 : missing.scale_3) = nullptr;
        expect_status("distance null", run.call(missing, good_distances, good, nullptr), TRD_ERROR_ARGUMENT);
        expect_status("distance null", run.call(good_distances, missing, good, nullptr), TRD_ERROR_ARGUMENT);
    }

    struct Call {
        const trd_distances* depth;
        const trd_calibration* calibration;
        const uint8_t* mask;
        const void* operators;
        int64_t bytes;
        float *map, *map_depth, *scores;
        int64_t n, size, side_1, side_3;
    };
    const Call base = {&good_distances, &good, nullptr, operators, bytes, run.map.data(), run.map_depth.data(),
                       run.scores.data(), 1, 32, 8, 2};
    const auto refused = [&](const char* what, const Call& c) {
        expect_status(what, trd_anomaly_map(&exec, &good_distances, c.depth, c.side_1, 4, c.side_3, c.calibration, c.mask, c.operators,
                                            c.bytes, c.map, run.map_rgb.data(), c.map_depth, c.scores, c.n, c.size), TRD_ERROR_ARGUMENT);
    };
    const auto with = [&](auto member, auto value) {
        Call c = base;
        c.*member = value;
        return c;
    };
    refused("depth null", with(&Call::depth, nullptr));
    refused("calibration null", with(&Call::calibration, nullptr));
    refused("operators null", with(&Call::operators, nullptr));
    refused("operators misaligned", with(&Call::operators, operators + 1));
    refused("operators without a head", with(&Call::bytes, 8));
    refused("operators short", with(&Call::bytes, bytes - 1));
    refused("map null", with(&Call::map, nullptr));
    refused("scores null", with(&Call::scores, nullptr));
    refused("outputs overlap", with(&Call::map, run.map_rgb.data() + 1023));
    refused("scores overlap", with(&Call::scores, run.map.data()));
    refused("an input overlaps", with(&Call::map_depth, const_cast<float*>(b.d[2].data())));
    refused("operators overlap", with(&Call::map, operators + 100));
    Call over_mask = with(&Call::mask, reinterpret_cast<const uint8_t*>(run.map.data()));
    refused("the mask overlaps", over_mask);
    refused("n 0", with(&Call::n, 0));
    refused("n huge", with(&Call::n, std::numeric_limits<int64_t>::max()));
    refused("size 0", with(&Call::size, 0));
    refused("size huge", with(&Call::size, huge));
    refused("operators of another size", with(&Call::size, 31));
    refused("operators of another side", with(&Call::side_1, 7));
    refused("side 0", with(&Call::side_3, 0));
    refused("side > size", with(&Call::side_1, 33));
    const float* d = b.d[0].data();
    expect_status("branch side 0", trd_branch_map(&exec, d, 0, d, 4, d, 2, run.map.data(), 1, 32), TRD_ERROR_ARGUMENT);
    expect_status("branch side > size", trd_branch_map(&exec, d, 8, d, 4, d, 2, run.map.data(), 1, 7), TRD_ERROR_ARGUMENT);
    expect_status("branch null", trd_branch_map(&exec, nullptr, 8, d, 4, d, 2, run.map.data(), 1, 32), TRD_ERROR_ARGUMENT);
    expect_status("branch overlaps", trd_branch_map(&exec, d, 8, d, 4, d, 2, const_cast<float*>(d), 1, 32), TRD_ERROR_ARGUMENT);
    check(run.untouched() && run.guards_intact() && b.d[0] == Branch(s, 1).d[0] && b.d[2] == Branch(s, 1).d[2],
          "rejected calls write nothing");
    expect_status("good after bad", run.call(good_distances, good_distances, good, mask.data()), TRD_OK);
}

}  // namespace

int main() {
    const Sizes sizes[] = {{1, {1, 1, 1}, 1}, {2, {5, 3, 1}, 7}, {1, {8, 4, 2}, 32}, {2, {16, 8, 4}, 64}, {1, {24, 12, 6}, 96}};
    for (const Sizes& s : sizes) branch_case(s);
    branch_case({1, {97, 96, 2}, 97});
    branch_case({2, {64, 33, 1}, 130});
    for (const bool masked : {false, true}) {
        for (const Sizes& s : sizes) anomaly_case(s, masked);
        anomaly_case({1, {5, 4, 3}, 5}, masked);
        anomaly_case({2, {16, 7, 2}, 16}, masked);
        anomaly_case({1, {33, 32, 31}, 33}, masked);
        anomaly_case({1, {17, 9, 5}, 67}, masked);
    }
    anomaly_case({1, {290, 72, 1}, 290}, false);
    constant_map_stays_constant();
    scores_count_only_the_mask();
    nan_reaches_the_score();
    threads_change_nothing();
    bad_arguments();
    return finish();
}
