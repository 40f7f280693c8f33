// winograd with AVX-512: register blocks of 14 tiles x 32 channels.
#include "winograd/winograd_kernel.hpp"

#include <immintrin.h>

namespace {

struct Avx512 {
    using type = __m512;
    static constexpr int lanes = 16, rows = 14;
    static type load(const float* p) { return _mm512_loadu_ps(p); }
    static void store(float* p, type x) { _mm512_storeu_ps(p, x); }
    static type load(const uint16_t* p) {
        const __m512i wide = _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
        return _mm512_castsi512_ps(_mm512_slli_epi32(wide, 16));
    }
    // To the nearest, ties to even; a NaN stays one.
    static void store(uint16_t* p, type x) {
        const __m512i bits = _mm512_castps_si512(x), upper = _mm512_srli_epi32(bits, 16);
        const __m512i half = _mm512_add_epi32(_mm512_set1_epi32(0x7FFF), _mm512_and_si512(upper, _mm512_set1_epi32(1)));
        const __m512i rounded = _mm512_srli_epi32(_mm512_add_epi32(bits, half), 16);
        const __m512i quiet = _mm512_or_si512(upper, _mm512_set1_epi32(0x40));
        const __m512i chosen = _mm512_mask_blend_epi32(_mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q), rounded, quiet);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvtepi32_epi16(chosen));
    }
    static type broadcast(float x) { return _mm512_set1_ps(x); }
    static type zero() { return _mm512_setzero_ps(); }
    static type add(type a, type b) { return _mm512_add_ps(a, b); }
    static type sub(type a, type b) { return _mm512_sub_ps(a, b); }
    static type fma(type a, type b, type c) { return _mm512_fmadd_ps(a, b, c); }
    static type fnma(type a, type b, type c) { return _mm512_fnmadd_ps(a, b, c); }
    static type max0(type x) { return _mm512_maskz_max_ps(0xFFFF, _mm512_setzero_ps(), x); }  // NaN: the second operand
};

constexpr Multiply kKernels[] = {nullptr,
                                 multiply<Avx512, 1>,
                                 multiply<Avx512, 2>,
                                 multiply<Avx512, 3>,
                                 multiply<Avx512, 4>,
                                 multiply<Avx512, 5>,
                                 multiply<Avx512, 6>,
                                 multiply<Avx512, 7>,
                                 multiply<Avx512, 8>,
                                 multiply<Avx512, 9>,
                                 multiply<Avx512, 10>,
                                 multiply<Avx512, 11>,
                                 multiply<Avx512, 12>,
                                 multiply<Avx512, 13>,
                                 multiply<Avx512, 14>};

}  // namespace

namespace trd::cpu {

void winograd_avx512(const WinogradConv& conv, const WinogradPlan& plan, int64_t thread, int64_t threads) {
    run_thread<Avx512>(conv, plan, kKernels, thread, threads);
}

}  // namespace trd::cpu
