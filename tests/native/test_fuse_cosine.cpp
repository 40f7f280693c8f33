// fuse_cosine against its double reference: all types and backends, with and without an amplifier, awkward channel
// counts, zero and tiny vectors, exact cases, bad arguments.
#include <algorithm>
#include <limits>

#include "fuse_cosine/fuse_cosine_reference.hpp"
#include "device.hpp"

using namespace trd_test;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Features as the op reads them, and the same values as floats for the reference. Unaligned by one element, exactly as
// long as they must be: a read outside is seen by the sanitizer.
class Features {
public:
    Features(const trd_exec& exec, int32_t type, std::vector<float> values, bool aligned = false)
        : floats_(std::move(values)), buffer_(features(exec, type, floats_, aligned ? 0 : element_bytes(type))) {}
    const void* data() { return buffer_.device(); }
    const float* floats() const { return floats_.data(); }

private:
    std::vector<float> floats_;
    Buffer buffer_;
};

void random_case(const trd_exec& exec, int32_t type, bool blend, int64_t n, int64_t pixels, int64_t c,
                 bool aligned = false) {
    const int64_t rows = n * pixels;
    Features decoder(exec, type, uniform(rows * c, 1), aligned), amplifier(exec, type, uniform(rows * c, 2), aligned),
        teacher(exec, type, uniform(rows * c, 3), aligned);
    const float w_decoder = 0.7f, w_amplifier = 0.4f;
    std::vector<double> expected(static_cast<size_t>(rows));
    trd::reference::fuse_cosine(decoder.floats(), w_decoder, blend ? amplifier.floats() : nullptr, w_amplifier,
                                teacher.floats(), expected.data(), rows, c);
    Buffer distance(exec, rows * 4);
    const std::string what = name(exec) + " " + type_name(type) + (aligned ? " aligned" : "") +
                             (blend ? " blend" : "") + " n=" + std::to_string(n) + " pixels=" + std::to_string(pixels) +
                             " c=" + std::to_string(c);
    expect_status(what,
                  trd_fuse_cosine(&exec, type, decoder.data(), w_decoder, blend ? amplifier.data() : nullptr,
                                  w_amplifier, teacher.data(), distance.device<float>(), n, pixels, c),
                  TRD_OK);
    distance.read();
    // <g,t>/(|g||t|) is at most 1, and so is <|g|,|t|>/(|g||t|). A lane adds at most ceil(c/32) products (relative
    // error eps/2 each; on CUDA 32, when they are less, because fewer lanes share a short row), in all three sums, and
    // the lanes are added in four pairings, on CUDA five; the blend rounds an element of g twice, of |w_d d| + |w_a a|,
    // which for these values is in norm at most 2 |g| where c is not tiny; the result is rounded once.
    const double shared = static_cast<double>(c + 31) / 32, most = static_cast<double>(std::min(c, int64_t{32}));
    const double roundings =
        (exec.backend == TRD_BACKEND_CUDA ? std::max(shared, most) + 5 : shared + 4) + (blend ? 4 : 0);
    double tolerance = (2 * roundings + 2) * std::numeric_limits<float>::epsilon() / 2;
    if (blend && c < 8) tolerance *= 8;  // decoder and amplifier may cancel in a single channel
    compare(what, distance.host(), expected.data(), rows, tolerance);
    check(distance.guards_intact(), what + ": guard zones");
}

