// Pillow's BILINEAR resize by its definition: every sum on its own, in 64-bit integers, then (v / 255 - mean) /
// deviation in double. Weights are computed in double and rounded to 22 bits, as Pillow does; so the 8-bit values are
// exact.
#pragma once
#include <cmath>
#include <cstdint>
#include <vector>

namespace trd::reference {

struct PillowWeights {
    int64_t first = 0;
    std::vector<int64_t> weight;  // times 2^22
};

inline PillowWeights pillow_weights(int64_t in, int64_t out, int64_t i) {
    const double scale = static_cast<double>(in) / static_cast<double>(out), support = scale < 1 ? 1 : scale;
    const double centre = (static_cast<double>(i) + 0.5) * scale;
    PillowWeights w;
    w.first = static_cast<int64_t>(centre - support + 0.5);
    if (w.first < 0) w.first = 0;
    int64_t end = static_cast<int64_t>(centre + support + 0.5);
    if (end > in) end = in;
    std::vector<double> exact;
    double sum = 0;
    for (int64_t k = w.first; k < end; ++k) {
        const double v = 1 - std::fabs((static_cast<double>(k) - centre + 0.5) * (1 / support));
        exact.push_back(v > 0 ? v : 0);
        sum += exact.back();
    }
    for (const double v : exact) w.weight.push_back(static_cast<int64_t>(0.5 + v / sum * (1 << 22)));
    return w;
}

inline uint8_t pillow_round(int64_t sum) {
    const int64_t v = (sum + (1 << 21)) >> 22;
    return static_cast<uint8_t>(v < 0 ? 0 : v > 255 ? 255 : v);
}

// image [height] rows of stride bytes, 3 samples per pixel, to out [size, size, 3].
inline std::vector<uint8_t> pillow_resize(const uint8_t* image, int64_t width, int64_t height, int64_t stride,
                                          int64_t size) {
    std::vector<uint8_t> between(static_cast<size_t>(3 * size * height)), out(static_cast<size_t>(3 * size * size));
    for (int64_t x = 0; x < size; ++x) {
        const PillowWeights w = pillow_weights(width, size, x);
        for (int64_t y = 0; y < height; ++y) {
            for (int64_t c = 0; c < 3; ++c) {
                int64_t sum = 0;
                for (size_t k = 0; k < w.weight.size(); ++k)
                    sum += w.weight[k] * image[y * stride + 3 * (w.first + static_cast<int64_t>(k)) + c];
                between[static_cast<size_t>(3 * (y * size + x) + c)] = pillow_round(sum);
            }
        }
    }
    for (int64_t y = 0; y < size; ++y) {
        const PillowWeights w = pillow_weights(height, size, y);
        for (int64_t i = 0; i < 3 * size; ++i) {
            int64_t sum = 0;
            for (size_t k = 0; k < w.weight.size(); ++k)
                sum += w.weight[k] * between[static_cast<size_t>(3 * size * (w.first + static_cast<int64_t>(k)) + i)];
            out[static_cast<size_t>(3 * size * y + i)] = pillow_round(sum);
        }
    }
    return out;
}

inline double normalised(double value, int64_t channel) {
    const double mean[] = {0.485, 0.456, 0.406}, deviation[] = {0.229, 0.224, 0.225};
    return (value - mean[channel]) / deviation[channel];
}

}  // namespace trd::reference
