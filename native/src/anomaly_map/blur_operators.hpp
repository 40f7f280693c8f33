// The matrices of the anomaly map. Upsampling U and blur B are linear and separable, so one scale's share of the
// blurred map is W d W^T with W = B U [size, side]. A row of W is zero but for a few neighbouring columns: a Gaussian
// of 33 pixels covers 8 columns of the finest scale at size 256. Two products with these narrow bands replace an
// upsampled map and a 33 x 33 blur.
#pragma once
#include <cstdint>

namespace trd {

constexpr int64_t kBlockPixels = 16;  // columns of the map that share one block of W^T; a vector of every variant

// One scale's W, twice: by rows, and by blocks of kBlockPixels rows for the product from the right.
// All bands of a scale have the same width, zeros fill it: band of row y = columns first[y] .. first[y] + taps - 1.
struct BlurOperator {
    int64_t side;
    int64_t row_taps, block_taps;
    int64_t row_first;     // int32 [size]: offsets are in 4-byte words from the start of BlurOperators
    int64_t row_weight;    // float [size, row_taps]
    int64_t block_first;   // int32 [blocks]
    int64_t block_weight;  // float [blocks, block_taps, kBlockPixels]
};

// The head of the caller's memory; the tables follow it.
struct BlurOperators {
    uint64_t magic;
    int64_t size;
    int64_t words;
    BlurOperator scale[3];

    const int32_t* ints(int64_t offset) const { return reinterpret_cast<const int32_t*>(this) + offset; }
    const float* floats(int64_t offset) const { return reinterpret_cast<const float*>(this) + offset; }
};

constexpr int64_t kBlurOperatorsHeadBytes = sizeof(BlurOperators);

constexpr int64_t kBlurOperatorsMostSize = int64_t{1} << 20;

// The head for these sizes, 1 <= side <= size <= kBlurOperatorsMostSize: what fill_blur_operators writes first.
BlurOperators blur_operators_layout(int64_t size, const int64_t side[3]);

void fill_blur_operators(void* memory, int64_t size, const int64_t side[3]);

// Whether fill_blur_operators wrote this memory for these sizes.
bool are_blur_operators(const void* memory, int64_t size, const int64_t side[3]);

}  // namespace trd
