// The definition: direct loops in double over what a convolution reads, and what follows it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace trd::reference {

struct Convolution {
    int64_t n, h, w, c_in, c_out, kernel, stride, padding;
    bool transposed, relu;
    int64_t out_h() const { return transposed ? 2 * h : (h + 2 * padding - kernel) / stride + 1; }
    int64_t out_w() const { return transposed ? 2 * w : (w + 2 * padding - kernel) / stride + 1; }
    int64_t inputs() const { return n * h * w * c_in; }
    int64_t outputs() const { return n * out_h() * out_w() * c_out; }
    int64_t weights() const { return c_in * c_out * kernel * kernel; }
};

// One output of conv(in) alone. in [n, h, w, c_in]; weights [c_out, c_in, kernel, kernel], transposed [c_in, c_out, 2,
// 2]
template <class In>
double convolve(const Convolution& c, const In* in, const float* weights, int64_t image, int64_t y, int64_t x,
                int64_t co) {
    double sum = 0;
    if (c.transposed) {
        const In* pixel = in + ((image * c.h + y / 2) * c.w + x / 2) * c.c_in;
        for (int64_t ci = 0; ci < c.c_in; ++ci)
            sum += static_cast<double>(pixel[ci]) * weights[((ci * c.c_out + co) * 2 + y % 2) * 2 + x % 2];
        return sum;
    }
    for (int64_t ky = 0; ky < c.kernel; ++ky)
        for (int64_t kx = 0; kx < c.kernel; ++kx) {
            const int64_t from_y = y * c.stride + ky - c.padding, from_x = x * c.stride + kx - c.padding;
            if (from_y < 0 || from_y >= c.h || from_x < 0 || from_x >= c.w) continue;
            const In* pixel = in + ((image * c.h + from_y) * c.w + from_x) * c.c_in;
            for (int64_t ci = 0; ci < c.c_in; ++ci)
                sum += static_cast<double>(pixel[ci]) * weights[((co * c.c_in + ci) * c.kernel + ky) * c.kernel + kx];
        }
    return sum;
}

// r(conv(in) + bias + residual) + post, dense; residual and post may be null
template <class In>
std::vector<double> convolution(const Convolution& c, const In* in, const float* weights, const float* bias,
                                const float* residual, const float* post) {
    std::vector<double> out;
    out.reserve(static_cast<size_t>(c.outputs()));
    for (int64_t image = 0; image < c.n; ++image)
        for (int64_t y = 0; y < c.out_h(); ++y)
            for (int64_t x = 0; x < c.out_w(); ++x)
                for (int64_t co = 0; co < c.c_out; ++co) {
                    double value = convolve(c, in, weights, image, y, x, co) + bias[co];
                    if (residual) value += residual[out.size()];
                    if (c.relu && value < 0) value = 0;
                    out.push_back(value + (post ? post[out.size()] : 0));
                }
    return out;
}

}  // namespace trd::reference
