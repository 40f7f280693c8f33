// Gaussians: their weights, a blurred row, the portable variant of its passes and the choice between the variants.
#include "gaussian.hpp"

#include <algorithm>
#include <cmath>

#include "cpu_isa.hpp"
#include "gaussian_rows.hpp"

namespace trd {

Blur gaussian(double deviation, double reach) {
    Blur blur{};
    blur.radius = static_cast<int>(std::ceil(reach * deviation));
    double weights[kMaxBlur + 1], sum = 0;
    for (int j = 0; j <= blur.radius; ++j) {
        weights[j] = std::exp(-0.5 * j * j / (deviation * deviation));
        sum += j == 0 ? weights[j] : 2 * weights[j];
    }
    for (int j = 0; j <= blur.radius; ++j) blur.weights[j] = static_cast<float>(weights[j] / sum);
    return blur;
}

namespace cpu {
namespace {

const GaussianRows plain = {down, across};

int64_t mirrored(int64_t i, int64_t n, Border border) {
    if (n == 1) return 0;
    const int64_t edge = border == Border::half_sample ? 1 : 0;
    while (i < 0 || i >= n) i = i < 0 ? -edge - i : 2 * n - 2 + edge - i;
    return i;
}

}  // namespace

const GaussianRows& gaussian_rows() {
    switch (isa()) {
#ifdef TRD_X86_64
        case Isa::avx512: return gaussian_rows_avx512;
        case Isa::avx2: return gaussian_rows_avx2;
#endif
        default: return plain;
    }
}

void gaussian_row(const float* image, int64_t pitch, int64_t size, int64_t y, int64_t column, int64_t n,
                  const Blur& blur, Border border, float* out) {
    const GaussianRows& row = gaussian_rows();
    // With what a Gaussian reaches and vectors overrun.
    alignas(64) float buffer[kBlurColumns + 2 * kMaxBlur + 2 * kLanes];
    const float* rows[2 * kMaxBlur + 1];
    const int64_t r = blur.radius, from = std::max<int64_t>(column - r, 0), to = std::min(column + n + r, size);
    for (int64_t j = -r; j <= r; ++j) rows[r + j] = image + mirrored(y + j, size, border) * pitch + from;
    float* const at = buffer + r - column;  // by column of the image
    row.down(rows + r, to - from, blur, at + from);
    for (int64_t x = column - r; x < from; ++x) at[x] = at[mirrored(x, size, border)];
    // Also what the vectors wrote beyond the image.
    for (int64_t x = to; x < column + n + r; ++x) at[x] = at[mirrored(x, size, border)];
    std::fill_n(at + column + n + r, 2 * kLanes, 0.0f);
    row.across(at + column, n, blur, out);
}

}  // namespace cpu
}  // namespace trd