void exact_cases(const trd_exec& exec, int32_t type) {
    // rows: equal, opposite, orthogonal, a zero vector (distance 1, not NaN), tiny vectors below the clamp
    Features a(exec, type, {3, 4, 3, 4, 1, 0, 0, 0, 1e-30f, 0}), b(exec, type, {3, 4, -3, -4, 0, 2, 1, 1, 1e-30f, 0});
    Features zero(exec, type, std::vector<float>(10, 0.0f));
    const double expected[] = {0, 2, 1, 1, 1}, negated[] = {2, 0, 1, 1, 1}, no_direction[] = {1, 1, 1, 1, 1};
    const auto call = [&](const char* what, Features& d, float w_d, Features* amplifier, float w_a,
                          const double* want) {
        Buffer out(exec, 5 * 4);
        const std::string text = name(exec) + " " + type_name(type) + " exact, " + what;
        expect_status(text,
                      trd_fuse_cosine(&exec, type, d.data(), w_d, amplifier ? amplifier->data() : nullptr, w_a,
                                      b.data(), out.device<float>(), 1, 5, 2),
                      TRD_OK);
        out.read();
        compare(text, out.host(), want, 5, 0);
    };
    call("decoder alone", a, 1, nullptr, 5, expected);
    call("its weight does not matter", a, 0.25f, nullptr, 0, expected);
    call("but its sign does", a, -2, nullptr, 0, negated);
    call("weight 0", a, 0, nullptr, 0, no_direction);
    call("amplifier alone", zero, 1, &a, 0.5f, expected);
    call("both", a, 0.5f, &a, 0.5f, expected);
    call("both, more of one", a, 1, &a, -3, negated);
    call("they cancel", a, 1, &a, -1, no_direction);
}

void nan_is_not_hidden(const trd_exec& exec, int32_t type) {
    Features one(exec, type, std::vector<float>(40, 1.0f));
    std::vector<float> values(40, 1.0f);
    for (const size_t at : {0u, 17u, 39u}) {
        values[at] = kNan;
        Features bad(exec, type, values);
        values[at] = 1;
        Buffer buffer(exec, std::vector<float>(3, 0.0f));
        auto* out = buffer.device<float>();
        expect_status("nan decoder", trd_fuse_cosine(&exec, type, bad.data(), 1, nullptr, 0, one.data(), out, 1, 1, 40),
                      TRD_OK);
        expect_status("nan amplifier",
                      trd_fuse_cosine(&exec, type, one.data(), 1, bad.data(), 1, one.data(), out + 1, 1, 1, 40),
                      TRD_OK);
        expect_status("nan teacher",
                      trd_fuse_cosine(&exec, type, one.data(), 1, nullptr, 0, bad.data(), out + 2, 1, 1, 40), TRD_OK);
        buffer.read();
        const float* got = buffer.host();
        check(std::isnan(got[0]) && std::isnan(got[1]) && std::isnan(got[2]), "a NaN feature gives a NaN distance");
    }
}

void threads_change_nothing(int32_t type) {
    const int64_t pixels = 301, c = 130;
    const trd_exec exec = cpu();
    Features a(exec, type, uniform(pixels * c, 1)), b(exec, type, uniform(pixels * c, 2)),
        t(exec, type, uniform(pixels * c, 3));
    Buffer one(exec, pixels * 4), many(exec, pixels * 4);
    for (const int32_t threads : {1, 3}) {
        trd_set_threads(threads);
        expect_status("threads",
                      trd_fuse_cosine(&exec, type, a.data(), 1, b.data(), 1, t.data(),
                                      (threads == 1 ? one : many).host(), 1, pixels, c),
                      TRD_OK);
    }
    check(std::memcmp(one.host(), many.host(), static_cast<size_t>(pixels) * 4) == 0,
          "one thread and three give the same bits");
}

