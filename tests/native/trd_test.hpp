// The one harness of the native tests: NaN-safe comparison, seeded data, a count of failures. Guarded buffers:
// device.hpp.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "trd.h"

namespace trd_test {

inline int failures = 0;

inline void check(bool condition, const std::string& what) {
    if (condition) return;
    ++failures;
    std::printf("FAILED: %s\n", what.c_str());
}

inline std::vector<float> uniform(int64_t count, uint32_t seed, float low = -1, float high = 1) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> distribution(low, high);
    std::vector<float> values(static_cast<size_t>(count));
    for (float& v : values) v = distribution(random);
    return values;
}

// |got - expected| <= tolerance for every element; a NaN on either side fails.
template <class Expected>
void compare(const std::string& what, const float* got, const Expected* expected, int64_t count, double tolerance) {
    double worst = 0;
    for (int64_t i = 0; i < count; ++i) {
        const double error = std::fabs(static_cast<double>(got[i]) - static_cast<double>(expected[i]));
        if (!(error <= tolerance)) {
            check(false, what + ": element " + std::to_string(i) + " is " + std::to_string(got[i]) + ", expected " +
                             std::to_string(expected[i]) + ", tolerance " + std::to_string(tolerance));
            return;
        }
        worst = error > worst ? error : worst;
    }
    std::printf("ok: %s, worst error %.3g of %.3g allowed\n", what.c_str(), worst, tolerance);
}

inline void expect_status(const std::string& what, trd_status got, trd_status expected) {
    check(got == expected, what + ": status " + std::to_string(got) + ", expected " + std::to_string(expected) + " (" +
                               trd_last_error() + ")");
}

inline trd_exec cpu() { return trd_exec{TRD_BACKEND_CPU, 0, nullptr}; }

// Of everything that CUDA wrote and a test read, or that a test adds: runs in different orders of threads, or with
// different instruction sets, must leave the same (TRD_TEST_DIGEST=file).
struct Digest {
    uint64_t hash = 14695981039346656037u;  // FNV-1a
    int64_t bytes = 0;
    void add(const uint8_t* p, int64_t count) {
        for (int64_t i = 0; i < count; ++i) hash = (hash ^ p[i]) * 1099511628211u;
        bytes += count;
    }
};
inline Digest digest;

inline int finish() {
    if (const char* path = std::getenv("TRD_TEST_DIGEST")) {
        if (FILE* file = std::fopen(path, "w")) {
            std::fprintf(file, "%016llx of %lld bytes", static_cast<unsigned long long>(digest.hash),
                         static_cast<long long>(digest.bytes));
            std::fclose(file);
        } else {
            check(false, std::string("cannot write ") + path);
        }
    }
    std::printf("%s\n", failures == 0 ? "all passed" : "there were failures");
    return failures == 0 ? 0 : 1;
}

}  // namespace trd_test
