// What the preparation does to a row or a few rows of pixels: the part that has variants for newer instructions. All
// variants give the same bits: integers, or the same float operations in the same order without contraction.
#pragma once
#include <cstdint>

#include "preprocess/tables.hpp"

namespace trd::cpu {

// Rows of a plane of floats are padded to whole words of 64 pixels, whose bits say something about each pixel; the
// padding is 0 in both. Columns of a tile start at a multiple of 16.
struct Rows {
    // rgb: rows of the image to rows of size pixels; pitch >= 3 * size + 1 bytes between output rows.
    void (*across)(const uint8_t* image, int64_t stride, int64_t rows, const PillowAxis& axis, int64_t size,
                   uint8_t* out, int64_t pitch);
    // rgb: n samples of one output row, as v / 255.
    void (*down)(const uint8_t* in, int64_t pitch, const int32_t* weights, int64_t taps, int64_t n, float* out);
    // n points to words * 64 cleaned z and foreground bits.
    void (*foreground)(const float* xyz, int64_t n, const Plane& plane, float* z, uint64_t* bits);
    // Smallest and largest z != 0 where a bit is set; (inf, -inf) when there is none.
    void (*range)(const float* z, const uint64_t* bits, int64_t words, float* low, float* high);
    // z = (z - min) / extent * (high - low) + low where a bit is set and z != 0, else 0; valid = where the result is
    // not 0.
    void (*scale)(float* z, const uint64_t* bits, int64_t words, float min, float extent, float low, float high,
                  uint64_t* valid);
    // Vertical half of both derivatives: smooth[i] = sum_j c_j rows[j][i], slope likewise; 2 * radius + 1 rows.
    void (*derive_down)(const float* const* rows, int64_t n, const Sobel& sobel, float* smooth, float* slope);
    // Horizontal half, then the normals times mask and weight, added to (or, if first, put in) normal[3][kTile].
    void (*normals)(const float* smooth, const float* slope, int64_t n, const Sobel& sobel, const uint64_t* bits,
                    int64_t column, float weight, bool first, float* normal);
    // Linear interpolation along a tile: out[i][c] = (1 - f_i) normal[c][at_i - column] + f_i normal[c][at_i + 1 -
    // column].
    void (*interpolate)(const float* normal, const int32_t* at, const float* fraction, int64_t column, int64_t n,
                        float* out);
    // (v - mean) / deviation of n interleaved pixels, stored as type; pixel counts from the start of out.
    void (*normalise)(const float* values, int64_t n, void* out, int32_t type, int64_t pixel);
};

// Columns of a tile of normals. Buffers have room for 16 more, so that vectors may run over the end.
constexpr int64_t kTileColumns = 256;
constexpr int64_t kTile = kTileColumns + 16;

const Rows& rows();  // of this machine's Isa
extern const Rows rows_avx2, rows_avx512;

}  // namespace trd::cpu
