// Sixteen floats at a time, in the widest registers that the including file is compiled for. A kernel written with
// Lanes is one source and as many variants as files include it. Everything is in an unnamed namespace: a copy compiled
// for AVX-512 must never be linked into the variant for an older machine.
#pragma once
#include <cstdint>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace trd::cpu {
namespace {

constexpr int64_t kLanes = 16;

#if defined(__AVX2__) && defined(__FMA__)
// Sums of eight floats each of four vectors: pairs, pairs of pairs, the halves last and in double.
inline void store_sums(const __m256 (&x)[4], double (&out)[4]) {
    const __m256 all = _mm256_hadd_ps(_mm256_hadd_ps(x[0], x[1]), _mm256_hadd_ps(x[2], x[3]));
    _mm256_storeu_pd(out, _mm256_add_pd(_mm256_cvtps_pd(_mm256_castps256_ps128(all)),
                                        _mm256_cvtps_pd(_mm256_extractf128_ps(all, 1))));
}
#endif

#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VL__) && defined(__AVX512DQ__)

// Which lanes count: those whose byte is not zero.
struct Counted {
    __mmask16 bits;
    static Counted of(const uint8_t* bytes) {
        const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
        return {_mm_test_epi8_mask(b, b)};
    }
};

struct Lanes {
    __m512 v;
    static Lanes zero() { return {_mm512_setzero_ps()}; }
    static Lanes set1(float x) { return {_mm512_set1_ps(x)}; }
    static Lanes load(const float* p) { return {_mm512_loadu_ps(p)}; }
    // The first n lanes, zeros behind them; reads nothing else.
    static Lanes load(const float* p, int64_t n) {
        return {_mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << n) - 1), p)};
    }
    void store(float* p) const { _mm512_storeu_ps(p, v); }
    // 32 bfloat16 numbers: those at even places, those at odd places. Widening is exact.
    static void load_bfloat16(const uint16_t* p, Lanes& even, Lanes& odd) {
        const __m512i b = _mm512_loadu_si512(p);
        even.v = _mm512_castsi512_ps(_mm512_slli_epi32(b, 16));
        odd.v = _mm512_castsi512_ps(_mm512_and_si512(b, _mm512_set1_epi32(static_cast<int>(0xFFFF0000u))));
    }
    // this + a * b
    Lanes plus(Lanes a, Lanes b) const { return {_mm512_fmadd_ps(a.v, b.v, v)}; }
    Lanes operator+(Lanes o) const { return {_mm512_add_ps(v, o.v)}; }
    Lanes operator-(Lanes o) const { return {_mm512_sub_ps(v, o.v)}; }
    Lanes operator*(Lanes o) const { return {_mm512_mul_ps(v, o.v)}; }
    // The larger; what a NaN gives is not defined, any_nan() finds it.
    Lanes max(Lanes o) const { return {_mm512_max_ps(v, o.v)}; }
    // Brought into [low, high]; a NaN stays one (of two operands the instructions return the second then).
    Lanes within(Lanes low, Lanes high) const { return {_mm512_max_ps(low.v, _mm512_min_ps(high.v, v))}; }
    Lanes where(Counted c, float otherwise) const {
        return {_mm512_mask_blend_ps(c.bits, _mm512_set1_ps(otherwise), v)};
    }
    bool any_nan() const { return _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q) != 0; }
    // Sums of the lanes of four.
    static void sums(const Lanes (&x)[4], double (&out)[4]) {
        __m256 half[4];
        for (int i = 0; i < 4; ++i)
            half[i] = _mm256_add_ps(_mm512_castps512_ps256(x[i].v), _mm512_extractf32x8_ps(x[i].v, 1));
        store_sums(half, out);
    }
};

#elif defined(__AVX2__) && defined(__FMA__)

struct Counted {
    __m256 low, high;
    static Counted of(const uint8_t* bytes) {
        const auto half = [](const uint8_t* p) {
            const __m256i wide = _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)));
            return _mm256_castsi256_ps(_mm256_cmpgt_epi32(wide, _mm256_setzero_si256()));
        };
        return {half(bytes), half(bytes + 8)};
    }
};

