// cosine_distance against its double reference: awkward channel counts, zero and huge vectors, exact cases, bad arguments.
#include <limits>

#include "cosine_distance/cosine_distance_reference.hpp"
#include "trd_test.hpp"

using namespace trd_test;

namespace {

void random_case(int64_t n, int64_t pixels, int64_t c) {
    const auto a = uniform(n * pixels * c, 1), b = uniform(n * pixels * c, 2);
    std::vector<double> expected(static_cast<size_t>(n * pixels));
    trd::reference::cosine_distance(a.data(), b.data(), expected.data(), n * pixels, c);
    Guarded out(n * pixels);
    const trd_exec exec = cpu();
    const std::string what = "n=" + std::to_string(n) + " pixels=" + std::to_string(pixels) + " c=" + std::to_string(c);
    expect_status(what, trd_cosine_distance(&exec, a.data(), b.data(), out.data(), n, pixels, c), TRD_OK);
    // Each lane sums at most ceil(c/16) rounded products (relative error eps each); the final division adds one rounding.
    const double tolerance = (static_cast<double>(c) / 16 + 4) * std::numeric_limits<float>::epsilon();
    compare(what, out.data(), expected.data(), n * pixels, tolerance);
    check(out.guards_intact(), what + ": guard zones");
}

void exact_cases() {
    // rows: equal, opposite, orthogonal, a zero vector (distance 1, not NaN), tiny vectors below the clamp
    const float a[] = {3, 4, 3, 4, 1, 0, 0, 0, 1e-30f, 0};
    const float b[] = {3, 4, -3, -4, 0, 2, 1, 1, 1e-30f, 0};
    const double expected[] = {0, 2, 1, 1, 1};
    Guarded out(5);
    const trd_exec exec = cpu();
    expect_status("exact", trd_cosine_distance(&exec, a, b, out.data(), 1, 5, 2), TRD_OK);
    compare("exact", out.data(), expected, 5, 0);
}

void nan_is_not_hidden() {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const float a[] = {nan, 1}, b[] = {1, 1};
    float out = 0;
    const trd_exec exec = cpu();
    expect_status("nan", trd_cosine_distance(&exec, a, b, &out, 1, 1, 2), TRD_OK);
    check(std::isnan(out), "a NaN feature gives a NaN distance");
}

void bad_arguments() {
    const auto a = uniform(64, 1);
    Guarded out(8);
    const trd_exec exec = cpu();
    const auto call = [&](const float* x, const float* y, float* o, int64_t n, int64_t p, int64_t c) {
        return trd_cosine_distance(&exec, x, y, o, n, p, c);
    };
    const int64_t huge = std::numeric_limits<int64_t>::max();
    expect_status("null a", call(nullptr, a.data(), out.data(), 1, 8, 8), TRD_ERROR_ARGUMENT);
    expect_status("null out", call(a.data(), a.data(), nullptr, 1, 8, 8), TRD_ERROR_ARGUMENT);
    expect_status("n = 0", call(a.data(), a.data(), out.data(), 0, 8, 8), TRD_ERROR_ARGUMENT);
    expect_status("pixels < 0", call(a.data(), a.data(), out.data(), 1, -8, 8), TRD_ERROR_ARGUMENT);
    expect_status("c overflows", call(a.data(), a.data(), out.data(), 1, 8, huge), TRD_ERROR_ARGUMENT);
    expect_status("n * pixels overflows", call(a.data(), a.data(), out.data(), huge / 4, huge / 4, 1), TRD_ERROR_ARGUMENT);
    expect_status("overlap", call(a.data(), a.data(), const_cast<float*>(a.data()) + 60, 1, 8, 8), TRD_ERROR_ARGUMENT);
    check(out.untouched(), "rejected calls write nothing");
}

}  // namespace

int main() {
    random_case(1, 1, 1);
    random_case(1, 3, 5);
    random_case(2, 7, 16);
    random_case(1, 9, 17);
    random_case(3, 5, 63);
    random_case(2, 64, 256);
    random_case(1, 16, 1024);
    exact_cases();
    nan_is_not_hidden();
    bad_arguments();
    return finish();
}
