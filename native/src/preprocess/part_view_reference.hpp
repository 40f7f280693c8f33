// Views of parts by the definition (trd_view_colour, trd_view_relief): plain loops in double.
#pragma once
#include <cmath>
#include <limits>

#include "preprocess/prepare_metric_reference.hpp"

namespace trd::reference {

// [size, size, 3]; stride in bytes.
inline std::vector<double> view_colour(const uint8_t* image, int64_t width, int64_t height, int64_t stride,
                                       int64_t size) {
    std::vector<double> out;
    for (int64_t y = 0; y < size; ++y) {
        for (int64_t x = 0; x < size; ++x) {
            const int64_t left = x * width / size, top = y * height / size;
            const int64_t right = std::max(left + 1, (x + 1) * width / size),
                          bottom = std::max(top + 1, (y + 1) * height / size);
            for (int64_t c = 0; c < 3; ++c) {
                double sum = 0;
                for (int64_t v = top; v < bottom; ++v)
                    for (int64_t u = left; u < right; ++u) sum += image[v * stride + 3 * u + c];
                out.push_back(sum / static_cast<double>((right - left) * (bottom - top)));
            }
        }
    }
    return out;
}

// [size, size] of mm; stride in floats.
inline std::vector<double> view_relief(const float* xyz, int64_t width, int64_t height, int64_t stride,
                                       const float* plane, int64_t size) {
    const Heights heights = reference::heights(xyz, width, height, stride, plane, size);
    std::vector<double> out(heights.height.size());
    for (size_t i = 0; i < out.size(); ++i) {
        const bool measures = heights.weight[i] > 0 && heights.share[i] >= 0.25;
        out[i] = measures ? 1e3 * heights.height[i] : std::numeric_limits<double>::quiet_NaN();
    }
    return out;
}

}  // namespace trd::reference
