// Gaussians of square images, row by row: weights, and the two passes over a row, which have variants for newer
// instructions. All give the same bits: the same float operations in the same order, without contraction.
#pragma once
#include <cstdint>

namespace trd {

constexpr int kMaxBlur = 512;  // pixels on one side of a Gaussian

// A Gaussian: weights[j] of a pixel j to either side, their sum 1.
struct Blur {
    int radius;
    float weights[kMaxBlur + 1];
};

// reach: deviations on either side; the radius is the next whole pixel, at most kMaxBlur.
Blur gaussian(double deviation, double reach);

// What lies beyond an image, which both mirror: with its first and last pixel (b a | a b c | c b), or at them
// (c b | a b c | b a).
enum class Border { half_sample, whole_sample };

namespace cpu {

constexpr int64_t kBlurColumns = 1024;  // most columns that gaussian_row takes at a time
constexpr int64_t kBlurOverrun = 32;

// Columns [column, column + n) of row y of an image [size, size] with `pitch` floats from row to row, blurred down,
// then across. Up to the next multiple of kBlurOverrun columns is written, too, and up to as many floats more are
// read behind a row of the image.
void gaussian_row(const float* image, int64_t pitch, int64_t size, int64_t y, int64_t column, int64_t n,
                  const Blur& blur, Border border, float* out);

struct GaussianRows {
    // out[i] = sum_j weights[|j|] rows[j][i], j from -radius to radius; rows points to the middle. Up to 31 more are
    // read and written.
    void (*down)(const float* const* rows, int64_t n, const Blur& blur, float* out);
    // out[i] = sum_j weights[|j|] in[i + j], likewise.
    void (*across)(const float* in, int64_t n, const Blur& blur, float* out);
};

const GaussianRows& gaussian_rows();  // of this machine's Isa
extern const GaussianRows gaussian_rows_avx2, gaussian_rows_avx512;

}  // namespace cpu
}  // namespace trd