struct Lanes {
    __m256 low, high;
    static Lanes zero() { return {_mm256_setzero_ps(), _mm256_setzero_ps()}; }
    static Lanes set1(float x) { return {_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
    static Lanes load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
    static Lanes load(const float* p, int64_t n) {
        float padded[kLanes] = {};
        for (int64_t i = 0; i < n; ++i) padded[i] = p[i];
        return load(padded);
    }
    void store(float* p) const {
        _mm256_storeu_ps(p, low);
        _mm256_storeu_ps(p + 8, high);
    }
    static void load_bfloat16(const uint16_t* p, Lanes& even, Lanes& odd) {
        const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
        const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 16));
        const __m256i upper = _mm256_set1_epi32(static_cast<int>(0xFFFF0000u));
        even = {_mm256_castsi256_ps(_mm256_slli_epi32(a, 16)), _mm256_castsi256_ps(_mm256_slli_epi32(b, 16))};
        odd = {_mm256_castsi256_ps(_mm256_and_si256(a, upper)), _mm256_castsi256_ps(_mm256_and_si256(b, upper))};
    }
    Lanes plus(Lanes a, Lanes b) const {
        return {_mm256_fmadd_ps(a.low, b.low, low), _mm256_fmadd_ps(a.high, b.high, high)};
    }
    Lanes operator+(Lanes o) const { return {_mm256_add_ps(low, o.low), _mm256_add_ps(high, o.high)}; }
    Lanes operator-(Lanes o) const { return {_mm256_sub_ps(low, o.low), _mm256_sub_ps(high, o.high)}; }
    Lanes operator*(Lanes o) const { return {_mm256_mul_ps(low, o.low), _mm256_mul_ps(high, o.high)}; }
    Lanes max(Lanes o) const { return {_mm256_max_ps(low, o.low), _mm256_max_ps(high, o.high)}; }
    Lanes within(Lanes least, Lanes most) const {
        return {_mm256_max_ps(least.low, _mm256_min_ps(most.low, low)),
                _mm256_max_ps(least.high, _mm256_min_ps(most.high, high))};
    }
    Lanes where(Counted c, float otherwise) const {
        const __m256 other = _mm256_set1_ps(otherwise);
        return {_mm256_blendv_ps(other, low, c.low), _mm256_blendv_ps(other, high, c.high)};
    }
    bool any_nan() const {
        return _mm256_movemask_ps(
                   _mm256_or_ps(_mm256_cmp_ps(low, low, _CMP_UNORD_Q), _mm256_cmp_ps(high, high, _CMP_UNORD_Q))) != 0;
    }
    static void sums(const Lanes (&x)[4], double (&out)[4]) {
        __m256 half[4];
        for (int i = 0; i < 4; ++i) half[i] = _mm256_add_ps(x[i].low, x[i].high);
        store_sums(half, out);
    }
};

#else

struct Counted {
    const uint8_t* bytes;
    static Counted of(const uint8_t* bytes) { return {bytes}; }
};

// Plain loops of a constant length, which the compiler turns into whatever vectors the machine has.
struct Lanes {
    float v[kLanes];
    static Lanes zero() { return set1(0.0f); }
    static Lanes set1(float x) {
        Lanes r;
        for (float& e : r.v) e = x;
        return r;
    }
    static Lanes load(const float* p) { return load(p, kLanes); }
    static Lanes load(const float* p, int64_t n) {
        Lanes r = zero();
        for (int64_t i = 0; i < n; ++i) r.v[i] = p[i];
        return r;
    }
    void store(float* p) const {
        for (int64_t i = 0; i < kLanes; ++i) p[i] = v[i];
    }
    static void load_bfloat16(const uint16_t* p, Lanes& even, Lanes& odd) {
        for (int64_t i = 0; i < kLanes; ++i) {
            even.v[i] = widen(p[2 * i]);
            odd.v[i] = widen(p[2 * i + 1]);
        }
    }
    static float widen(uint16_t x) {
        const uint32_t bits = static_cast<uint32_t>(x) << 16;
        float r;
        __builtin_memcpy(&r, &bits, sizeof r);
        return r;
    }
    Lanes plus(const Lanes& a, const Lanes& b) const {
        Lanes r;
        for (int64_t i = 0; i < kLanes; ++i) r.v[i] = v[i] + a.v[i] * b.v[i];
        return r;
    }
    Lanes operator+(const Lanes& o) const {
        Lanes r;
        for (int64_t i = 0; i < kLanes; ++i) r.v[i] = v[i] + o.v[i];
        return r;
    }
    Lanes operator-(const Lanes& o) const {
        Lanes r;
        for (int64_t i = 0; i < kLanes; ++i) r.v[i] = v[i] - o.v[i];
        return r;
    }
    Lanes operator*(const Lanes& o) const {
        Lanes r;
        for (int64_t i = 0; i < kLanes; ++i) r.v[i] = v[i] * o.v[i];
        return r;
    }
    Lanes max(const Lanes& o) const {
        Lanes r;
        for (int64_t i = 0; i < kLanes; ++i) r.v[i] = v[i] > o.v[i] ? v[i] : o.v[i];
        return r;
    }
    Lanes within(const Lanes& low, const Lanes& high) const {
        Lanes r;
        for (int64_t i = 0; i < kLanes; ++i) {
            const float below = high.v[i] < v[i] ? high.v[i] : v[i];
            r.v[i] = low.v[i] > below ? low.v[i] : below;
        }
        return r;
    }
    Lanes where(Counted c, float otherwise) const {
        Lanes r;
        for (int64_t i = 0; i < kLanes; ++i) r.v[i] = c.bytes[i] != 0 ? v[i] : otherwise;
        return r;
    }
    bool any_nan() const {
        bool nan = false;
        for (const float e : v) nan |= e != e;
        return nan;
    }
    static void sums(const Lanes (&x)[4], double (&out)[4]) {
        for (int i = 0; i < 4; ++i) {
            double sum = 0;
            for (const float e : x[i].v) sum += e;
            out[i] = sum;
        }
    }
};

#endif

}  // namespace
}  // namespace trd::cpu
