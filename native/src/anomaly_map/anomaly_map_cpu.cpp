// Anomaly map on the CPU.
// The blur is separable and its row pass writes transposed, so that one routine serves rows and columns and every
// read is contiguous. Blur is linear: blur(rgb) + blur(depth) is the blurred sum, which saves the third blur.
// Traffic: per image about 10 maps of size*size floats; at size 256 all of it stays in the L2 cache.
#include "anomaly_map.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trd::cpu {
namespace {

// Adds the align_corners bilinear upsampling of in [side, side] to map [size, size].
void add_upsampled(const float* in, int64_t side, float* map, int64_t size, bool first) {
    const double step = size > 1 ? static_cast<double>(side - 1) / static_cast<double>(size - 1) : 0.0;
    for (int64_t y = 0; y < size; ++y) {
        const double fy = step * static_cast<double>(y);
        const int64_t y0 = std::min(static_cast<int64_t>(fy), side - 1), y1 = std::min(y0 + 1, side - 1);
        const float ty = static_cast<float>(fy - static_cast<double>(y0));
        const float *upper = in + y0 * side, *lower = in + y1 * side;
        float* row = map + y * size;
        for (int64_t x = 0; x < size; ++x) {
            const double fx = step * static_cast<double>(x);
            const int64_t x0 = std::min(static_cast<int64_t>(fx), side - 1), x1 = std::min(x0 + 1, side - 1);
            const float tx = static_cast<float>(fx - static_cast<double>(x0));
            const float up = upper[x0] + tx * (upper[x1] - upper[x0]);
            const float low = lower[x0] + tx * (lower[x1] - lower[x0]);
            const float value = up + ty * (low - up);
            row[x] = first ? value : row[x] + value;
        }
    }
}

struct Gaussian {
    float weight[2 * kBlurRadius + 1];
    Gaussian() {
        double w[2 * kBlurRadius + 1], total = 0;
        for (int64_t i = -kBlurRadius; i <= kBlurRadius; ++i)
            total += w[i + kBlurRadius] = std::exp(-0.5 * static_cast<double>(i * i) / (kBlurSigmaPx * kBlurSigmaPx));
        for (int64_t i = 0; i <= 2 * kBlurRadius; ++i) weight[i] = static_cast<float>(w[i] / total);
    }
};

int64_t mirror(int64_t i, int64_t n) {
    const int64_t period = 2 * n;
    i = ((i % period) + period) % period;
    return i < n ? i : period - 1 - i;
}

// out[x, y] = sum_k weight[k] * (in[y, x + k] - mean) * scale : one blurred row becomes one column.
void blur_rows_transposed(const float* in, float mean, float scale, float* padded, float* out, int64_t size) {
    static const Gaussian gaussian;
    for (int64_t y = 0; y < size; ++y) {
        const float* row = in + y * size;
        for (int64_t x = -kBlurRadius; x < size + kBlurRadius; ++x)
            padded[x + kBlurRadius] = (row[mirror(x, size)] - mean) * scale;
        constexpr int64_t block = 16;
        for (int64_t x = 0; x < size; x += block) {
            const int64_t count = std::min(block, size - x);
            float sum[block] = {};
            for (int64_t k = 0; k <= 2 * kBlurRadius; ++k)
                for (int64_t i = 0; i < count; ++i) sum[i] += gaussian.weight[k] * padded[x + i + k];
            for (int64_t i = 0; i < count; ++i) out[(x + i) * size + y] = sum[i];
        }
    }
}

// A NaN anywhere must not hide behind a comparison that is false for it.
float maximum(const float* map, int64_t count) {
    float best = -std::numeric_limits<float>::infinity();
    bool nan = false;
    for (int64_t i = 0; i < count; ++i) {
        best = std::max(best, map[i]);
        nan |= map[i] != map[i];
    }
    return nan ? std::numeric_limits<float>::quiet_NaN() : best;
}

}  // namespace

void branch_map(const float* const distance[3], const int64_t side[3], float* map, int64_t n, int64_t size) {
    for (int64_t i = 0; i < n; ++i)
        for (int scale = 0; scale < 3; ++scale)
            add_upsampled(distance[scale] + i * side[scale] * side[scale], side[scale], map + i * size * size, size, scale == 0);
}

int64_t anomaly_map_workspace_floats(int64_t size) { return size * size + size + 2 * kBlurRadius; }

void anomaly_map(const float* raw_rgb, const float* raw_depth, const trd_calibration& calibration, float* map,
                 float* map_rgb, float* map_depth, float* scores, float* workspace, int64_t n, int64_t size) {
    const int64_t pixels = size * size;
    float *transposed = workspace, *padded = workspace + pixels;
    for (int64_t i = 0; i < n; ++i) {
        const int64_t at = i * pixels;
        auto blur = [&](const float* raw, double mean, double std, float* out) {
            blur_rows_transposed(raw + at, static_cast<float>(mean), static_cast<float>(1.0 / std), padded, transposed, size);
            blur_rows_transposed(transposed, 0.0f, 1.0f, padded, out + at, size);
        };
        blur(raw_rgb, calibration.mean_rgb, calibration.std_rgb, map_rgb);
        blur(raw_depth, calibration.mean_depth, calibration.std_depth, map_depth);
        for (int64_t p = at; p < at + pixels; ++p) map[p] = map_rgb[p] + map_depth[p];
        scores[3 * i] = maximum(map + at, pixels);
        scores[3 * i + 1] = maximum(map_rgb + at, pixels);
        scores[3 * i + 2] = maximum(map_depth + at, pixels);
    }
}

}  // namespace trd::cpu
