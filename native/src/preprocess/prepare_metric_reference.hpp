// SPEC section 5, geometry in metric terms, by the definition: plain loops in double over whole images, each Gaussian
// as the sum over its square.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace trd::reference {

struct Metric {
    double smooth, relief;                 // pixels
    double slope_gain, relief_metres;      // see trd_prepare_metric_plan
    double ground_metres = 0;
};

// What a pixel's points say, and how much of them there is.
struct Heights {
    int64_t size = 0;
    std::vector<double> height;  // 0 without a point
    std::vector<double> weight;  // 1 or 0
    std::vector<double> share;   // of its points that are measured
};

// plane: x0, y0, z0, a, b; stride in floats.
inline Heights heights(const float* xyz, int64_t width, int64_t height, int64_t stride, const float* plane,
                       int64_t size) {
    const std::vector<double> none(static_cast<size_t>(size * size));
    Heights out{size, none, none, none};
    for (int64_t y = 0; y < size; ++y) {
        for (int64_t x = 0; x < size; ++x) {
            const int64_t left = x * width / size, top = y * height / size;
            const int64_t right = std::max(left + 1, (x + 1) * width / size),
                          bottom = std::max(top + 1, (y + 1) * height / size);
            double sum = 0;
            int64_t count = 0;
            for (int64_t v = top; v < bottom; ++v) {
                for (int64_t u = left; u < right; ++u) {
                    const float* p = xyz + v * stride + 3 * u;
                    const bool measured = std::fabs(p[0]) <= 1e6f && std::fabs(p[1]) <= 1e6f &&
                                          std::fabs(p[2]) <= 1e6f && p[2] != 0;
                    if (!measured) continue;
                    sum += static_cast<double>(plane[2]) +
                           static_cast<double>(plane[3]) * (static_cast<double>(p[0]) - plane[0]) +
                           static_cast<double>(plane[4]) * (static_cast<double>(p[1]) - plane[1]) - p[2];
                    ++count;
                }
            }
            const auto i = static_cast<size_t>(y * size + x);
            out.height[i] = count == 0 ? 0 : sum / static_cast<double>(count);
            out.weight[i] = count == 0 ? 0 : 1;
            out.share[i] = static_cast<double>(count) / static_cast<double>((right - left) * (bottom - top));
        }
    }
    return out;
}

inline int64_t half_sample(int64_t i, int64_t n) {
    while (i < 0 || i >= n) i = i < 0 ? -1 - i : 2 * n - 1 - i;
    return i;
}

// Mean of the measured pixels under a Gaussian; weight becomes theirs.
inline double under(const Heights& h, int64_t x, int64_t y, double deviation, double& weight) {
    const auto r = static_cast<int64_t>(std::ceil(3 * deviation));
    double sum = 0, of_points = 0, all = 0;
    for (int64_t v = -r; v <= r; ++v) {
        for (int64_t u = -r; u <= r; ++u) {
            const double g = std::exp(-0.5 * static_cast<double>(u * u + v * v) / (deviation * deviation));
            const auto i = static_cast<size_t>(half_sample(y + v, h.size) * h.size + half_sample(x + u, h.size));
            sum += g * h.height[i];
            of_points += g * h.weight[i];
            all += g;
        }
    }
    weight = of_points / all;
    return sum / of_points;
}

// [size, size, 3] in 0 to 1, not yet normalised.
inline std::vector<double> metric_image(const Heights& h, const Metric& m) {
    const int64_t size = h.size;
    std::vector<double> surface(static_cast<size_t>(size * size)), out(static_cast<size_t>(3 * size * size), 0.5);
    std::vector<bool> known(surface.size());
    for (int64_t y = 0; y < size; ++y) {
        for (int64_t x = 0; x < size; ++x) {
            const auto i = static_cast<size_t>(y * size + x);
            double weight;
            surface[i] = under(h, x, y, m.smooth, weight);
            known[i] = weight >= 0.05;
        }
    }
    for (int64_t y = 0; y < size; ++y) {
        for (int64_t x = 0; x < size; ++x) {
            const auto i = static_cast<size_t>(y * size + x);
            if (!known[i]) continue;
            const auto at = [&](int64_t u, int64_t v) {
                const auto k = static_cast<size_t>(half_sample(y + v, size) * size + half_sample(x + u, size));
                return known[k] ? surface[k] : surface[i];
            };
            double dx = 0, dy = 0;
            for (int64_t k = -1; k <= 1; ++k) {
                dx += (k == 0 ? 2 : 1) * (at(1, k) - at(-1, k)) / 8;
                dy += (k == 0 ? 2 : 1) * (at(k, 1) - at(k, -1)) / 8;
            }
            dx *= m.slope_gain;
            dy *= m.slope_gain;
            const double length = std::sqrt(dx * dx + dy * dy + 1);
            double weight;
            const double around = under(h, x, y, m.relief, weight);
            const double high = std::max(std::fabs(surface[i]), std::fabs(around));
            const double shown = m.ground_metres > 0 ? std::clamp(high / m.ground_metres - 1, 0.0, 1.0) : 1;
            out[3 * i] = 0.5 - shown * 0.5 * dx / length;
            out[3 * i + 1] = 0.5 - shown * 0.5 * dy / length;
            out[3 * i + 2] = 0.5 + shown * 0.5 * std::tanh((surface[i] - around) / m.relief_metres);
        }
    }
    return out;
}

}  // namespace trd::reference
