// Plain double-precision anomaly map: upsampling, calibration, Gaussian blur and maximum as SPEC section 4 writes them.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace trd::reference {

// Adds the align_corners bilinear upsampling of in [side, side] to out [size, size].
inline void add_upsampled(const float* in, int64_t side, double* out, int64_t size) {
    const double step = size > 1 ? static_cast<double>(side - 1) / static_cast<double>(size - 1) : 0.0;
    for (int64_t y = 0; y < size; ++y) {
        const double fy = step * static_cast<double>(y);
        const int64_t y0 = std::min(static_cast<int64_t>(fy), side - 1), y1 = std::min(y0 + 1, side - 1);
        const double ty = fy - static_cast<double>(y0);
        for (int64_t x = 0; x < size; ++x) {
            const double fx = step * static_cast<double>(x);
            const int64_t x0 = std::min(static_cast<int64_t>(fx), side - 1), x1 = std::min(x0 + 1, side - 1);
            const double tx = fx - static_cast<double>(x0);
            out[y * size + x] += (1 - ty) * ((1 - tx) * in[y0 * side + x0] + tx * in[y0 * side + x1]) +
                                 ty * ((1 - tx) * in[y1 * side + x0] + tx * in[y1 * side + x1]);
        }
    }
}

// Half-sample symmetric border: ... c b a | a b c ... ; any i, also far outside a short row.
inline int64_t mirror(int64_t i, int64_t n) {
    while (i < 0 || i >= n) i = i < 0 ? -1 - i : 2 * n - 1 - i;
    return i;
}

// Full two-dimensional Gaussian, sigma 4, radius 16; not separated, so that it shares nothing with the kernels.
inline std::vector<double> blur(const std::vector<double>& in, int64_t size) {
    constexpr int64_t radius = 16;
    double weight[2 * radius + 1], total = 0;
    for (int64_t i = -radius; i <= radius; ++i) {
        weight[i + radius] = std::exp(-static_cast<double>(i * i) / 32.0);
        total += weight[i + radius];
    }
    std::vector<double> out(in.size());
    for (int64_t y = 0; y < size; ++y)
        for (int64_t x = 0; x < size; ++x) {
            double sum = 0;
            for (int64_t i = -radius; i <= radius; ++i) {
                const double* const row = in.data() + mirror(y + i, size) * size;
                for (int64_t j = -radius; j <= radius; ++j)
                    sum += weight[i + radius] * weight[j + radius] * row[mirror(x + j, size)];
            }
            out[y * size + x] = sum / (total * total);
        }
    return out;
}

}  // namespace trd::reference
