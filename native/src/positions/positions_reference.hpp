// SPEC section 9, the arithmetic of points 4 and 5, by the definition: plain loops in double, each Gaussian as the sum
// over its square.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace trd::reference {

using Values = std::vector<double>;

// y less its robust fit; functions [count][n].
inline Values robust_rest(const Values& y, double most, const std::vector<Values>& functions, bool unseen) {
    Values cut(y), fit(y.size(), 0.0);
    for (double& v : cut) v = std::isnan(v) ? v : std::max(-most, std::min(most, v));
    for (int round = 0; round <= 4; ++round) {
        double limit = INFINITY;
        if (round > 0) {
            Values sample;
            for (size_t k = 0; k < y.size(); k += 16) sample.push_back(std::fabs(cut[k] - fit[k]));
            std::sort(sample.begin(), sample.end());
            limit = 2 * (1.4826 * sample[sample.size() / 2] + 1e-9);
        }
        Values next(y.size(), 0.0);
        for (const Values& function : functions) {
            double coefficient = 0;
            for (size_t k = 0; k < y.size(); ++k) {
                const double rest = cut[k] - fit[k];
                coefficient += function[k] * (fit[k] + std::max(-limit, std::min(limit, rest)));
            }
            for (size_t k = 0; k < y.size(); ++k) next[k] += coefficient * function[k];
        }
        fit = next;
    }
    Values rest(y.size());
    for (size_t k = 0; k < y.size(); ++k) rest[k] = unseen && y[k] == 0 ? 0 : cut[k] - fit[k];
    return rest;
}

inline int64_t whole_sample(int64_t i, int64_t n) {
    while (n > 1 && (i < 0 || i >= n)) i = i < 0 ? -i : 2 * n - 2 - i;
    return n > 1 ? i : 0;
}

inline Values gaussian(const Values& image, int64_t size, double deviation) {
    const auto radius = static_cast<int64_t>(std::ceil(4 * deviation));
    Values weights, out(image.size());
    double all = 0;
    for (int64_t j = -radius; j <= radius; ++j) {
        weights.push_back(std::exp(-0.5 * static_cast<double>(j * j) / (deviation * deviation)));
        all += weights.back();
    }
    for (int64_t y = 0; y < size; ++y) {
        for (int64_t x = 0; x < size; ++x) {
            double sum = 0;
            for (int64_t v = -radius; v <= radius; ++v)
                for (int64_t u = -radius; u <= radius; ++u)
                    sum += weights[static_cast<size_t>(v + radius)] * weights[static_cast<size_t>(u + radius)] *
                           image[static_cast<size_t>(whole_sample(y + v, size) * size + whole_sample(x + u, size))];
            out[static_cast<size_t>(y * size + x)] = sum / (all * all);
        }
    }
    return out;
}

// A difference on an area, given by its pixels, blurred.
inline Values area_filter(const Values& in, const std::vector<int64_t>& area, int64_t size, double deviation) {
    Values image(static_cast<size_t>(size * size), 0.0), out;
    for (size_t k = 0; k < area.size(); ++k) image[static_cast<size_t>(area[k])] = in[k];
    const Values blurred = gaussian(image, size, deviation);
    for (const int64_t i : area) out.push_back(blurred[static_cast<size_t>(i)]);
    return out;
}

// Lines in a difference on an area: per direction, the values on the area.
inline std::vector<Values> line_filter(const Values& in, const std::vector<int64_t>& area, int64_t size, double across,
                                       double along) {
    Values image(static_cast<size_t>(size * size), 0.0);
    for (size_t k = 0; k < area.size(); ++k) image[static_cast<size_t>(area[k])] = in[k];
    const Values smooth = gaussian(image, size, across);
    const auto at = [&](int64_t x, int64_t y) {
        return smooth[static_cast<size_t>(whole_sample(y, size) * size + whole_sample(x, size))];
    };
    const auto radius = static_cast<int64_t>(std::ceil(2 * along / 2));  // two deviations, 2 pixels a step
    constexpr double pi = 3.14159265358979323846;
    std::vector<Values> all;
    for (int d = 0; d < 12; ++d) {
        const double c = std::cos(pi * d / 12), s = std::sin(pi * d / 12);
        const auto bend = [&](int64_t x, int64_t y) {
            if (x < 0 || y < 0 || x >= size || y >= size) return 0.0;
            const double xx = at(x - 1, y) - 2 * at(x, y) + at(x + 1, y);
            const double yy = at(x, y - 1) - 2 * at(x, y) + at(x, y + 1);
            const double xy = (at(x + 1, y + 1) + at(x - 1, y - 1) - at(x - 1, y + 1) - at(x + 1, y - 1)) / 4;
            return -(s * s * xx - 2 * c * s * xy + c * c * yy);
        };
        Values values;
        for (const int64_t i : area) {
            double sum = 0, weights = 0;
            for (int64_t t = -radius; t <= radius; ++t) {
                const double place = 2.0 * static_cast<double>(t);
                const double weight = std::exp(-0.5 * place * place / (along * along));
                const int64_t x = i % size + std::lround(place * c), y = i / size + std::lround(place * s);
                sum += weight * bend(x, y);
                weights += weight;
            }
            values.push_back(sum / weights);
        }
        all.push_back(values);
    }
    return all;
}

inline double soft(double score) { return std::exp(std::max(-150.0, std::min(150.0, score)) / 2); }

// 2 ln of a sum, smoothed, on its line.
inline Values joined(const Values& sums, int64_t size, double deviation, double factor, double offset) {
    Values logarithms;
    for (const double s : sums) logarithms.push_back(2 * std::log(s));
    Values map = gaussian(logarithms, size, deviation);
    for (double& v : map) v = factor * v + offset;
    return map;
}

}  // namespace trd::reference
