// 3x3 convolution, stride 1 or 2, padding 1, by Winograd's method on tiles of 4x4 outputs. Arguments are already
// validated (entry/winograd.cpp).
#pragma once
#include <cstdint>

namespace trd::cpu {

struct WinogradConv {
    const void* in;        // [n, h, w, c_in]; float or, as sum, post and out then are too, bfloat16
    const float* weights;  // packed
    const float* bias;     // [c_out]
    const void* sum;       // [n, out_h, out_w, c_out] added before the ReLU, or null
    const void* post;      // [n, out_h, out_w, c_out] added after the ReLU, or null
    void* out;             // [n, out_h, out_w, c_out], out_h = (h + stride - 1) / stride; may be sum or post
    float* workspace;
    int64_t n, h, w, c_in, c_out, stride;  // both channel counts are multiples of 32
    float sum_scale;                       // what sum is multiplied with
    bool relu, bfloat16;
};

// Output channels in one panel of packed weights; 0: this machine has no variant.
int64_t winograd_panel();

// Whether it was measured faster than a direct convolution in the same type.
bool winograd_pays(bool bfloat16, int64_t n, int64_t h, int64_t w, int64_t stride);

// weights [c_out, c_in, 3, 3] -> packed, 36 * c_in * c_out floats
void winograd_pack(const float* weights, float* packed, int64_t c_in, int64_t c_out, int64_t stride);

int64_t winograd_workspace_floats(int64_t n, int64_t h, int64_t w, int64_t c_in, int64_t c_out, int64_t stride,
                                  int threads);

// With at most so many threads; the result does not depend on their number.
void winograd(const WinogradConv& conv, int threads);

}  // namespace trd::cpu
