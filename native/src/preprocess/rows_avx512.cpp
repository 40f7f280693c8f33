// The row operations for AVX-512. Sixteen pixels at a time; a tail is a shorter mask.
#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes the deliberately undefined operands inside its own intrinsics for mistakes.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include "preprocess/rows_plain.hpp"

namespace trd::cpu {
namespace {

__mmask16 first_lanes(int64_t n) { return static_cast<__mmask16>(n >= 16 ? 0xFFFF : (1u << n) - 1); }

// Four rows at once, one per 128-bit lane: of each row the window's bytes 0..15 and 8..23. A shuffle makes of two
// neighbouring pixels 16-bit pairs (r0 r1)(g0 g1)(b0 b1); a multiply-add with the weights' upper and lower 11 bits is
// exact in 32 bits.
void across(const uint8_t* image, int64_t stride, int64_t rows, const PillowAxis& axis, int64_t size, uint8_t* out,
            int64_t pitch) {
    if (axis.taps % 8 != 0) return plain_across(image, stride, rows, axis, size, out, pitch);
    __m512i shuffle[4];  // where taps 0 1, 2 3, 4 5 and 6 7 start in their 16 bytes
    for (int pair = 0; pair < 4; ++pair) {
        const int start = pair == 0 ? 0 : pair == 1 ? 6 : pair == 2 ? 4 : 10;
        alignas(16) int8_t pick[16];
        for (int i = 0; i < 16; ++i)
            pick[i] = static_cast<int8_t>(i % 2 != 0 || i >= 12 ? -1 : start + i / 4 + (i % 4 == 2 ? 3 : 0));
        shuffle[pair] = _mm512_broadcast_i32x4(_mm_load_si128(reinterpret_cast<const __m128i*>(pick)));
    }
    const __m512i half = _mm512_set1_epi32(1 << (kPillowBits - 1));
    const int64_t chunks = axis.taps / 8;
    for (int64_t y = 0; y < rows; y += 4) {
        const uint8_t* in[4];
        uint8_t* to[4];
        for (int64_t r = 0; r < 4; ++r) {  // the last rows stand in for those there are not
            const int64_t row = y + r < rows ? y + r : rows - 1;
            in[r] = image + row * stride;
            to[r] = out + row * pitch;
        }
        const auto load = [&in](int64_t at) {
            const auto lane = [&](int r) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(in[r] + at)); };
            const __m256i lower = _mm256_inserti128_si256(_mm256_castsi128_si256(lane(0)), lane(1), 1);
            const __m256i upper = _mm256_inserti128_si256(_mm256_castsi128_si256(lane(2)), lane(3), 1);
            return _mm512_inserti64x4(_mm512_castsi256_si512(lower), upper, 1);
        };
        for (int64_t x = 0; x < size; ++x) {
            const int64_t at = 3 * static_cast<int64_t>(axis.first[x]);
            __m512i upper = _mm512_setzero_si512(), lower = half;
            for (int64_t k = 0; k < chunks; ++k) {
                const int16_t* w = axis.split + 16 * (x * chunks + k);
                const __m512i window[2] = {load(at + 24 * k), load(at + 24 * k + 8)};
                for (int pair = 0; pair < 4; ++pair) {
                    int32_t high, low;
                    std::memcpy(&high, w + 2 * pair, 4);
                    std::memcpy(&low, w + 8 + 2 * pair, 4);
                    const __m512i pixels = _mm512_shuffle_epi8(window[pair / 2], shuffle[pair]);
                    upper = _mm512_add_epi32(upper, _mm512_madd_epi16(pixels, _mm512_set1_epi32(high)));
                    lower = _mm512_add_epi32(lower, _mm512_madd_epi16(pixels, _mm512_set1_epi32(low)));
                }
            }
            const __m512i sum = _mm512_add_epi32(_mm512_slli_epi32(upper, 11), lower);
            const __m128i bytes = _mm512_cvtusepi32_epi8(_mm512_srai_epi32(sum, kPillowBits));
            // The fourth byte is overwritten by the next pixel, the last one lies in the row's padding.
            const int32_t pixel[4] = {_mm_extract_epi32(bytes, 0), _mm_extract_epi32(bytes, 1),
                                      _mm_extract_epi32(bytes, 2), _mm_extract_epi32(bytes, 3)};
            for (int r = 0; r < 4; ++r) std::memcpy(to[r] + 3 * x, &pixel[r], 4);
        }
    }
}

