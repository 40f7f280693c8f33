// The definition: direct 3x3 convolution in double, padding 1, and what follows it.
#pragma once
#include <cstdint>
#include <vector>

namespace trd::reference {

// in [n, h, w, c_in], weights [c_out, c_in, 3, 3], bias [c_out], sum and post as the output or null
// -> relu(conv + bias + sum_scale * sum) + post  [n, (h + stride - 1) / stride, (w + stride - 1) / stride, c_out]
inline std::vector<double> conv3x3(const float* in, const float* weights, const float* bias, const float* sum,
                                   const float* post, double sum_scale, bool relu, int64_t n, int64_t h, int64_t w,
                                   int64_t c_in, int64_t c_out, int64_t stride) {
    const int64_t out_h = (h + stride - 1) / stride, out_w = (w + stride - 1) / stride;
    std::vector<double> out(static_cast<size_t>(n * out_h * out_w * c_out));
    for (int64_t image = 0; image < n; ++image)
        for (int64_t y = 0; y < out_h; ++y)
            for (int64_t x = 0; x < out_w; ++x)
                for (int64_t co = 0; co < c_out; ++co) {
                    const int64_t at = ((image * out_h + y) * out_w + x) * c_out + co;
                    double value = bias[co];
                    for (int64_t i = 0; i < 3; ++i)
                        for (int64_t j = 0; j < 3; ++j) {
                            const int64_t from_y = y * stride + i - 1, from_x = x * stride + j - 1;
                            if (from_y < 0 || from_y >= h || from_x < 0 || from_x >= w) continue;
                            const float* pixel = in + ((image * h + from_y) * w + from_x) * c_in;
                            for (int64_t ci = 0; ci < c_in; ++ci)
                                value += static_cast<double>(pixel[ci]) * weights[((co * c_in + ci) * 3 + i) * 3 + j];
                        }
                    if (sum) value += sum_scale * sum[at];
                    if (relu && value < 0) value = 0;
                    out[static_cast<size_t>(at)] = value + (post ? post[at] : 0);
                }
    return out;
}

}  // namespace trd::reference
