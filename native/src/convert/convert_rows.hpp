// What the conversions do to a row of pixels, one source for all variants: included by the file of each, which compiles
// it for its instructions. All variants give the same bits: bytes that are moved, or products that are rounded one by
// one.
//
// Traffic: 1 to 4 bytes a pixel in and 3 out, 2 or 4 in and 12 out, 12 in and 12 out. Bound by that; the widening to
// double of points and, without AVX2, the interleaving cost more.
#pragma once
#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "convert/convert.hpp"

namespace trd::cpu {
namespace {

template <int layout>
void plain_colour(const uint8_t* __restrict__ in, int64_t n, uint8_t* __restrict__ out) {
    constexpr ColourLayout from = kColourLayout[layout];
    for (int64_t i = 0; i < n; ++i) {
        out[3 * i] = in[from.samples * i + from.red];
        out[3 * i + 1] = in[from.samples * i + from.green];
        out[3 * i + 2] = in[from.samples * i + from.blue];
    }
}

#if defined(__AVX2__)

// One shuffle of sixteen bytes for the pixels that are whole in them and in the result, whose last bytes the next
// shuffle overwrites. The last pixels are moved byte by byte, so that nothing beyond the row is touched.
template <int layout>
void colour(const uint8_t* in, int64_t n, uint8_t* out) {
    constexpr ColourLayout from = kColourLayout[layout];
    constexpr int64_t pixels = from.samples == 4 ? 4 : 5;
    constexpr int64_t least = from.samples == 1 ? 16 : 6;  // pixels of sixteen bytes
    alignas(16) int8_t picks[16];
    for (int64_t i = 0; i < 16; ++i) {
        const int64_t sample = i % 3 == 0 ? from.red : i % 3 == 1 ? from.green : from.blue;
        picks[i] = static_cast<int8_t>(i < 3 * pixels ? i / 3 * from.samples + sample : -1);
    }
    const __m128i shuffle = _mm_load_si128(reinterpret_cast<const __m128i*>(picks));
    int64_t i = 0;
    for (; n - i >= least; i += pixels) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + from.samples * i));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out + 3 * i), _mm_shuffle_epi8(bytes, shuffle));
    }
    plain_colour<layout>(in + from.samples * i, n - i, out + 3 * i);
}

#else

template <int layout>
void colour(const uint8_t* in, int64_t n, uint8_t* out) {
    plain_colour<layout>(in, n, out);
}

#endif

// At any address: a camera's memory may start anywhere.
template <class T>
T load(const uint8_t* from, int64_t i) {
    T value;
    __builtin_memcpy(&value, from + i * static_cast<int64_t>(sizeof value), sizeof value);
    return value;
}

template <class T>
void depth(const uint8_t* __restrict__ in, int64_t n, float metres, const float* __restrict__ across, float down,
           float* __restrict__ out) {
    for (int64_t i = 0; i < n; ++i) {
        const float z = static_cast<float>(load<T>(in, i)) * metres;
        out[3 * i] = across[i] * z;
        out[3 * i + 1] = down * z;
        out[3 * i + 2] = z;
    }
}

constexpr int64_t kPoints = 256;  // whose channels stay in the first-level cache

void scale(const uint8_t* __restrict__ in, int64_t n, double metres, float* __restrict__ out) {
    for (int64_t i = 0; i < n; ++i) out[i] = static_cast<float>(load<float>(in, i) * metres);
}

void apart(const uint8_t* __restrict__ in, int64_t n, float* __restrict__ a, float* __restrict__ b,
           float* __restrict__ c) {
    for (int64_t i = 0; i < n; ++i) {
        a[i] = load<float>(in, 3 * i);
        b[i] = load<float>(in, 3 * i + 1);
        c[i] = load<float>(in, 3 * i + 2);
    }
}

// All bits of the points that are not marked, as masks. A NaN equals no mark.
void unmarked(const uint8_t* __restrict__ z, int64_t n, const PointFormat& format, uint32_t* __restrict__ masks) {
    for (int64_t i = 0; i < n; ++i) masks[i] = ~0u;
    for (int64_t m = 0; m < format.missing_count; ++m) {
        const float mark = format.missing[m];
        for (int64_t i = 0; i < n; ++i) masks[i] = load<float>(z, i) == mark ? 0 : masks[i];
    }
}

// The sign is a bit, so that a NaN stays the same one.
float coordinate(uint32_t bits, uint32_t sign, uint32_t mask, double metres) {
    bits = (bits ^ sign) & mask;
    float value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return static_cast<float>(value * metres);
}

void together(const uint8_t* __restrict__ x, const uint8_t* __restrict__ y, const uint8_t* __restrict__ z,
              const uint32_t* __restrict__ masks, int64_t n, const PointFormat& format, float* __restrict__ out) {
    const auto sign = [&format](int64_t k) { return format.negative[k] ? 0x80000000u : 0; };
    const uint32_t x_sign = sign(0), y_sign = sign(1), z_sign = sign(2);
    const double metres = format.metres;
    for (int64_t i = 0; i < n; ++i) {
        out[3 * i] = coordinate(load<uint32_t>(x, i), x_sign, masks[i], metres);
        out[3 * i + 1] = coordinate(load<uint32_t>(y, i), y_sign, masks[i], metres);
        out[3 * i + 2] = coordinate(load<uint32_t>(z, i), z_sign, masks[i], metres);
    }
}

// Of so many points, from the first one's first channel on.
void some_points(const uint8_t* in, int64_t plane, int64_t n, const PointFormat& format, float* out) {
    float channels[3][kPoints];
    uint32_t masks[kPoints];
    if (!format.planar) apart(in, n, channels[0], channels[1], channels[2]);
    const auto channel = [&](int64_t k) {
        const int64_t c = format.channel[k];
        return format.planar ? in + c * plane : reinterpret_cast<const uint8_t*>(channels[c]);
    };
    unmarked(channel(2), n, format, masks);
    together(channel(0), channel(1), channel(2), masks, n, format, out);
}

void points(const uint8_t* in, int64_t plane, int64_t n, const PointFormat& format, float* out) {
    const auto own = [&format](int64_t k) { return format.channel[k] == k && !format.negative[k]; };
    if (!format.planar && format.missing_count == 0 && own(0) && own(1) && own(2))
        return scale(in, 3 * n, format.metres, out);  // another unit alone, as most have
    for (int64_t i = 0; i < n; i += kPoints)
        some_points(in + (format.planar ? 4 : 12) * i, plane, n - i < kPoints ? n - i : kPoints, format, out + 3 * i);
}

constexpr ConvertRows kConvertRows = {{plain_colour<TRD_RGB8>, colour<TRD_BGR8>, colour<TRD_GRAY8>,
                                       colour<TRD_RGBA8>, colour<TRD_BGRA8>},
                                      {depth<uint16_t>, depth<float>},
                                      points};

}  // namespace
}  // namespace trd::cpu
