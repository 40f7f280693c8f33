// The row operations for AVX2. Eight pixels at a time; what has no variant here the compiler vectorises from the plain
// loops.
#include <immintrin.h>

#include "preprocess/rows_plain.hpp"

namespace trd::cpu {
namespace {

// Two rows at once, one per 128-bit lane: of each row the window's bytes 0..15 and 8..23. A shuffle makes of two
// neighbouring pixels 16-bit pairs (r0 r1)(g0 g1)(b0 b1); a multiply-add with the weights' upper and lower 11 bits is
// exact in 32 bits.
void across(const uint8_t* image, int64_t stride, int64_t rows, const PillowAxis& axis, int64_t size, uint8_t* out,
            int64_t pitch) {
    if (axis.taps % 8 != 0) return plain_across(image, stride, rows, axis, size, out, pitch);
    __m256i shuffle[4];  // where taps 0 1, 2 3, 4 5 and 6 7 start in their 16 bytes
    for (int pair = 0; pair < 4; ++pair) {
        const int start = pair == 0 ? 0 : pair == 1 ? 6 : pair == 2 ? 4 : 10;
        alignas(16) int8_t pick[16];
        for (int i = 0; i < 16; ++i)
            pick[i] = static_cast<int8_t>(i % 2 != 0 || i >= 12 ? -1 : start + i / 4 + (i % 4 == 2 ? 3 : 0));
        shuffle[pair] = _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i*>(pick)));
    }
    const __m256i half = _mm256_set1_epi32(1 << (kPillowBits - 1));
    const int64_t chunks = axis.taps / 8;
    for (int64_t y = 0; y < rows; y += 2) {
        const int64_t next = y + 1 < rows ? y + 1 : y;  // the last row stands in for the one there is not
        const uint8_t* in[2] = {image + y * stride, image + next * stride};
        uint8_t* to[2] = {out + y * pitch, out + next * pitch};
        const auto load = [&in](int64_t at) {
            const auto lane = [&](int r) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(in[r] + at)); };
            return _mm256_inserti128_si256(_mm256_castsi128_si256(lane(0)), lane(1), 1);
        };
        for (int64_t x = 0; x < size; ++x) {
            const int64_t at = 3 * static_cast<int64_t>(axis.first[x]);
            __m256i upper = _mm256_setzero_si256(), lower = half;
            for (int64_t k = 0; k < chunks; ++k) {
                const int16_t* w = axis.split + 16 * (x * chunks + k);
                const __m256i window[2] = {load(at + 24 * k), load(at + 24 * k + 8)};
                for (int pair = 0; pair < 4; ++pair) {
                    int32_t high, low;
                    std::memcpy(&high, w + 2 * pair, 4);
                    std::memcpy(&low, w + 8 + 2 * pair, 4);
                    const __m256i pixels = _mm256_shuffle_epi8(window[pair / 2], shuffle[pair]);
                    upper = _mm256_add_epi32(upper, _mm256_madd_epi16(pixels, _mm256_set1_epi32(high)));
                    lower = _mm256_add_epi32(lower, _mm256_madd_epi16(pixels, _mm256_set1_epi32(low)));
                }
            }
            const __m256i sum = _mm256_srai_epi32(_mm256_add_epi32(_mm256_slli_epi32(upper, 11), lower), kPillowBits);
            const __m256i words = _mm256_packus_epi32(sum, sum), bytes = _mm256_packus_epi16(words, words);
            // The fourth byte is overwritten by the next pixel, the last one lies in the row's padding.
            const int32_t pixel[2] = {_mm256_extract_epi32(bytes, 0), _mm256_extract_epi32(bytes, 4)};
            for (int r = 0; r < 2; ++r) std::memcpy(to[r] + 3 * x, &pixel[r], 4);
        }
    }
}

__m256 magnitude(__m256 v) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), v); }

// Lanes whose bit of the lowest eight is set.
__m256 lanes_of(uint64_t bits) {
    const __m256i each = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    const __m256i all = _mm256_set1_epi32(static_cast<int>(bits & 0xFF));
    return _mm256_castsi256_ps(_mm256_cmpeq_epi32(_mm256_and_si256(all, each), each));
}

