// What scoring positions does to rows of numbers, one source for all variants: included by the file of each, which
// compiles it for its instructions.
//
// Traffic of a round of the fit: all functions once, from the second-level cache. Bound by that, elsewhere by exp and
// ln, about twenty operations each.
#pragma once
#include "lanes.hpp"
#include "positions/positions.hpp"

namespace trd::cpu {
namespace {

#if defined(__AVX512F__)
constexpr int64_t kVectors = 8;  // of a block's, which stay in registers
#else
constexpr int64_t kVectors = 4;
#endif
constexpr int64_t kValues = kVectors * kLanes;
static_assert(kFitBlock % kValues == 0, "a block of functions is a whole number of steps");

// Values [k, k + kValues) of the fit and of y less it; behind the last one both are 0.
inline const float* residual(const Fit& f, const float* coefficients, int64_t k, Lanes (&fit)[kVectors],
                             Lanes (&rest)[kVectors]) {
    const float* const functions = f.functions + k / kFitBlock * f.count * kFitBlock + k % kFitBlock;
    for (Lanes& x : fit) x = Lanes::zero();
    for (int64_t i = 0; coefficients != nullptr && i < f.count; ++i) {
        const Lanes c = Lanes::set1(coefficients[i]);
        for (int64_t v = 0; v < kVectors; ++v)
            fit[v] = fit[v] + c * Lanes::load(functions + i * kFitBlock + v * kLanes);
    }
    const Lanes high = Lanes::set1(f.most), low = Lanes::set1(-f.most);
    for (int64_t v = 0; v < kVectors; ++v) {
        const int64_t from = k + v * kLanes, left = f.n - from;
        const Lanes y = left >= kLanes ? Lanes::load(f.y + from) : Lanes::load(f.y + from, left > 0 ? left : 0);
        rest[v] = y.within(low, high) - fit[v];
    }
    return functions;
}

void project(const Fit& f, const float* coefficients, float limit, float* sums) {
    const Lanes high = Lanes::set1(limit), low = Lanes::set1(-limit);
    for (int64_t k = 0; k < f.n; k += kValues) {
        Lanes value[kVectors], rest[kVectors];
        const float* const functions = residual(f, coefficients, k, value, rest);
        for (int64_t v = 0; v < kVectors; ++v) value[v] = value[v] + rest[v].within(low, high);
        for (int64_t i = 0; i < f.count; ++i) {
            Lanes sum = Lanes::load(sums + i * kLanes);
            for (int64_t v = 0; v < kVectors; ++v)
                sum = sum + Lanes::load(functions + i * kFitBlock + v * kLanes) * value[v];
            sum.store(sums + i * kLanes);
        }
    }
}

void rest(const Fit& f, const float* coefficients, bool unseen, float* out) {
    for (int64_t k = 0; k < f.n; k += kValues) {
        Lanes fit[kVectors], left[kVectors];
        residual(f, coefficients, k, fit, left);
        alignas(64) float values[kValues];
        for (int64_t v = 0; v < kVectors; ++v) left[v].store(values + v * kLanes);
        const int64_t n = f.n - k < kValues ? f.n - k : kValues;
        if (unseen)
            for (int64_t i = 0; i < n; ++i) out[k + i] = f.y[k + i] != 0 ? values[i] : 0.0f;
        else
            for (int64_t i = 0; i < n; ++i) out[k + i] = values[i];
    }
}

int64_t below(const int32_t* values, int64_t n, int32_t bound) {
    int32_t count = 0;
    for (int64_t i = 0; i < n; ++i) count += values[i] < bound ? 1 : 0;
    return count;
}

inline float from_bits(uint32_t bits) {
    float x;
    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
}

inline uint32_t to_bits(float x) {
    uint32_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return bits;
}

// e^x for |x| <= 80, after Cephes: within 2e-7 of it, relatively. A NaN stays one.
inline float exponential(float x) {
    constexpr float kRound = 12582912.0f;  // 1.5 2^23: what is added to it becomes whole
    const float shifted = x * 1.44269504088896341f + kRound, n = shifted - kRound;
    const float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
    float p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    // The lowest bits of `shifted` are n: shifted into the exponent's place, the others fall out.
    return ((p * r) * r + r + 1.0f) * from_bits((to_bits(shifted) << 23) + 0x3f800000u);
}

// ln x for normal x > 0, after Cephes: within 2e-7 of it, or of the larger of its parts. A NaN stays one.
inline float logarithm(float x) {
    const uint32_t above = to_bits(x) - 0x3f3504f3u;  // sqrt(1/2)
    const float e = static_cast<float>(static_cast<int32_t>(above) >> 23);
    const float f = from_bits((above & 0x7fffffu) + 0x3f3504f3u) - 1.0f, z = f * f;
    float p = f * 7.0376836292e-2f + -1.1514610310e-1f;
    p = p * f + 1.1676998740e-1f;
    p = p * f + -1.2420140846e-1f;
    p = p * f + 1.4249322787e-1f;
    p = p * f + -1.6668057665e-1f;
    p = p * f + 2.0000714765e-1f;
    p = p * f + -2.4999993993e-1f;
    p = p * f + 3.3333331174e-1f;
    p = (p * f) * z + e * -2.12194440e-4f;
    const float y = (f + (p - 0.5f * z)) + e * 0.693359375f;
    return x == x ? y : x;
}

inline float soft(float score) {
    const float below = kMostScore < score ? kMostScore : score;
    return exponential((-kMostScore > below ? -kMostScore : below) * (1 / kSoftness));
}

void add_soft(const float* __restrict__ x, const float* __restrict__ scale, float offset, int64_t n,
              float* __restrict__ sum) {
    for (int64_t i = 0; i < n; ++i) sum[i] += soft(__builtin_fabsf(x[i]) * scale[i] + offset);
}

void add_map(const float* __restrict__ map, const float* __restrict__ mean, const float* __restrict__ scale,
             float offset, int64_t n, float* __restrict__ sum) {
    for (int64_t i = 0; i < n; ++i) sum[i] += soft((map[i] - mean[i]) * scale[i] + offset);
}

void add_both(const float* __restrict__ map_a, const float* __restrict__ mean_a, const float* __restrict__ scale_a,
              const float* __restrict__ map_b, const float* __restrict__ mean_b, const float* __restrict__ scale_b,
              const float* share, const float* __restrict__ a, const float* __restrict__ b, int64_t n,
              float* __restrict__ out) {
    const float share_a = share[0], share_b = share[1], offset = share[2];
    for (int64_t i = 0; i < n; ++i) {
        const float va = (map_a[i] - mean_a[i]) * scale_a[i], vb = (map_b[i] - mean_b[i]) * scale_b[i];
        out[i] = a[i] + b[i] + soft(va * share_a + vb * share_b + offset);
    }
}

void logarithms(float factor, float offset, int64_t n, float* __restrict__ x) {
    for (int64_t i = 0; i < n; ++i) x[i] = logarithm(x[i]) * factor + offset;
}

void curvature(const float* __restrict__ above, const float* __restrict__ here, const float* __restrict__ below,
               int64_t n, float* __restrict__ both, float* __restrict__ apart, float* __restrict__ twist) {
    for (int64_t i = 0; i < n; ++i) {
        const float twice = 2 * here[i];
        const float xx = here[i - 1] + here[i + 1] - twice, yy = above[i] + below[i] - twice;
        both[i] = -0.5f * (xx + yy);
        apart[i] = 0.5f * (xx - yy);
        twist[i] = 0.25f * ((above[i - 1] - above[i + 1]) + (below[i + 1] - below[i - 1]));
    }
}

void bend(const float* __restrict__ both, const float* __restrict__ apart, const float* __restrict__ twist,
          float cosine, float sine, int64_t n, float* __restrict__ out) {
    for (int64_t i = 0; i < n; ++i) out[i] = both[i] + apart[i] * cosine + twist[i] * sine;
}

void highest(const float* __restrict__ x, const float* __restrict__ scale, int64_t n, float* __restrict__ most) {
    for (int64_t i = 0; i < n; ++i) {
        const float value = __builtin_fabsf(x[i]) * scale[i];
        // A NaN is taken, and stays.
        most[i] = value > most[i] || value != value ? value : most[i];
    }
}

}  // namespace
}  // namespace trd::cpu
