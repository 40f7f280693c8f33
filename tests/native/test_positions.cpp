// robust_rest, area_filter, line_filter and position_scores against their double references: awkward areas and sizes,
// defects that a plain fit would follow, Gaussians and lines longer than the frame, scores beyond exp's range, NaN,
// refused arguments.
#include <algorithm>
#include <limits>

#include "device.hpp"
#include "positions/positions_reference.hpp"

using namespace trd_test;
using trd::reference::Values;

namespace {

const trd_exec exec = cpu();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

size_t at(int64_t i) { return static_cast<size_t>(i); }

Values doubles(const std::vector<float>& values) { return Values(values.begin(), values.end()); }

// What is left of y: functions orthonormalised in double, then rounded.
struct FitCase {
    int64_t n, count;
    std::vector<float> y, functions;
    FitCase(int64_t size, int64_t functions_, uint32_t seed) : n(size), count(functions_), y(uniform(n, seed)) {
        std::vector<Values> basis;
        for (int64_t f = 0; f < count; ++f) {
            Values function = doubles(uniform(n, seed + 1 + static_cast<uint32_t>(f)));
            for (int64_t k = 0; k < n && f == 0; ++k) function[at(k)] = 1;
            for (const Values& other : basis) {
                double along = 0;
                for (int64_t k = 0; k < n; ++k) along += function[at(k)] * other[at(k)];
                for (int64_t k = 0; k < n; ++k) function[at(k)] -= along * other[at(k)];
            }
            double square = 0;
            for (const double v : function) square += v * v;
            // More functions than values: the others are 0, as a builder leaves them.
            for (double& v : function) v = f < n ? v / std::sqrt(square) : 0;
            basis.push_back(function);
        }
        for (const Values& function : basis) functions.insert(functions.end(), function.begin(), function.end());
        for (int64_t k = 0; k < n; ++k) {
            y[at(k)] = 3 + 0.1f * y[at(k)] + (k % 7 == 3 && k > n / 2 ? 6.0f : 0.0f);
            if (k % 11 == 5) y[at(k)] = 0;
        }
    }
    Values expected(float most, bool unseen) const {
        std::vector<Values> basis;
        for (int64_t f = 0; f < count; ++f)
            basis.emplace_back(functions.begin() + f * n, functions.begin() + (f + 1) * n);
        return trd::reference::robust_rest(doubles(y), most, basis, unseen);
    }
};

void fit_case(int64_t n, int64_t count, float most, bool unseen) {
    FitCase c(n, count, static_cast<uint32_t>(100 + n + count));
    const std::string what = "robust_rest " + std::to_string(n) + " values, " + std::to_string(count) + " functions, " +
                             std::to_string(most) + (unseen ? " unseen" : "");
    Buffer y(exec, c.y, 4), functions(exec, c.functions, 4), rest(exec, 4 * n, 4);
    Buffer space(exec, trd_robust_rest_workspace_bytes(n, count));
    expect_status(what,
                  trd_robust_rest_plan(&exec, count > 0 ? functions.device<float>() : nullptr, space.device(),
                                       space.bytes(), n, count),
                  TRD_OK);
    for (int run = 0; run < 2; ++run)  // the second finds what the first left
        expect_status(what,
                      trd_robust_rest(&exec, y.device<float>(), most, unseen ? 1 : 0, rest.device<float>(),
                                      space.device(), space.bytes(), n),
                      TRD_OK);
    // Values up to 9; sums of n products, of which most cancel.
    compare(what, rest.host(), c.expected(most, unseen).data(), n, 2e-5);
    if (unseen)
        for (int64_t k = 5; k < n; k += 11) check(rest.host()[k] == 0, what + ": what was not seen is 0");
    check(rest.guards_intact() && space.guards_intact() && y.guards_intact(), what + ": guard zones");
    check(std::equal(c.y.begin(), c.y.end(), y.host()), what + ": y");
    digest.add(rest.host<uint8_t>(), rest.bytes());
}

void nan_is_not_lost() {
    FitCase c(100, 3, 7);
    c.y[37] = kNan;
    Buffer y(exec, c.y), functions(exec, c.functions), rest(exec, 400);
    Buffer space(exec, trd_robust_rest_workspace_bytes(100, 3));
    expect_status("nan", trd_robust_rest_plan(&exec, functions.device<float>(), space.device(), space.bytes(), 100, 3),
                  TRD_OK);
    expect_status("nan",
                  trd_robust_rest(&exec, y.device<float>(), 6, 1, rest.device<float>(), space.device(), space.bytes(),
                                  100),
                  TRD_OK);
    check(std::isnan(rest.host()[37]) && std::isnan(rest.host()[2]), "a NaN reaches the fit, and so every rest");
}

// An area as its runs and as its pixels.
struct Area {
    int64_t size;
    std::vector<int64_t> pixels;
    std::vector<int32_t> runs;
    template <class Inside> Area(int64_t size_, const Inside& inside) : size(size_) {
        bool open = false;
        for (int64_t i = 0; i < size * size; ++i) {
            const bool is = inside(i % size, i / size);
            if (is && !open) runs.insert(runs.end(), {static_cast<int32_t>(i), 0});
            if (is) {
                ++runs.back();
                pixels.push_back(i);
            }
            open = is;
        }
    }
    int64_t count() const { return static_cast<int64_t>(pixels.size()); }
    trd_area struct_of(Buffer& memory) const {
        return {memory.device<int32_t>(), static_cast<int64_t>(runs.size()) / 2, count(), size};
    }
    std::string text() const { return std::to_string(count()) + " of " + std::to_string(size) + "^2"; }
};

std::vector<Area> areas() {
    std::vector<Area> all;
    all.emplace_back(1, [](int64_t, int64_t) { return true; });
    all.emplace_back(7, [](int64_t x, int64_t y) { return x == 6 && y == 6; });
    all.emplace_back(33, [](int64_t, int64_t) { return true; });
    all.emplace_back(40, [](int64_t x, int64_t y) { return (x - 20) * (x - 20) + (y - 18) * (y - 18) < 150; });
    all.emplace_back(64, [](int64_t x, int64_t y) { return y > 50 || (x % 3 == 0 && y > 9); });
    return all;
}

void filter_case(const Area& area, double deviation, bool less) {
    const std::string what = "area_filter " + area.text() + " " + std::to_string(deviation) + (less ? " less" : "");
    const std::vector<float> values = uniform(area.count(), 9, -5, 5), taken_off = uniform(area.count(), 10, -5, 5);
    Buffer in(exec, values, 4), minus(exec, taken_off, 4), out(exec, 4 * area.count(), 4), runs(exec, area.runs);
    Buffer space(exec, trd_area_filter_workspace_bytes(area.size));
    const trd_area a = area.struct_of(runs);
    expect_status(what,
                  trd_area_filter(&exec, in.device<float>(), &a, less ? minus.device<float>() : nullptr,
                                  out.device<float>(), deviation, space.device(), space.bytes()),
                  TRD_OK);
    Values expected = trd::reference::area_filter(doubles(values), area.pixels, area.size, deviation);
    for (size_t k = 0; less && k < expected.size(); ++k) expected[k] -= double{taken_off[k]};
    compare(what, out.host(), expected.data(), area.count(), 1e-5);
    check(out.guards_intact() && space.guards_intact() && in.guards_intact(), what + ": guard zones");
    digest.add(out.host<uint8_t>(), out.bytes());
}

void line_case(const Area& area, double across, double along) {
    const std::string what = "line_filter " + area.text() + " " + std::to_string(across) + ", " + std::to_string(along);
    const int64_t n = area.count(), all = TRD_LINE_DIRECTIONS * n;
    const std::vector<float> values = uniform(n, 11, -5, 5), scales = uniform(all, 12, 0, 2);
    Buffer in(exec, values, 4), scale(exec, scales, 4), out(exec, 4 * n, 4), each(exec, 4 * all, 4);
    Buffer runs(exec, area.runs), space(exec, trd_line_filter_workspace_bytes(area.size, along));
    const trd_area a = area.struct_of(runs);
    expect_status(what,
                  trd_line_filter(&exec, in.device<float>(), &a, nullptr, each.device<float>(), across, along,
                                  space.device(), space.bytes()),
                  TRD_OK);
    expect_status(what,
                  trd_line_filter(&exec, in.device<float>(), &a, scale.device<float>(), out.device<float>(), across,
                                  along, space.device(), space.bytes()),
                  TRD_OK);
    const std::vector<Values> expected =
        trd::reference::line_filter(doubles(values), area.pixels, area.size, across, along);
    Values highest(at(n), 0.0);
    for (int64_t d = 0; d < TRD_LINE_DIRECTIONS; ++d) {
        const Values& direction = expected[at(d)];
        compare(what + ", direction " + std::to_string(d), each.host() + d * n, direction.data(), n, 1e-5);
        for (int64_t k = 0; k < n; ++k)
            highest[at(k)] = std::max(highest[at(k)], std::fabs(direction[at(k)]) * double{scales[at(d * n + k)]});
    }
    compare(what + ", highest", out.host(), highest.data(), n, 2e-5);
    check(out.guards_intact() && each.guards_intact() && space.guards_intact() && in.guards_intact(),
          what + ": guard zones");
    digest.add(out.host<uint8_t>(), out.bytes());
    digest.add(each.host<uint8_t>(), each.bytes());
}

// A scratch of one pixel's width stands out where it is, in the direction in which it runs.
void a_line_is_found() {
    const Area area(64, [](int64_t x, int64_t y) { return x > 3 && x < 60 && y > 3 && y < 60; });
    std::vector<float> values(at(area.count()), 0.0f);
    for (int64_t t = -10; t <= 10; ++t) {
        const int64_t i = (30 + t) * 64 + 32 + t;  // direction 3: pi / 4
        values[at(std::lower_bound(area.pixels.begin(), area.pixels.end(), i) - area.pixels.begin())] = 1;
    }
    Buffer in(exec, values), each(exec, 4 * TRD_LINE_DIRECTIONS * area.count()), runs(exec, area.runs);
    Buffer space(exec, trd_line_filter_workspace_bytes(64, 6));
    const trd_area a = area.struct_of(runs);
    expect_status("a line",
                  trd_line_filter(&exec, in.device<float>(), &a, nullptr, each.device<float>(), 1.2, 6, space.device(),
                                  space.bytes()),
                  TRD_OK);
    const float* const most = std::max_element(each.host(), each.host() + TRD_LINE_DIRECTIONS * area.count());
    const int64_t place = most - each.host(), pixel = area.pixels[at(place % area.count())];
    check(place / area.count() == 3, "a line's direction");
    check(std::abs(pixel % 64 - 32) <= 1 && std::abs(pixel / 64 - 30) <= 1, "a line's middle");
}

// Both branches of a part, and what they are compared with.
struct Scores {
    const Area& area;
    int64_t pixels, filters[2];
    std::vector<float> map[2], mean[2], scale[2], filtered[2], filter_scale[2], filter_offset[2];
    float offset[2] = {-3.5f, -1.25f}, sum_factor[2] = {0.75f, 0.5f}, sum_offset = -2.25f;
    float lines[3][2] = {{0.8f, 1.5f}, {1.25f, -2}, {0.5f, 0.25f}};
    double deviation = 1.5;
    Scores(const Area& a, int64_t rgb, int64_t depth, float spread) : area(a), pixels(a.size * a.size) {
        filters[0] = rgb;
        filters[1] = depth;
        for (uint32_t b = 0; b < 2; ++b) {
            map[b] = uniform(pixels, 20 + b, -spread, spread);
            mean[b] = uniform(pixels, 30 + b, -1, 1);
            scale[b] = uniform(pixels, 40 + b, 0.5f, 2);
            filtered[b] = uniform(filters[b] * a.count(), 50 + b, -spread, spread);
            filter_scale[b] = uniform(filters[b] * a.count(), 60 + b, 0.5f, 2);
            filter_offset[b] = uniform(filters[b], 70 + b, -3, 3);
        }
    }
    // Of a branch's map at a pixel, scaled.
    double deviations(int b, size_t i) const { return (double{map[b][i]} - mean[b][i]) * scale[b][i]; }
    Values filter_sums(int b) const {
        Values sum(at(pixels), 0.0);
        for (int64_t f = 0; f < filters[b]; ++f)
            for (int64_t k = 0; k < area.count(); ++k)
                sum[at(area.pixels[at(k)])] +=
                    trd::reference::soft(std::fabs(double{filtered[b][at(f * area.count() + k)]}) *
                                             filter_scale[b][at(f * area.count() + k)] +
                                         filter_offset[b][at(f)]);
        return sum;
    }
    Values sums(int b) const {
        Values sum = filter_sums(b);
        for (size_t i = 0; i < sum.size(); ++i) sum[i] += trd::reference::soft(deviations(b, i) + offset[b]);
        return sum;
    }
    Values joint_sums() const {
        Values sum = filter_sums(0);
        const Values second = filter_sums(1);
        for (size_t i = 0; i < sum.size(); ++i)
            sum[i] += second[i] + trd::reference::soft(sum_factor[0] * deviations(0, i) +
                                                       sum_factor[1] * deviations(1, i) + sum_offset);
        return sum;
    }
};

struct ScoresRun {
    std::vector<Buffer> kept;
    Buffer map, rgb, depth, runs, space;
    explicit ScoresRun(const Scores& s)
        : map(exec, 4 * s.pixels, 4),
          rgb(exec, s.map[0], 4),
          depth(exec, s.map[1], 4),
          runs(exec, s.area.runs),
          space(exec, trd_position_scores_workspace_bytes(s.area.size, s.area.count())) {}
    trd_position_branch branch(const Scores& s, int b) {
        const size_t first = kept.size();
        for (const auto* v : {&s.mean[b], &s.scale[b], &s.filtered[b], &s.filter_scale[b], &s.filter_offset[b]})
            kept.emplace_back(exec, *v, 4);
        const auto memory = [&](size_t i) { return kept[first + i].device<float>(); };
        return {memory(0),    memory(1),   memory(2),       memory(3),         memory(4),
                s.filters[b], s.offset[b], s.sum_factor[b], s.lines[b + 1][0], s.lines[b + 1][1],
                0};
    }
    trd_status call(const Scores& s) {
        const trd_area area = s.area.struct_of(runs);
        const trd_position_branch first = branch(s, 0), second = branch(s, 1);
        return trd_position_scores(&exec, &area, &first, &second, map.device<float>(), rgb.device<float>(),
                                   depth.device<float>(), s.sum_offset, s.lines[0][0], s.lines[0][1], s.deviation,
                                   space.device(), space.bytes());
    }
};

void scores_case(const Area& area, int64_t rgb, int64_t depth, float spread, double deviation) {
    Scores s(area, rgb, depth, spread);
    s.deviation = deviation;
    const std::string what = "position_scores " + area.text() + ", " + std::to_string(rgb) + " and " +
                             std::to_string(depth) + " filters, values up to " + std::to_string(spread);
    ScoresRun run(s);
    expect_status(what, run.call(s), TRD_OK);
    const Values a = s.sums(0), b = s.sums(1), both = s.joint_sums();
    // Scores up to 150 have an ulp of 1.5e-5.
    const double tolerance = 2e-5 + 1e-6 * std::min(150.0f, 2 * spread);
    const auto expected = [&](const Values& sums, int line) {
        return trd::reference::joined(sums, area.size, deviation, double{s.lines[line][0]}, double{s.lines[line][1]});
    };
    compare(what + ", rgb", run.rgb.host(), expected(a, 1).data(), s.pixels, tolerance);
    compare(what + ", depth", run.depth.host(), expected(b, 2).data(), s.pixels, tolerance);
    compare(what + ", joint", run.map.host(), expected(both, 0).data(), s.pixels, tolerance);
    for (Buffer* buffer : {&run.map, &run.rgb, &run.depth}) {
        check(buffer->guards_intact(), what + ": guard zones");
        digest.add(buffer->host<uint8_t>(), buffer->bytes());
    }
    check(run.space.guards_intact(), what + ": the workspace's guard zones");
}

void nan_shows_in_the_scores() {
    const Area area(64, [](int64_t x, int64_t y) { return x > 20 && y > 20; });
    Scores s(area, 2, 1, 3);
    s.map[0][10] = kNan;                       // the first row, beyond the area
    s.filtered[1][at(area.count() - 1)] = kNan;  // the last pixel
    ScoresRun run(s);
    expect_status("nan", run.call(s), TRD_OK);
    const float *map = run.map.host(), *rgb = run.rgb.host(), *depth = run.depth.host();
    check(std::isnan(rgb[10]) && std::isfinite(depth[10]) && std::isnan(map[10]), "a NaN of a map");
    check(std::isfinite(rgb[4095]) && std::isnan(depth[4095]) && std::isnan(map[4095]), "a NaN of a filter");
    check(std::isfinite(map[64 * 12 + 40]), "what is beyond the Gaussian's reach sees neither");
}

void nan_shows_in_the_lines() {
    const Area area(64, [](int64_t x, int64_t y) { return x > 20 && y > 20; });
    std::vector<float> values = uniform(area.count(), 5);
    values[0] = kNan;
    Buffer in(exec, values), scale(exec, std::vector<float>(at(TRD_LINE_DIRECTIONS * area.count()), 1.0f));
    Buffer out(exec, 4 * area.count()), runs(exec, area.runs), space(exec, trd_line_filter_workspace_bytes(64, 3));
    const trd_area a = area.struct_of(runs);
    expect_status("nan",
                  trd_line_filter(&exec, in.device<float>(), &a, scale.device<float>(), out.device<float>(), 1, 3,
                                  space.device(), space.bytes()),
                  TRD_OK);
    check(std::isnan(out.host()[0]) && std::isfinite(out.host()[area.count() - 1]), "a NaN stays where lines reach it");
}

// What stands on one of the two is refused, and nothing is written.
void refused() {
    const Area area(8, [](int64_t x, int64_t y) { return x > 2 && y > 2; });
    Scores s(area, 2, 1, 3);
    ScoresRun run(s);
    s.sum_offset = kNan;
    expect_status("sum offset", run.call(s), TRD_ERROR_ARGUMENT);
    trd_area a = area.struct_of(run.runs);
    trd_position_branch rgb = run.branch(s, 0), depth = run.branch(s, 1);
    const auto scores = [&](const trd_area* on, const trd_position_branch& first, double deviation, int64_t bytes) {
        return trd_position_scores(&exec, on, &first, &depth, run.map.device<float>(), run.rgb.device<float>(),
                                   run.depth.device<float>(), 0, 1, 0, deviation, run.space.device(), bytes);
    };
    const int64_t bytes = run.space.bytes();
    expect_status("no area", scores(nullptr, rgb, 1, bytes), TRD_ERROR_ARGUMENT);
    for (const double bad : {0.0, 1e-4, -1.0, 129.0, std::nan("")})
        expect_status("deviation", scores(&a, rgb, bad, bytes), TRD_ERROR_ARGUMENT);
    expect_status("workspace", scores(&a, rgb, 1, bytes - 1), TRD_ERROR_ARGUMENT);
    trd_position_branch bad = rgb;
    bad.mean = nullptr;
    expect_status("no mean", scores(&a, bad, 1, bytes), TRD_ERROR_ARGUMENT);
    bad = rgb;
    bad.filters = 17;
    expect_status("filters", scores(&a, bad, 1, bytes), TRD_ERROR_ARGUMENT);
    bad = rgb;
    bad.filtered = nullptr;
    expect_status("filtered", scores(&a, bad, 1, bytes), TRD_ERROR_ARGUMENT);
    bad = rgb;
    bad.offset = kNan;
    expect_status("offset", scores(&a, bad, 1, bytes), TRD_ERROR_ARGUMENT);
    bad = rgb;
    bad.sum_factor = kNan;
    expect_status("sum factor", scores(&a, bad, 1, bytes), TRD_ERROR_ARGUMENT);
    bad = rgb;
    bad.scale = run.rgb.device<float>();
    expect_status("overlap", scores(&a, bad, 1, bytes), TRD_ERROR_ARGUMENT);
    const std::vector<std::vector<int32_t>> wrong = {{8, 0}, {-1, 3}, {60, 5}, {8, 4, 11, 3}};
    for (const std::vector<int32_t>& runs : wrong) {
        Buffer memory(exec, runs);
        const trd_area other = {memory.device<int32_t>(), static_cast<int64_t>(runs.size()) / 2, 3, 8};
        expect_status("runs", scores(&other, rgb, 1, bytes), TRD_ERROR_ARGUMENT);
    }
    trd_area other = a;
    ++other.pixels;
    expect_status("pixels", scores(&other, rgb, 1, bytes), TRD_ERROR_ARGUMENT);
    check(run.map.untouched() && std::equal(s.map[0].begin(), s.map[0].end(), run.rgb.host()),
          "refused calls write nothing");

    FitCase c(40, 2, 3);
    Buffer y(exec, c.y), functions(exec, c.functions), rest(exec, 160);
    Buffer space(exec, trd_robust_rest_workspace_bytes(40, 2));
    const auto plan = [&](const void* function, void* to, int64_t size, int64_t n, int64_t count) {
        return trd_robust_rest_plan(&exec, static_cast<const float*>(function), to, size, n, count);
    };
    const auto fit = [&](const void* on, float most, int32_t unseen, void* to, int64_t size, int64_t n) {
        return trd_robust_rest(&exec, static_cast<const float*>(on), most, unseen, static_cast<float*>(to),
                               space.device(), size, n);
    };
    const int64_t whole = space.bytes();
    expect_status("unplanned", fit(y.device(), 1, 0, rest.device(), whole, 40), TRD_ERROR_ARGUMENT);
    expect_status("null function", plan(nullptr, space.device(), whole, 40, 2), TRD_ERROR_ARGUMENT);
    expect_status("65 functions", plan(functions.device(), space.device(), whole, 1, 65), TRD_ERROR_ARGUMENT);
    expect_status("n 0", plan(functions.device(), space.device(), whole, 0, 2), TRD_ERROR_ARGUMENT);
    expect_status("small workspace", plan(functions.device(), space.device(), whole - 1, 40, 2), TRD_ERROR_ARGUMENT);
    check(space.untouched(), "refused plans write nothing");
    expect_status("planned", plan(functions.device(), space.device(), whole, 40, 2), TRD_OK);
    expect_status("null y", fit(nullptr, 1, 0, rest.device(), whole, 40), TRD_ERROR_ARGUMENT);
    expect_status("most 0", fit(y.device(), 0, 0, rest.device(), whole, 40), TRD_ERROR_ARGUMENT);
    expect_status("most NaN", fit(y.device(), kNan, 0, rest.device(), whole, 40), TRD_ERROR_ARGUMENT);
    expect_status("unseen 2", fit(y.device(), 1, 2, rest.device(), whole, 40), TRD_ERROR_ARGUMENT);
    expect_status("another n", fit(y.device(), 1, 0, rest.device(), whole, 39), TRD_ERROR_ARGUMENT);
    expect_status("small workspace", fit(y.device(), 1, 0, rest.device(), whole - 1, 40), TRD_ERROR_ARGUMENT);
    expect_status("in place", fit(y.device(), 1, 0, y.device(), whole, 40), TRD_ERROR_ARGUMENT);
    check(rest.untouched(), "refused fits write nothing");

    Buffer in(exec, uniform(area.count(), 2)), out(exec, 4 * area.count());
    Buffer filter_space(exec, trd_area_filter_workspace_bytes(8));
    const auto filter = [&](float* to, double deviation, int64_t size) {
        return trd_area_filter(&exec, in.device<float>(), &a, nullptr, to, deviation, filter_space.device(), size);
    };
    const int64_t enough = filter_space.bytes();
    for (const double deviation : {0.0, 1e-4, -1.0, 128.5, std::nan("")})
        expect_status("deviation", filter(out.device<float>(), deviation, enough), TRD_ERROR_ARGUMENT);
    expect_status("workspace", filter(out.device<float>(), 1, enough - 1), TRD_ERROR_ARGUMENT);
    expect_status("null out", filter(nullptr, 1, enough), TRD_ERROR_ARGUMENT);
    expect_status("in place", filter(in.device<float>(), 1, enough), TRD_ERROR_ARGUMENT);
    check(out.untouched(), "refused filters write nothing");
    Buffer each(exec, 4 * TRD_LINE_DIRECTIONS * area.count()), line_space(exec, trd_line_filter_workspace_bytes(8, 6));
    const auto line = [&](const float* scale, float* to, double across, double along, int64_t size) {
        return trd_line_filter(&exec, in.device<float>(), &a, scale, to, across, along, line_space.device(), size);
    };
    const int64_t room = line_space.bytes();
    for (const double bad_deviation : {0.0, 1e-4, -1.0, 128.5, std::nan("")}) {
        expect_status("across", line(nullptr, each.device<float>(), bad_deviation, 6, room), TRD_ERROR_ARGUMENT);
        expect_status("along", line(nullptr, each.device<float>(), 1, bad_deviation, room), TRD_ERROR_ARGUMENT);
    }
    expect_status("workspace", line(nullptr, each.device<float>(), 1, 6, room - 1), TRD_ERROR_ARGUMENT);
    expect_status("null out", line(nullptr, nullptr, 1, 6, room), TRD_ERROR_ARGUMENT);
    expect_status("in place", line(nullptr, in.device<float>(), 1, 6, room), TRD_ERROR_ARGUMENT);
    expect_status("scale is out", line(each.device<float>(), each.device<float>(), 1, 6, room), TRD_ERROR_ARGUMENT);
    check(each.untouched(), "refused lines write nothing");
    check(trd_area_filter_workspace_bytes(0) == 0 && trd_area_filter_workspace_bytes(16385) == 0 &&
              trd_line_filter_workspace_bytes(16385, 6) == 0 && trd_line_filter_workspace_bytes(8, 0) == 0 &&
              trd_position_scores_workspace_bytes(8, 65) == 0 && trd_robust_rest_workspace_bytes(-1, 1) == 0,
          "no workspace for impossible sizes");
}

}  // namespace

int main() {
    for (const int64_t n : {1, 15, 16, 17, 130, 2077})
        for (const int64_t count : {0, 1, 3, 10}) fit_case(n, count, n % 2 == 0 ? 6.5f : INFINITY, count != 3);
    nan_is_not_lost();
    for (const Area& area : areas()) {
        filter_case(area, 1, false);
        filter_case(area, 5, true);
        filter_case(area, 0.3, false);
        line_case(area, 1.2, 6);
        line_case(area, 0.4, 0.7);
        line_case(area, 3, 25);  // longer than most frames
        scores_case(area, 4, 3, 4, 2);
        scores_case(area, 0, 1, 4, 0.5);
        scores_case(area, 2, 0, 400, 12);  // beyond what exp can hold, and wider than the frame
    }
    // Wider than a row is blurred at a time, and the longest that there are.
    line_case(Area(1100, [](int64_t x, int64_t y) { return y > 4 && y < 7 && x % 500 > 20; }), 0.8, 6);
    line_case(Area(7, [](int64_t x, int64_t y) { return x == 3 && y > 2; }), 128, 128);
    a_line_is_found();
    nan_shows_in_the_lines();
    nan_shows_in_the_scores();
    refused();
    return finish();
}
