// winograd with AVX2 and FMA: register blocks of 6 tiles x 16 channels.
#include "winograd_kernel.hpp"

#include <immintrin.h>

namespace {

struct Avx2 {
    using type = __m256;
    static constexpr int lanes = 8, rows = 6;
    static type load(const float* p) { return _mm256_loadu_ps(p); }
    static void store(float* p, type x) { _mm256_storeu_ps(p, x); }
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