void bad_arguments(const trd_exec& exec) {
    const auto a = uniform(64, 1), b = uniform(64, 2), e = uniform(64, 3);
    Buffer first(exec, a), second(exec, b), third(exec, e), out(exec, 8 * 4);
    auto *const f = first.device<float>(), *const g = second.device<float>(), *const h = third.device<float>();
    auto* const o = out.device<float>();
    const auto refused = [&](const char* what, int32_t type, const float* d, float w_d, const float* x, float w_x,
                             const float* t, float* to, int64_t n, int64_t p, int64_t c,
                             trd_status status = TRD_ERROR_ARGUMENT) {
        expect_status(name(exec) + " " + what, trd_fuse_cosine(&exec, type, d, w_d, x, w_x, t, to, n, p, c), status);
    };
    const int64_t huge = std::numeric_limits<int64_t>::max();
    refused("type", 3, f, 1, f, 1, f, o, 1, 8, 8);
    refused("type < 0", -1, f, 1, f, 1, f, o, 1, 8, 8);
    if (exec.backend == TRD_BACKEND_CPU) {
        refused("float16 on the CPU", TRD_FLOAT16, f, 1, f, 1, f, o, 1, 8, 8, TRD_ERROR_UNSUPPORTED);
    } else {
        refused("more rows than a launch has", 0, f, 1, f, 1, h, o, 1, (int64_t{1} << 31) + 1, 1);
        check(std::strstr(trd_last_error(), "one launch") != nullptr,
              std::string("the launch's limit is named: ") + trd_last_error());
    }
    refused("null decoder", 0, nullptr, 1, f, 1, f, o, 1, 8, 8);
    refused("null teacher", 0, f, 1, f, 1, nullptr, o, 1, 8, 8);
    refused("null distance", 0, f, 1, f, 1, f, nullptr, 1, 8, 8);
    refused("w_decoder NaN", 0, f, kNan, f, 1, f, o, 1, 8, 8);
    refused("w_amplifier infinite", 0, f, 1, f, std::numeric_limits<float>::infinity(), f, o, 1, 8, 8);
    refused("n = 0", 0, f, 1, f, 1, f, o, 0, 8, 8);
    refused("pixels < 0", 0, f, 1, f, 1, f, o, 1, -8, 8);
    refused("c = 0", 0, f, 1, f, 1, f, o, 1, 8, 0);
    refused("c overflows", 0, f, 1, f, 1, f, o, 1, 8, huge);
    refused("n * pixels overflows", 0, f, 1, f, 1, f, o, huge / 4, huge / 4, 1);
    refused("decoder overlaps", 0, f, 1, g, 1, h, f + 60, 1, 8, 8);
    refused("amplifier overlaps", 0, g, 1, f, 1, h, f + 60, 1, 8, 8);
    refused("teacher overlaps", 0, g, 1, nullptr, 1, f, f, 1, 8, 8);
    refused("bf16 overlaps its last element", 1, g, 1, nullptr, 1, f, f + 3, 1, 1, 7);
    trd_exec other = exec;
    other.device = -1;
    if (exec.backend == TRD_BACKEND_CUDA)
        expect_status("negative device", trd_fuse_cosine(&other, 0, f, 1, g, 1, h, o, 1, 8, 8), TRD_ERROR_ARGUMENT);
    first.read();
    out.read();
    check(out.untouched() && std::memcmp(first.host(), a.data(), 64 * 4) == 0,
          name(exec) + " rejected calls write nothing");
    Buffer behind(exec, std::vector<float>(8));
    expect_status(
        "right behind bf16 features",
        trd_fuse_cosine(&exec, 1, behind.device(), 1, nullptr, 1, behind.device(), behind.device<float>() + 4, 1, 1, 8),
        TRD_OK);
}

}  // namespace

int main() {
    for (const trd_exec& exec : backends()) {
        for (const int32_t type : {TRD_FLOAT32, TRD_BFLOAT16, TRD_FLOAT16}) {
            if (type == TRD_FLOAT16 && exec.backend == TRD_BACKEND_CPU) continue;
            for (const bool blend : {false, true}) {
                random_case(exec, type, blend, 1, 1, 1);
                random_case(exec, type, blend, 1, 3, 5);
                random_case(exec, type, blend, 2, 7, 16);
                random_case(exec, type, blend, 1, 9, 17);
                random_case(exec, type, blend, 1, 9, 32);
                random_case(exec, type, blend, 3, 5, 63);
                random_case(exec, type, blend, 2, 64, 256);
                random_case(exec, type, blend, 1, 16, 1024);
                random_case(exec, type, blend, 1, 13, 264, true);
                // Aligned: every number of lanes that a row may have on CUDA, full and partly idle, one turn and
                // several.
                for (const int64_t c : {8, 64, 72, 128, 256, 512, 1032})
                    for (const int64_t pixels : {1, 9}) random_case(exec, type, blend, 1, pixels, c, true);
            }
            exact_cases(exec, type);
            nan_is_not_hidden(exec, type);
        }
    }
    for (const int32_t type : {TRD_FLOAT32, TRD_BFLOAT16}) threads_change_nothing(type);
    for (const trd_exec& exec : backends()) bad_arguments(exec);
    return finish();
}
