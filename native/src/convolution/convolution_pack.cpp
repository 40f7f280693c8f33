// Packing: once, at set-up, on the host.
#include <cstring>

#include "convolution/convolution.hpp"

namespace trd {
namespace {

uint16_t to_bfloat16(float v) {
    uint32_t bits;
    std::memcpy(&bits, &v, 4);
    if ((bits & 0x7fffffffu) > 0x7f800000u) return 0x7fff;  // NaN stays one
    return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

// By integers, because not every compiler has a half type and this happens once: what lies below the kept bits decides.
uint16_t to_float16(float v) {
    uint32_t bits;
    std::memcpy(&bits, &v, 4);
    const uint32_t sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u) return 0x7fff;                                 // NaN
    if (magnitude >= 0x477ff000u) return static_cast<uint16_t>(sign | 0x7c00);  // 65520 and above become infinity
    if (magnitude < 0x33000001u) return static_cast<uint16_t>(sign);            // up to 2^-25 becomes zero
    uint32_t significand, dropped;
    if (magnitude < 0x38800000u) {  // below 2^-14: denormal, a multiple of 2^-24
        dropped = 126 - (magnitude >> 23);
        significand = (magnitude & 0x7fffffu) | 0x800000u;
    } else {
        dropped = 13;
        significand =
            magnitude - 0x38000000u;  // the exponent's bias becomes 15; a carry of the rounding reaches it rightly
    }
    const uint32_t kept = significand >> dropped, rest = significand & ((1u << dropped) - 1),
                   half = 1u << (dropped - 1);
    return static_cast<uint16_t>(sign | (kept + (rest > half || (rest == half && (kept & 1)))));
}

template <class To, class Round>
void pack_direct(const float* weights, To* packed, int64_t row, int64_t c_in, int64_t c_out, int64_t taps, int64_t run,
                 Round round) {
    for (int64_t n = 0; n < c_out; ++n, packed += row, weights += c_in * taps) {
        for (int64_t first = 0; first < c_in; first += run)
            for (int64_t tap = 0; tap < taps; ++tap)
                for (int64_t ci = 0; ci < run; ++ci)
                    packed[first * taps + tap * run + ci] = round(weights[(first + ci) * taps + tap]);
        for (int64_t k = taps * c_in; k < row; ++k) packed[k] = 0;
    }
}

// Eight output channels, 32 rows, at a time: reads and writes then stay in few pages.
template <class To, class Round>
void pack_transposed(const float* weights, To* packed, int64_t row, int64_t c_in, int64_t c_out, Round round) {
    for (int64_t first = 0; first < c_out; first += 8) {
        const int64_t end = first + 8 < c_out ? first + 8 : c_out;
        for (int64_t ci = 0; ci < c_in; ++ci)
            for (int64_t co = first; co < end; ++co)
                for (int64_t tap = 0; tap < 4; ++tap)
                    packed[(tap * c_out + co) * row + ci] = round(weights[(ci * c_out + co) * 4 + tap]);
    }
    for (int64_t n = 0; n < 4 * c_out; ++n)
        for (int64_t k = c_in; k < row; ++k) packed[n * row + k] = 0;
}

template <class To, class Round>
void pack(const float* weights, To* packed, int64_t row, int64_t c_in, int64_t c_out, int32_t kernel,
          int32_t transposed, int64_t run, Round round) {
    if (transposed) return pack_transposed(weights, packed, row, c_in, c_out, round);
    pack_direct(weights, packed, row, c_in, c_out, int64_t{kernel} * kernel, run, round);
}

}  // namespace

void pack_convolution(int32_t type, const float* weights, void* packed, int64_t c_in, int64_t c_out, int32_t kernel,
                      int32_t transposed) {
    const int64_t row = packed_row(type, c_in, kernel, transposed), run = channel_run(type, c_in);
    if (type == TRD_FLOAT32)
        return pack(weights, static_cast<float*>(packed), row, c_in, c_out, kernel, transposed, run,
                    [](float v) { return v; });
    auto* const half = static_cast<uint16_t*>(packed);
    if (type == TRD_BFLOAT16) return pack(weights, half, row, c_in, c_out, kernel, transposed, run, to_bfloat16);
    pack(weights, half, row, c_in, c_out, kernel, transposed, run, to_float16);
}

}  // namespace trd
