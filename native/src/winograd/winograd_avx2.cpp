// winograd with AVX2 and FMA: register blocks of 6 tiles x 16 channels.
#include "winograd/winograd_kernel.hpp"

#include <immintrin.h>

namespace {

struct Avx2 {
    using type = __m256;
    static constexpr int lanes = 8, rows = 6;
    static type load(const float* p) { return _mm256_loadu_ps(p); }
    static void store(float* p, type x) { _mm256_storeu_ps(p, x); }
    static type load(const uint16_t* p) {
        const __m256i wide = _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
        return _mm256_castsi256_ps(_mm256_slli_epi32(wide, 16));
    }
    // To the nearest, ties to even; a NaN stays one.
    static void store(uint16_t* p, type x) {
        const __m256i bits = _mm256_castps_si256(x), upper = _mm256_srli_epi32(bits, 16);
        const __m256i half = _mm256_add_epi32(_mm256_set1_epi32(0x7FFF), _mm256_and_si256(upper, _mm256_set1_epi32(1)));
        const __m256i rounded = _mm256_srli_epi32(_mm256_add_epi32(bits, half), 16);
        const __m256i quiet = _mm256_or_si256(upper, _mm256_set1_epi32(0x40));
        const __m256i nan = _mm256_castps_si256(_mm256_cmp_ps(x, x, _CMP_UNORD_Q));
        const __m256i chosen = _mm256_blendv_epi8(rounded, quiet, nan);
        const __m128i low = _mm256_castsi256_si128(chosen), high = _mm256_extracti128_si256(chosen, 1);
        _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm_packus_epi32(low, high));
    }
    static type broadcast(float x) { return _mm256_set1_ps(x); }
    static type zero() { return _mm256_setzero_ps(); }
    static type add(type a, type b) { return _mm256_add_ps(a, b); }
    static type sub(type a, type b) { return _mm256_sub_ps(a, b); }
    static type fma(type a, type b, type c) { return _mm256_fmadd_ps(a, b, c); }
    static type fnma(type a, type b, type c) { return _mm256_fnmadd_ps(a, b, c); }
    static type max0(type x) { return _mm256_max_ps(_mm256_setzero_ps(), x); }  // NaN: the second operand
};

constexpr Multiply kKernels[] = {nullptr,           multiply<Avx2, 1>, multiply<Avx2, 2>, multiply<Avx2, 3>,
                                 multiply<Avx2, 4>, multiply<Avx2, 5>, multiply<Avx2, 6>};

}  // namespace

namespace trd::cpu {

void winograd_avx2(const WinogradConv& conv, const WinogradPlan& plan, int64_t thread, int64_t threads) {
    run_thread<Avx2>(conv, plan, kKernels, thread, threads);
}

}  // namespace trd::cpu
