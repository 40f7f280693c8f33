// A part's raw memory to RGB8 and to x, y, z in metres (SPEC section 5). Arguments are already validated
// (entry/convert.cpp); the contract stands in trd.h.
#pragma once
#include <cstdint>

#include "trd.h"

namespace trd {

// Bytes of a pixel, and which of them are red, green and blue.
struct ColourLayout {
    int64_t samples, red, green, blue;
};
constexpr int kColourLayouts = 5;
constexpr ColourLayout kColourLayout[kColourLayouts] = {
    {3, 0, 1, 2}, {3, 2, 1, 0}, {1, 0, 0, 0}, {4, 0, 1, 2}, {4, 2, 1, 0}};  // by TRD_RGB8 .. TRD_BGRA8

// What a camera wrote, at any address; stride in bytes from one row to the next.
struct RawImage {
    const uint8_t* data;
    int64_t width, height, stride;
};

// Metres of one unit, focal lengths and principal point, pixels.
struct DepthCamera {
    float metres;
    double fx, fy, cx, cy;
};

// Of x, y, z: the channel that holds it, 0 to 2, and whether with the other sign.
struct PointFormat {
    int64_t channel[3];
    bool negative[3];
    bool planar;
    double metres;
    const float* missing;  // marks, compared with the channel that holds z
    int64_t missing_count;
};

constexpr int64_t kMaxMarks = int64_t{1} << 20;

namespace cpu {

void convert_colour(const RawImage& image, int32_t layout, uint8_t* rgb);
void convert_depth(const RawImage& depth, int32_t type, const DepthCamera& camera, float* xyz);
void convert_points(const RawImage& points, const PointFormat& format, float* xyz);

// What is done to n pixels of a row, in the variant of this machine.
struct ConvertRows {
    void (*colour[kColourLayouts])(const uint8_t* in, int64_t n, uint8_t* out);
    // By TRD_DEPTH_*. across: x / z of each column; down: y / z of the row.
    void (*depth[2])(const uint8_t* in, int64_t n, float metres, const float* across, float down, float* out);
    // plane: bytes from a channel's row to the next channel's, of planar points.
    void (*points)(const uint8_t* in, int64_t plane, int64_t n, const PointFormat& format, float* out);
};
extern const ConvertRows convert_rows_avx2, convert_rows_avx512;

}  // namespace cpu
}  // namespace trd
