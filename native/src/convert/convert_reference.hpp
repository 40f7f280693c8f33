// The conversions by the definition (trd_convert_colour, trd_convert_depth, trd_convert_points): plain loops over what
// is read from any address; strides in bytes. In float with every rounding of the definition, or in double.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "trd.h"

namespace trd::reference {

// Which bytes of a pixel are red, green and blue, by TRD_RGB8 .. TRD_BGRA8; the last number is its bytes.
inline std::vector<int> colour_layout(int32_t layout) {
    switch (layout) {
        case TRD_RGB8: return {0, 1, 2, 3};
        case TRD_BGR8: return {2, 1, 0, 3};
        case TRD_GRAY8: return {0, 0, 0, 1};
        case TRD_RGBA8: return {0, 1, 2, 4};
        default: return {2, 1, 0, 4};
    }
}

inline std::vector<uint8_t> convert_colour(const uint8_t* image, int32_t layout, int64_t width, int64_t height,
                                           int64_t stride) {
    const std::vector<int> at = colour_layout(layout);
    std::vector<uint8_t> rgb;
    for (int64_t v = 0; v < height; ++v)
        for (int64_t u = 0; u < width; ++u)
            for (int c = 0; c < 3; ++c) rgb.push_back(image[v * stride + at[3] * u + at[static_cast<size_t>(c)]]);
    return rgb;
}

struct Pinhole {
    double fx, fy, cx, cy;
};

// T: of the depths. Real: in which z and the products are computed.
template <class T, class Real>
std::vector<Real> convert_depth(const uint8_t* depth, int64_t width, int64_t height, int64_t stride, float metres,
                                const Pinhole& camera) {
    std::vector<Real> xyz;
    for (int64_t v = 0; v < height; ++v) {
        for (int64_t u = 0; u < width; ++u) {
            T raw;
            std::memcpy(&raw, depth + v * stride + u * static_cast<int64_t>(sizeof raw), sizeof raw);
            const Real z = static_cast<Real>(raw) * static_cast<Real>(metres);
            const auto across = static_cast<Real>((static_cast<double>(u) - camera.cx) / camera.fx);
            const auto down = static_cast<Real>((static_cast<double>(v) - camera.cy) / camera.fy);
            xyz.insert(xyz.end(), {across * z, down * z, z});
        }
    }
    return xyz;
}

// axes: channels of x, y and z, 1 to 3, negative where they hold the negative.
inline std::vector<float> convert_points(const uint8_t* points, int64_t width, int64_t height, int64_t stride,
                                         const int32_t (&axes)[3], bool planar, double metres,
                                         const std::vector<float>& missing) {
    std::vector<float> xyz;
    for (int64_t v = 0; v < height; ++v) {
        for (int64_t u = 0; u < width; ++u) {
            const auto channel = [&](int32_t axis) {
                const int64_t c = std::abs(axis) - 1;
                const int64_t at = planar ? (c * height + v) * stride + 4 * u : v * stride + 4 * (3 * u + c);
                float value;
                std::memcpy(&value, points + at, sizeof value);
                return value;
            };
            bool there = true;
            for (const float mark : missing) there = there && channel(axes[2]) != mark;
            for (const int32_t axis : axes) {
                const float value = axis < 0 ? -channel(axis) : channel(axis);
                xyz.push_back(there ? static_cast<float>(static_cast<double>(value) * metres) : 0.0f);
            }
        }
    }
    return xyz;
}

}  // namespace trd::reference
