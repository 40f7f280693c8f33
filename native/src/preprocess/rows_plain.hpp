// The row operations as plain loops. Included by every variant, which replaces what its instructions do better; all
// names are local to the including file, so that no copy compiled for newer instructions can stand in for another.
#pragma once
#include <cmath>
#include <cstring>
#include <limits>

#include "preprocess/rows.hpp"
#include "trd.h"

namespace trd::cpu {
namespace {

inline float absolute(float v) { return __builtin_fabsf(v); }

// Round to nearest even; the values are finite.
inline uint16_t to_bfloat16(float v) {
    uint32_t bits;
    std::memcpy(&bits, &v, sizeof bits);
    return static_cast<uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

[[maybe_unused]] void plain_across(const uint8_t* image, int64_t stride, int64_t rows, const PillowAxis& axis,
                                   int64_t size, uint8_t* out, int64_t pitch) {
    for (int64_t y = 0; y < rows; ++y, image += stride, out += pitch) {
        for (int64_t x = 0; x < size; ++x) {
            const uint8_t* in = image + 3 * static_cast<int64_t>(axis.first[x]);
            const int32_t* weights = axis.weights + x * axis.taps;
            int32_t red = 1 << (kPillowBits - 1), green = red, blue = red;
            for (int64_t k = 0; k < axis.taps; ++k, in += 3) {
                red += in[0] * weights[k];
                green += in[1] * weights[k];
                blue += in[2] * weights[k];
            }
            const int32_t sums[3] = {red, green, blue};
            for (int c = 0; c < 3; ++c) {
                const int32_t v = sums[c] >> kPillowBits;
                out[3 * x + c] = static_cast<uint8_t>(v > 255 ? 255 : v);  // weights are not negative
            }
        }
    }
}

[[maybe_unused]] void plain_down(const uint8_t* in, int64_t pitch, const int32_t* weights, int64_t taps, int64_t n,
                                 float* out) {
    constexpr int64_t kBlock = 64;
    for (int64_t i = 0; i < n; i += kBlock) {
        const int64_t m = n - i < kBlock ? n - i : kBlock;
        int32_t sum[kBlock];
        for (int64_t j = 0; j < m; ++j) sum[j] = 1 << (kPillowBits - 1);
        for (int64_t k = 0; k < taps; ++k)
            for (int64_t j = 0; j < m; ++j) sum[j] += in[k * pitch + i + j] * weights[k];
        for (int64_t j = 0; j < m; ++j) {
            const int32_t v = sum[j] >> kPillowBits;
            out[i + j] = static_cast<float>(v > 255 ? 255 : v) / 255.0f;
        }
    }
}

[[maybe_unused]] void plain_foreground(const float* xyz, int64_t n, const Plane& plane, float* z, uint64_t* bits) {
    for (int64_t i = 0; i < n; i += 64) {
        uint64_t word = 0;
        for (int64_t j = 0; j < 64; ++j) {
            float depth = 0;
            if (i + j < n) {
                const float* p = xyz + 3 * (i + j);
                const bool measured = absolute(p[0]) <= kMaxCoordinate && absolute(p[1]) <= kMaxCoordinate &&
                                      absolute(p[2]) <= kMaxCoordinate;  // false for NaN
                if (measured) {
                    const float distance = absolute(plane.nx * p[0] + plane.ny * p[1] + plane.nz * p[2] + plane.offset);
                    depth = p[2];
                    word |= static_cast<uint64_t>(distance >= plane.threshold && depth != 0) << j;
                }
            }
            z[i + j] = depth;
        }
        bits[i / 64] = word;
    }
}

[[maybe_unused]] void plain_range(const float* z, const uint64_t* bits, int64_t words, float* low, float* high) {
    float min = std::numeric_limits<float>::infinity(), max = -min;
    for (int64_t i = 0; i < words; ++i, z += 64) {
        if (bits[i] == 0) continue;
        for (int j = 0; j < 64; ++j) {
            if ((bits[i] >> j & 1) == 0 || z[j] == 0) continue;
            min = z[j] < min ? z[j] : min;
            max = z[j] > max ? z[j] : max;
        }
    }
    *low = min;
    *high = max;
}

[[maybe_unused]] void plain_scale(float* z, const uint64_t* bits, int64_t words, float min, float extent, float low,
                                  float high, uint64_t* valid) {
    for (int64_t i = 0; i < words; ++i, z += 64) {
        uint64_t word = 0;
        for (int j = 0; j < 64; ++j) {
            const bool present = (bits[i] >> j & 1) != 0 && z[j] != 0;
            const float v = !present ? 0 : extent > 0 ? (z[j] - min) / extent * (high - low) + low : low;
            z[j] = v;
            word |= static_cast<uint64_t>(v != 0) << j;
        }
        valid[i] = word;
    }
}

[[maybe_unused]] void plain_derive_down(const float* const* rows, int64_t n, const Sobel& sobel, float* smooth,
                                        float* slope) {
    const int r = sobel.radius;
    const float* centre = rows[r];
    for (int64_t i = 0; i < n; ++i) {
        smooth[i] = sobel.smooth[0] * centre[i];
        slope[i] = 0;
    }
    for (int j = 1; j <= r; ++j) {
        const float *above = rows[r - j], *below = rows[r + j];
        const float s = sobel.smooth[j], d = sobel.slope[j];
        for (int64_t i = 0; i < n; ++i) {
            smooth[i] += s * (above[i] + below[i]);
            slope[i] += d * (below[i] - above[i]);
        }
    }
}

[[maybe_unused]] void plain_normals(const float* smooth, const float* slope, int64_t n, const Sobel& sobel,
                                    const uint64_t* bits, int64_t column, float weight, bool first, float* normal) {
    float *nx = normal, *ny = normal + kTile, *nz = normal + 2 * kTile;
    for (int64_t i = 0; i < n; ++i) {
        float x = 0, y = 0, z = 0;
        const int64_t at = column + i;
        if (bits[at / 64] >> (at % 64) & 1) {
            float dx = 0, dy = sobel.smooth[0] * slope[i];
            for (int j = 1; j <= sobel.radius; ++j) {
                dx += sobel.slope[j] * (smooth[i + j] - smooth[i - j]);
                dy += sobel.smooth[j] * (slope[i - j] + slope[i + j]);
            }
            const float inverse = 1.0f / (__builtin_sqrtf(dx * dx + dy * dy + 1.0f) + 1e-8f), half = 0.5f * weight;
            x = (1.0f - dx * inverse) * half;
            y = (1.0f - dy * inverse) * half;
            z = (1.0f + inverse) * half;
        }
        nx[i] = first ? x : nx[i] + x;
        ny[i] = first ? y : ny[i] + y;
        nz[i] = first ? z : nz[i] + z;
    }
}

[[maybe_unused]] void plain_interpolate(const float* normal, const int32_t* at, const float* fraction, int64_t column,
                                        int64_t n, float* out) {
    for (int64_t i = 0; i < n; ++i) {
        const float* p = normal + (at[i] - column);
        for (int c = 0; c < 3; ++c, p += kTile) out[3 * i + c] = (1.0f - fraction[i]) * p[0] + fraction[i] * p[1];
    }
}

[[maybe_unused]] void plain_normalise(const float* values, int64_t n, void* out, int32_t type, int64_t pixel) {
    if (type == TRD_FLOAT32) {
        float* to = static_cast<float*>(out) + 3 * pixel;
        for (int64_t i = 0; i < n; ++i)
            for (int c = 0; c < 3; ++c) to[3 * i + c] = (values[3 * i + c] - kMean[c]) / kDeviation[c];
    } else {
        uint16_t* to = static_cast<uint16_t*>(out) + 3 * pixel;
        for (int64_t i = 0; i < n; ++i)
            for (int c = 0; c < 3; ++c) to[3 * i + c] = to_bfloat16((values[3 * i + c] - kMean[c]) / kDeviation[c]);
    }
}

}  // namespace
}  // namespace trd::cpu
