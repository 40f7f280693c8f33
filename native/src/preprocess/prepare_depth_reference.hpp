// SPEC section 5, depth image and surface normals, by the definition: plain loops in double over whole images. Float
// only where the definition compares (the plane's distance test decides on float arithmetic; tests keep away from its
// threshold).
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "preprocess/prepare_rgb_reference.hpp"

namespace trd::reference {

struct Cloud {
    int64_t width = 0, height = 0;
    std::vector<double> xyz;  // [height, width, 3], missing points are (0, 0, 0)
    const double* at(int64_t x, int64_t y) const { return &xyz[static_cast<size_t>(3 * (y * width + x))]; }
};

struct Depth {
    bool foreground = false;
    std::vector<uint8_t> mask;
    std::vector<double> z;  // scaled and filled; 0 = missing
};

// Points with a coordinate that is not finite or beyond 1e6 are missing; stride in floats.
inline Cloud clean(const float* xyz, int64_t width, int64_t height, int64_t stride) {
    Cloud cloud{width, height, std::vector<double>(static_cast<size_t>(3 * width * height))};
    for (int64_t y = 0; y < height; ++y) {
        for (int64_t x = 0; x < width; ++x) {
            const float* p = xyz + y * stride + 3 * x;
            const bool measured = std::fabs(p[0]) <= 1e6f && std::fabs(p[1]) <= 1e6f && std::fabs(p[2]) <= 1e6f;
            for (int64_t c = 0; c < 3; ++c)
                cloud.xyz[static_cast<size_t>(3 * (y * width + x) + c)] = measured ? p[c] : 0;
        }
    }
    return cloud;
}

inline Cloud nearest(const Cloud& in, int64_t size) {
    Cloud out{size, size, std::vector<double>(static_cast<size_t>(3 * size * size))};
    for (int64_t y = 0; y < size; ++y)
        for (int64_t x = 0; x < size; ++x)
            for (int64_t c = 0; c < 3; ++c)
                out.xyz[static_cast<size_t>(3 * (y * size + x) + c)] =
                    in.at(x * in.width / size, y * in.height / size)[c];
    return out;
}

// One step of a 3 x 3 dilation (value = 1) or erosion (value = 0): a pixel gets the value when a neighbour has it.
inline std::vector<uint8_t> spread(const std::vector<uint8_t>& in, int64_t w, int64_t h, uint8_t value) {
    std::vector<uint8_t> out = in;
    for (int64_t y = 0; y < h; ++y)
        for (int64_t x = 0; x < w; ++x)
            for (int64_t v = std::max<int64_t>(y - 1, 0); v <= std::min(y + 1, h - 1); ++v)
                for (int64_t u = std::max<int64_t>(x - 1, 0); u <= std::min(x + 1, w - 1); ++u)
                    if (in[static_cast<size_t>(v * w + u)] == value) out[static_cast<size_t>(y * w + x)] = value;
    return out;
}

inline std::vector<double> fill(const std::vector<double>& in, int64_t w, int64_t h) {
    std::vector<double> out = in;
    for (int64_t y = 0; y < h; ++y) {
        for (int64_t x = 0; x < w; ++x) {
            if (in[static_cast<size_t>(y * w + x)] != 0) continue;
            double sum = 0;
            int count = 0;
            for (int64_t v = std::max<int64_t>(y - 1, 0); v <= std::min(y + 1, h - 1); ++v) {
                for (int64_t u = std::max<int64_t>(x - 1, 0); u <= std::min(x + 1, w - 1); ++u) {
                    sum += in[static_cast<size_t>(v * w + u)];
                    count += in[static_cast<size_t>(v * w + u)] > 0 ? 1 : 0;
                }
            }
            out[static_cast<size_t>(y * w + x)] = count == 0 ? 0 : sum / count;
        }
    }
    return out;
}

inline Depth depth_image(const Cloud& cloud, double low, double high) {
    const int64_t w = cloud.width, h = cloud.height, left[] = {0, w - 3, 0}, top[] = {0, 0, h - 3};
    double p[3][3] = {};
    for (int i = 0; i < 3; ++i) {
        int count = 0;
        for (int64_t y = top[i]; y < top[i] + 3; ++y) {
            for (int64_t x = left[i]; x < left[i] + 3; ++x) {
                for (int c = 0; c < 3; ++c) p[i][c] += cloud.at(x, y)[c];
                count += cloud.at(x, y)[2] != 0 ? 1 : 0;
            }
        }
        for (int c = 0; c < 3; ++c) p[i][c] = count == 0 ? 0 : p[i][c] / count;
    }
    double a[3], b[3];
    for (int c = 0; c < 3; ++c) {
        a[c] = p[2][c] - p[0][c];
        b[c] = p[1][c] - p[0][c];
    }
    const double n[3] = {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
    const double length = std::sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
    const double sides =
        std::sqrt((a[0] * a[0] + a[1] * a[1] + a[2] * a[2]) * (b[0] * b[0] + b[1] * b[1] + b[2] * b[2]));
    const bool plane = length > 1e-5 * sides;
    Depth d;
    d.mask.resize(static_cast<size_t>(w * h));
    d.z.resize(static_cast<size_t>(w * h));
    for (int64_t i = 0; i < w * h; ++i) {
        const double* q = &cloud.xyz[static_cast<size_t>(3 * i)];
        double distance = 0;
        for (int c = 0; c < 3; ++c) distance += n[c] * (q[c] - p[0][c]);
        d.mask[static_cast<size_t>(i)] = (!plane || std::fabs(distance) / length > 0.005) && q[2] != 0;
    }
    for (int k = 0; k < 3; ++k) d.mask = spread(d.mask, w, h, 1);
    for (int k = 0; k < 3; ++k) d.mask = spread(d.mask, w, h, 0);
    double min = std::numeric_limits<double>::infinity(), max = -min;
    for (int64_t i = 0; i < w * h; ++i) {
        const double z = d.mask[static_cast<size_t>(i)] ? cloud.xyz[static_cast<size_t>(3 * i + 2)] : 0;
        d.z[static_cast<size_t>(i)] = z;
        if (z == 0) continue;
        min = std::min(min, z);
        max = std::max(max, z);
    }
    d.foreground = max >= min;
    for (double& z : d.z)
        if (z != 0) z = max > min ? (z - min) / (max - min) * (high - low) + low : low;
    d.z = fill(fill(d.z, w, h), w, h);
    return d;
}

inline int64_t reflect_101(int64_t i, int64_t n) {
    while (i < 0 || i >= n) i = i < 0 ? -i : 2 * (n - 1) - i;
    return i;
}

// Coefficients of the aperture's smoothing or derivative: powers of (1 + t), the latter times (t - 1).
inline std::vector<double> aperture(int kernel, bool derivative) {
    if (kernel == 1) return derivative ? std::vector<double>{-1, 0, 1} : std::vector<double>{1};
    std::vector<double> c{1};
    const auto times = [&](double constant) {
        std::vector<double> next(c.size() + 1);
        for (size_t i = 0; i < c.size(); ++i) {
            next[i] += constant * c[i];
            next[i + 1] += c[i];
        }
        c = next;
    };
    if (derivative) times(-1);
    while (c.size() < static_cast<size_t>(kernel)) times(1);
    return c;
}

inline double convolve(const Depth& d, int64_t w, int64_t h, int64_t x, int64_t y, const std::vector<double>& across,
                       const std::vector<double>& down) {
    const auto rx = static_cast<int64_t>(across.size() / 2), ry = static_cast<int64_t>(down.size() / 2);
    double sum = 0;
    for (int64_t v = -ry; v <= ry; ++v)
        for (int64_t u = -rx; u <= rx; ++u)
            sum += across[static_cast<size_t>(u + rx)] * down[static_cast<size_t>(v + ry)] *
                   d.z[static_cast<size_t>(reflect_101(y + v, h) * w + reflect_101(x + u, w))];
    return sum;
}

// Surface normals mapped to [0, 1], [size, size, 3], not yet normalised.
inline std::vector<double> normals(const Depth& d, int64_t w, int64_t h, int kernel, int64_t size) {
    const auto smooth = aperture(kernel, false), slope = aperture(kernel, true);
    std::vector<double> full(static_cast<size_t>(3 * w * h)), out(static_cast<size_t>(3 * size * size));
    for (int64_t y = 0; y < h; ++y) {
        for (int64_t x = 0; x < w; ++x) {
            if (!d.mask[static_cast<size_t>(y * w + x)]) continue;
            const double dx = convolve(d, w, h, x, y, slope, smooth), dy = convolve(d, w, h, x, y, smooth, slope);
            const double n[3] = {-dx, -dy, 1}, length = std::sqrt(dx * dx + dy * dy + 1) + 1e-8;
            for (int64_t c = 0; c < 3; ++c) full[static_cast<size_t>(3 * (y * w + x) + c)] = (n[c] / length + 1) / 2;
        }
    }
    const auto axis = [size](int64_t i, int64_t n, int64_t* low, int64_t* high) {
        const double centre = (static_cast<double>(i) + 0.5) * static_cast<double>(n) / static_cast<double>(size) - 0.5;
        const double floor = std::floor(centre);
        *low = std::max<int64_t>(static_cast<int64_t>(floor), 0);
        *high = std::min<int64_t>(static_cast<int64_t>(floor) + 1, n - 1);
        return centre - floor;
    };
    for (int64_t y = 0; y < size; ++y) {
        int64_t y0, y1, x0, x1;
        const double fy = axis(y, h, &y0, &y1);
        for (int64_t x = 0; x < size; ++x) {
            const double fx = axis(x, w, &x0, &x1);
            for (int64_t c = 0; c < 3; ++c) {
                const auto at = [&](int64_t u, int64_t v) { return full[static_cast<size_t>(3 * (v * w + u) + c)]; };
                out[static_cast<size_t>(3 * (y * size + x) + c)] =
                    (1 - fy) * ((1 - fx) * at(x0, y0) + fx * at(x1, y0)) +
                    fy * ((1 - fx) * at(x0, y1) + fx * at(x1, y1));
            }
        }
    }
    return out;
}

}  // namespace trd::reference