void foreground(const float* xyz, int64_t n, const Plane& plane, float* z, uint64_t* bits) {
    const __m256 most = _mm256_set1_ps(1e6f), threshold = _mm256_set1_ps(plane.threshold), zero = _mm256_setzero_ps();
    const __m256 nx = _mm256_set1_ps(plane.nx), ny = _mm256_set1_ps(plane.ny), nz = _mm256_set1_ps(plane.nz);
    const __m256 offset = _mm256_set1_ps(plane.offset);
    const int64_t whole = n / 64 * 64;
    for (int64_t i = 0; i < whole; i += 64) {
        uint64_t word = 0;
        for (int64_t j = 0; j < 64; j += 8) {
            const float* p = xyz + 3 * (i + j);
            const auto halves = [p](int64_t low, int64_t high) {
                return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(p + low)), _mm_loadu_ps(p + high), 1);
            };
            // x0 y0 z0 x1 | y1 z1 x2 y2 | z2 x3 y3 z3, the same for points 4 to 7 in the upper halves.
            const __m256 a = halves(0, 12), b = halves(4, 16), c = halves(8, 20);
            const __m256 xy = _mm256_shuffle_ps(b, c, _MM_SHUFFLE(2, 1, 3, 2));
            const __m256 yz = _mm256_shuffle_ps(a, b, _MM_SHUFFLE(1, 0, 2, 1));
            const __m256 x = _mm256_shuffle_ps(a, xy, _MM_SHUFFLE(2, 0, 3, 0));
            const __m256 y = _mm256_shuffle_ps(yz, xy, _MM_SHUFFLE(3, 1, 2, 0));
            const __m256 depth = _mm256_shuffle_ps(yz, c, _MM_SHUFFLE(3, 0, 3, 1));
            __m256 measured = _mm256_cmp_ps(magnitude(x), most, _CMP_LE_OQ);
            measured = _mm256_and_ps(measured, _mm256_cmp_ps(magnitude(y), most, _CMP_LE_OQ));
            measured = _mm256_and_ps(measured, _mm256_cmp_ps(magnitude(depth), most, _CMP_LE_OQ));
            const __m256 xy_part = _mm256_add_ps(_mm256_mul_ps(nx, x), _mm256_mul_ps(ny, y));
            const __m256 d = _mm256_add_ps(_mm256_add_ps(xy_part, _mm256_mul_ps(nz, depth)), offset);
            __m256 part = _mm256_and_ps(measured, _mm256_cmp_ps(magnitude(d), threshold, _CMP_GE_OQ));
            part = _mm256_and_ps(part, _mm256_cmp_ps(depth, zero, _CMP_NEQ_OQ));
            word |= static_cast<uint64_t>(static_cast<unsigned>(_mm256_movemask_ps(part))) << j;
            _mm256_storeu_ps(z + i + j, _mm256_and_ps(depth, measured));
        }
        bits[i / 64] = word;
    }
    if (whole < n) plain_foreground(xyz + 3 * whole, n - whole, plane, z + whole, bits + whole / 64);
}

void range(const float* z, const uint64_t* bits, int64_t words, float* low, float* high) {
    const float infinity = std::numeric_limits<float>::infinity();
    const __m256 nothing_low = _mm256_set1_ps(infinity), nothing_high = _mm256_set1_ps(-infinity);
    __m256 min = nothing_low, max = nothing_high;
    for (int64_t i = 0; i < words; ++i, z += 64) {
        if (bits[i] == 0) continue;
        for (int j = 0; j < 64; j += 8) {
            const __m256 v = _mm256_loadu_ps(z + j);
            const __m256 lanes =
                _mm256_and_ps(lanes_of(bits[i] >> j), _mm256_cmp_ps(v, _mm256_setzero_ps(), _CMP_NEQ_OQ));
            min = _mm256_min_ps(min, _mm256_blendv_ps(nothing_low, v, lanes));
            max = _mm256_max_ps(max, _mm256_blendv_ps(nothing_high, v, lanes));
        }
    }
    alignas(32) float mins[8], maxs[8];
    _mm256_store_ps(mins, min);
    _mm256_store_ps(maxs, max);
    *low = mins[0];
    *high = maxs[0];
    for (int j = 1; j < 8; ++j) {
        *low = mins[j] < *low ? mins[j] : *low;
        *high = maxs[j] > *high ? maxs[j] : *high;
    }
}