void down(const uint8_t* in, int64_t pitch, const int32_t* weights, int64_t taps, int64_t n, float* out) {
    for (int64_t i = 0; i < n; i += 16) {
        const __mmask16 lanes = first_lanes(n - i);
        __m512i sum = _mm512_set1_epi32(1 << (kPillowBits - 1));
        for (int64_t k = 0; k < taps; ++k) {
            const __m512i v = _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(lanes, in + k * pitch + i));
            sum = _mm512_add_epi32(sum, _mm512_mullo_epi32(v, _mm512_set1_epi32(weights[k])));
        }
        const __m512i v = _mm512_min_epi32(_mm512_srai_epi32(sum, kPillowBits), _mm512_set1_epi32(255));
        _mm512_mask_storeu_ps(out + i, lanes, _mm512_div_ps(_mm512_cvtepi32_ps(v), _mm512_set1_ps(255.0f)));
    }
}

void foreground(const float* xyz, int64_t n, const Plane& plane, float* z, uint64_t* bits) {
    // x: lanes 0, 3, 6 … of the 48 floats; two permutes take what lies in the first two vectors and then the third.
    const __m512i x01 = _mm512_set_epi32(0, 0, 0, 0, 0, 30, 27, 24, 21, 18, 15, 12, 9, 6, 3, 0);
    const __m512i x2 = _mm512_set_epi32(29, 26, 23, 20, 17, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    const __m512i y01 = _mm512_set_epi32(0, 0, 0, 0, 0, 31, 28, 25, 22, 19, 16, 13, 10, 7, 4, 1);
    const __m512i y2 = _mm512_set_epi32(30, 27, 24, 21, 18, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    const __m512i z01 = _mm512_set_epi32(0, 0, 0, 0, 0, 0, 29, 26, 23, 20, 17, 14, 11, 8, 5, 2);
    const __m512i z2 = _mm512_set_epi32(31, 28, 25, 22, 19, 16, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    const __m512 most = _mm512_set1_ps(1e6f), threshold = _mm512_set1_ps(plane.threshold);
    const __m512 nx = _mm512_set1_ps(plane.nx), ny = _mm512_set1_ps(plane.ny), nz = _mm512_set1_ps(plane.nz);
    const __m512 offset = _mm512_set1_ps(plane.offset);
    for (int64_t i = 0; i < n; i += 64) {
        uint64_t word = 0;
        for (int64_t j = 0; j < 64; j += 16) {
            const int64_t left = 3 * (n - i - j);
            const float* p = xyz + 3 * (i + j);
            const auto load = [&](int64_t k) {
                return left >= 48 ? _mm512_loadu_ps(p + k)
                                  : _mm512_maskz_loadu_ps(first_lanes(left > k ? left - k : 0), p + k);
            };
            if (left <= 0) {
                _mm512_storeu_ps(z + i + j, _mm512_setzero_ps());
                continue;
            }
            const __m512 a = load(0), b = load(16), c = load(32);
            const __m512 x = _mm512_permutex2var_ps(_mm512_permutex2var_ps(a, x01, b), x2, c);
            const __m512 y = _mm512_permutex2var_ps(_mm512_permutex2var_ps(a, y01, b), y2, c);
            const __m512 depth = _mm512_permutex2var_ps(_mm512_permutex2var_ps(a, z01, b), z2, c);
            __mmask16 measured = _mm512_cmp_ps_mask(_mm512_abs_ps(x), most, _CMP_LE_OQ);
            measured = _mm512_mask_cmp_ps_mask(measured, _mm512_abs_ps(y), most, _CMP_LE_OQ);
            measured = _mm512_mask_cmp_ps_mask(measured, _mm512_abs_ps(depth), most, _CMP_LE_OQ);
            const __m512 d = _mm512_add_ps(
                _mm512_add_ps(_mm512_add_ps(_mm512_mul_ps(nx, x), _mm512_mul_ps(ny, y)), _mm512_mul_ps(nz, depth)),
                offset);
            __mmask16 part = _mm512_mask_cmp_ps_mask(measured, _mm512_abs_ps(d), threshold, _CMP_GE_OQ);
            part = _mm512_mask_cmp_ps_mask(part, depth, _mm512_setzero_ps(), _CMP_NEQ_OQ);
            word |= static_cast<uint64_t>(part) << j;
            _mm512_storeu_ps(z + i + j, _mm512_maskz_mov_ps(measured, depth));
        }
        bits[i / 64] = word;
    }
}

void range(const float* z, const uint64_t* bits, int64_t words, float* low, float* high) {
    __m512 min = _mm512_set1_ps(std::numeric_limits<float>::infinity()), max = _mm512_sub_ps(_mm512_setzero_ps(), min);
    for (int64_t i = 0; i < words; ++i, z += 64) {
        if (bits[i] == 0) continue;
        for (int j = 0; j < 64; j += 16) {
            const __m512 v = _mm512_loadu_ps(z + j);
            const __mmask16 lanes =
                _mm512_mask_cmp_ps_mask(static_cast<__mmask16>(bits[i] >> j), v, _mm512_setzero_ps(), _CMP_NEQ_OQ);
            min = _mm512_mask_min_ps(min, lanes, min, v);
            max = _mm512_mask_max_ps(max, lanes, max, v);
        }
    }
    *low = _mm512_reduce_min_ps(min);
    *high = _mm512_reduce_max_ps(max);
}

void scale(float* z, const uint64_t* bits, int64_t words, float min, float extent, float low, float high,
           uint64_t* valid) {
    const __m512 zero = _mm512_setzero_ps(), first = _mm512_set1_ps(min), whole = _mm512_set1_ps(extent);
    const __m512 span = _mm512_set1_ps(high - low), base = _mm512_set1_ps(low);
    for (int64_t i = 0; i < words; ++i, z += 64) {
        uint64_t word = 0;
        for (int j = 0; j < 64; j += 16) {
            const auto part = static_cast<__mmask16>(bits[i] >> j);
            __m512 v = zero;
            if (part != 0) {
                v = _mm512_loadu_ps(z + j);
                const __mmask16 present = _mm512_mask_cmp_ps_mask(part, v, zero, _CMP_NEQ_OQ);
                const __m512 share = _mm512_div_ps(_mm512_sub_ps(v, first), whole);
                v = extent > 0 ? _mm512_maskz_add_ps(present, _mm512_mul_ps(share, span), base)
                               : _mm512_maskz_mov_ps(present, base);
            }
            _mm512_storeu_ps(z + j, v);
            word |= static_cast<uint64_t>(_mm512_cmp_ps_mask(v, zero, _CMP_NEQ_OQ)) << j;
        }
        valid[i] = word;
    }
}

void derive_down(const float* const* rows, int64_t n, const Sobel& sobel, float* smooth, float* slope) {
    const int r = sobel.radius;
    for (int64_t i = 0; i < n; i += 16) {
        const __mmask16 lanes = first_lanes(n - i);
        __m512 s = _mm512_mul_ps(_mm512_set1_ps(sobel.smooth[0]), _mm512_maskz_loadu_ps(lanes, rows[r] + i));
        __m512 d = _mm512_setzero_ps();
        for (int j = 1; j <= r; ++j) {
            const __m512 above = _mm512_maskz_loadu_ps(lanes, rows[r - j] + i);
            const __m512 below = _mm512_maskz_loadu_ps(lanes, rows[r + j] + i);
            s = _mm512_add_ps(s, _mm512_mul_ps(_mm512_set1_ps(sobel.smooth[j]), _mm512_add_ps(above, below)));
            d = _mm512_add_ps(d, _mm512_mul_ps(_mm512_set1_ps(sobel.slope[j]), _mm512_sub_ps(below, above)));
        }
        _mm512_mask_storeu_ps(smooth + i, lanes, s);
        _mm512_mask_storeu_ps(slope + i, lanes, d);
    }
}

void normals(const float* smooth, const float* slope, int64_t n, const Sobel& sobel, const uint64_t* bits,
             int64_t column, float weight, bool first, float* normal) {
    const __m512 one = _mm512_set1_ps(1.0f), half = _mm512_set1_ps(0.5f * weight);
    for (int64_t i = 0; i < n; i += 16) {
        const int64_t at = column + i;
        const auto lanes = static_cast<__mmask16>(bits[at / 64] >> (at % 64) & first_lanes(n - i));
        float* to = normal + i;
        if (lanes == 0) {
            for (int c = 0; first && c < 3; ++c) _mm512_storeu_ps(to + c * kTile, _mm512_setzero_ps());
            continue;
        }
        __m512 dx = _mm512_setzero_ps();
        __m512 dy = _mm512_mul_ps(_mm512_set1_ps(sobel.smooth[0]), _mm512_maskz_loadu_ps(lanes, slope + i));
        for (int j = 1; j <= sobel.radius; ++j) {
            const __m512 right = _mm512_maskz_loadu_ps(lanes, smooth + i + j);
            const __m512 left = _mm512_maskz_loadu_ps(lanes, smooth + i - j);
            const __m512 before = _mm512_maskz_loadu_ps(lanes, slope + i - j);
            const __m512 after = _mm512_maskz_loadu_ps(lanes, slope + i + j);
            dx = _mm512_add_ps(dx, _mm512_mul_ps(_mm512_set1_ps(sobel.slope[j]), _mm512_sub_ps(right, left)));
            dy = _mm512_add_ps(dy, _mm512_mul_ps(_mm512_set1_ps(sobel.smooth[j]), _mm512_add_ps(before, after)));
        }
        const __m512 square = _mm512_add_ps(_mm512_add_ps(_mm512_mul_ps(dx, dx), _mm512_mul_ps(dy, dy)), one);
        const __m512 inverse = _mm512_div_ps(one, _mm512_add_ps(_mm512_sqrt_ps(square), _mm512_set1_ps(1e-8f)));
        const __m512 v[3] = {_mm512_sub_ps(one, _mm512_mul_ps(dx, inverse)),
                             _mm512_sub_ps(one, _mm512_mul_ps(dy, inverse)), _mm512_add_ps(one, inverse)};
        for (int c = 0; c < 3; ++c) {
            const __m512 own = _mm512_maskz_mul_ps(lanes, v[c], half);
            _mm512_storeu_ps(to + c * kTile, first ? own : _mm512_add_ps(_mm512_loadu_ps(to + c * kTile), own));
        }
    }
}

void normalise(const float* values, int64_t n, void* out, int32_t type, int64_t pixel) {
    __m512 mean[3], deviation[3];  // 16 lanes starting with channel 0, 1 and 2
    for (int start = 0; start < 3; ++start) {
        alignas(64) float m[16], d[16];
        for (int i = 0; i < 16; ++i) {
            m[i] = kMean[(start + i) % 3];
            d[i] = kDeviation[(start + i) % 3];
        }
        mean[start] = _mm512_load_ps(m);
        deviation[start] = _mm512_load_ps(d);
    }
    const int64_t count = 3 * n;
    for (int64_t i = 0; i < count; i += 16) {
        const __mmask16 lanes = first_lanes(count - i);
        const auto start = static_cast<size_t>(i % 3);
        const __m512 v =
            _mm512_div_ps(_mm512_sub_ps(_mm512_maskz_loadu_ps(lanes, values + i), mean[start]), deviation[start]);
        if (type == TRD_FLOAT32) {
            _mm512_mask_storeu_ps(static_cast<float*>(out) + 3 * pixel + i, lanes, v);
        } else {
            const __m512i u = _mm512_castps_si512(v);
            const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(u, 16), _mm512_set1_epi32(1));
            const __m512i rounded =
                _mm512_srli_epi32(_mm512_add_epi32(_mm512_add_epi32(u, _mm512_set1_epi32(0x7FFF)), odd), 16);
            _mm256_mask_storeu_epi16(static_cast<uint16_t*>(out) + 3 * pixel + i, lanes,
                                     _mm512_cvtepi32_epi16(rounded));
        }
    }
}

}  // namespace

const Rows rows_avx512 = {across, down, foreground, range, scale, derive_down, normals, plain_interpolate, normalise};

}  // namespace trd::cpu
