// max_pool against its reference: all types, odd and tiny sizes, NaN, bad arguments. The result is one of the inputs:
// exact.
#include <cmath>
#include <limits>

#include "max_pool/max_pool_reference.hpp"
#include "device.hpp"

using namespace trd_test;

namespace {

void compare_exact(const trd_exec& exec, int32_t type, int64_t n, int64_t h, int64_t w, int64_t c, bool with_nan) {
    std::vector<float> values = uniform(n * h * w * c, 11);
    if (with_nan) {
        values[static_cast<size_t>(n * h * w * c / 2)] = std::numeric_limits<float>::quiet_NaN();
        values[0] = -std::numeric_limits<float>::infinity();
    }
    Buffer in = features(exec, type, values);
    const int64_t count = n * ((h + 1) / 2) * ((w + 1) / 2) * c;
    std::vector<double> expected(static_cast<size_t>(count));
    trd::reference::max_pool(values.data(), expected.data(), n, h, w, c);
    Buffer out(exec, count * element_bytes(type));
    const std::string what = name(exec) + " " + type_name(type) + " " + std::to_string(n) + "x" + std::to_string(h) +
                             "x" + std::to_string(w) + "x" + std::to_string(c) + (with_nan ? " with NaN" : "");
    expect_status(what, trd_max_pool(&exec, type, in.device(), out.device(), n, h, w, c), TRD_OK);
    const std::vector<float> got = values_of(out, type, count);
    int64_t wrong = 0;
    for (int64_t i = 0; i < count; ++i) {
        const double a = got[static_cast<size_t>(i)], b = expected[static_cast<size_t>(i)];
        wrong += !(a == b || (std::isnan(a) && std::isnan(b)));
    }
    check(wrong == 0, what + ": " + std::to_string(wrong) + " values differ");
    check(out.guards_intact(), what + ": guard zones");
}

void bad_arguments(const trd_exec& exec) {
    std::vector<float> values = uniform(2 * 4 * 4 * 8, 3);
    Buffer in(exec, values), out(exec, 2 * 2 * 2 * 8 * 4);
    const auto call = [&](int32_t type, const void* i, void* o, int64_t n, int64_t h, int64_t w, int64_t c) {
        return trd_max_pool(&exec, type, i, o, n, h, w, c);
    };
    const int64_t huge = std::numeric_limits<int64_t>::max() / 8 * 8;
    auto* inside = static_cast<uint8_t*>(in.device());
    expect_status("null exec", trd_max_pool(nullptr, 0, in.device(), out.device(), 2, 4, 4, 8), TRD_ERROR_ARGUMENT);
    expect_status("type", call(3, in.device(), out.device(), 2, 4, 4, 8), TRD_ERROR_ARGUMENT);
    expect_status("null in", call(0, nullptr, out.device(), 2, 4, 4, 8), TRD_ERROR_ARGUMENT);
    expect_status("null out", call(0, in.device(), nullptr, 2, 4, 4, 8), TRD_ERROR_ARGUMENT);
    expect_status("n = 0", call(0, in.device(), out.device(), 0, 4, 4, 8), TRD_ERROR_ARGUMENT);
    expect_status("h < 0", call(0, in.device(), out.device(), 2, -4, 4, 8), TRD_ERROR_ARGUMENT);
    expect_status("w = 0", call(0, in.device(), out.device(), 2, 4, 0, 8), TRD_ERROR_ARGUMENT);
    expect_status("c = 4", call(0, in.device(), out.device(), 2, 4, 4, 4), TRD_ERROR_ARGUMENT);
    expect_status("c huge", call(0, in.device(), out.device(), 2, 4, 4, huge), TRD_ERROR_ARGUMENT);
    expect_status("n too large", call(0, in.device(), out.device(), 65536, 1, 1, 8), TRD_ERROR_ARGUMENT);
    expect_status("h too large", call(0, in.device(), out.device(), 1, 131071, 1, 8), TRD_ERROR_ARGUMENT);
    expect_status("w * c too large", call(0, in.device(), out.device(), 1, 1, 1 << 28, 8), TRD_ERROR_ARGUMENT);
    expect_status("misaligned in", call(0, inside + 4, out.device(), 1, 2, 2, 8), TRD_ERROR_ARGUMENT);
    expect_status("misaligned out", call(0, in.device(), out.device<uint8_t>() + 4, 1, 2, 2, 8), TRD_ERROR_ARGUMENT);
    expect_status("overlap", call(0, inside, inside + 16, 2, 4, 4, 8), TRD_ERROR_ARGUMENT);
    out.read();
    in.read();
    check(out.untouched() && std::equal(values.begin(), values.end(), in.host()), "rejected calls write nothing");
}

}  // namespace

int main() {
    const trd_exec on_cpu = cpu();
    std::vector<float> values(8);
    expect_status("on the CPU", trd_max_pool(&on_cpu, 0, values.data(), values.data(), 1, 1, 1, 8),
                  TRD_ERROR_UNSUPPORTED);
    if (has_cuda()) {
        const trd_exec exec = cuda();
        for (const int32_t type : {TRD_FLOAT32, TRD_BFLOAT16, TRD_FLOAT16}) {
            for (const bool with_nan : {false, true}) {
                compare_exact(exec, type, 1, 1, 1, 8, with_nan);
                compare_exact(exec, type, 2, 3, 5, 24, with_nan);
                compare_exact(exec, type, 1, 2, 7, 8, with_nan);
                compare_exact(exec, type, 2, 16, 16, 64, with_nan);
                compare_exact(exec, type, 1, 5, 67, 264, with_nan);
            }
        }
        bad_arguments(exec);
    }
    return finish();
}