void scale(float* z, const uint64_t* bits, int64_t words, float min, float extent, float low, float high,
           uint64_t* valid) {
    const __m256 zero = _mm256_setzero_ps(), first = _mm256_set1_ps(min), whole = _mm256_set1_ps(extent);
    const __m256 span = _mm256_set1_ps(high - low), base = _mm256_set1_ps(low);
    for (int64_t i = 0; i < words; ++i, z += 64) {
        uint64_t word = 0;
        for (int j = 0; j < 64; j += 8) {
            __m256 v = zero;
            if ((bits[i] >> j & 0xFF) != 0) {
                v = _mm256_loadu_ps(z + j);
                const __m256 present = _mm256_and_ps(lanes_of(bits[i] >> j), _mm256_cmp_ps(v, zero, _CMP_NEQ_OQ));
                const __m256 share = _mm256_div_ps(_mm256_sub_ps(v, first), whole);
                const __m256 scaled = extent > 0 ? _mm256_add_ps(_mm256_mul_ps(share, span), base) : base;
                v = _mm256_and_ps(scaled, present);
            }
            _mm256_storeu_ps(z + j, v);
            word |=
                static_cast<uint64_t>(static_cast<unsigned>(_mm256_movemask_ps(_mm256_cmp_ps(v, zero, _CMP_NEQ_OQ))))
                << j;
        }
        valid[i] = word;
    }
}

void normals(const float* smooth, const float* slope, int64_t n, const Sobel& sobel, const uint64_t* bits,
             int64_t column, float weight, bool first, float* normal) {
    const __m256 one = _mm256_set1_ps(1.0f), half = _mm256_set1_ps(0.5f * weight);
    const int64_t whole = n / 8 * 8;
    for (int64_t i = 0; i < whole; i += 8) {
        const int64_t at = column + i;
        const uint64_t here = bits[at / 64] >> (at % 64) & 0xFF;
        float* to = normal + i;
        if (here == 0) {
            for (int c = 0; first && c < 3; ++c) _mm256_storeu_ps(to + c * kTile, _mm256_setzero_ps());
            continue;
        }
        __m256 dx = _mm256_setzero_ps(),
               dy = _mm256_mul_ps(_mm256_set1_ps(sobel.smooth[0]), _mm256_loadu_ps(slope + i));
        for (int j = 1; j <= sobel.radius; ++j) {
            const __m256 across_x = _mm256_sub_ps(_mm256_loadu_ps(smooth + i + j), _mm256_loadu_ps(smooth + i - j));
            const __m256 across_y = _mm256_add_ps(_mm256_loadu_ps(slope + i - j), _mm256_loadu_ps(slope + i + j));
            dx = _mm256_add_ps(dx, _mm256_mul_ps(_mm256_set1_ps(sobel.slope[j]), across_x));
            dy = _mm256_add_ps(dy, _mm256_mul_ps(_mm256_set1_ps(sobel.smooth[j]), across_y));
        }
        const __m256 square = _mm256_add_ps(_mm256_add_ps(_mm256_mul_ps(dx, dx), _mm256_mul_ps(dy, dy)), one);
        const __m256 inverse = _mm256_div_ps(one, _mm256_add_ps(_mm256_sqrt_ps(square), _mm256_set1_ps(1e-8f)));
        const __m256 v[3] = {_mm256_sub_ps(one, _mm256_mul_ps(dx, inverse)),
                             _mm256_sub_ps(one, _mm256_mul_ps(dy, inverse)), _mm256_add_ps(one, inverse)};
        const __m256 lanes = lanes_of(here);
        for (int c = 0; c < 3; ++c) {
            const __m256 own = _mm256_and_ps(_mm256_mul_ps(v[c], half), lanes);
            _mm256_storeu_ps(to + c * kTile, first ? own : _mm256_add_ps(_mm256_loadu_ps(to + c * kTile), own));
        }
    }
    if (whole < n)
        plain_normals(smooth + whole, slope + whole, n - whole, sobel, bits, column + whole, weight, first,
                      normal + whole);
}

}  // namespace

const Rows rows_avx2 = {across,  plain_down,        foreground,     range, scale, plain_derive_down,
                        normals, plain_interpolate, plain_normalise};

}  // namespace trd::cpu
