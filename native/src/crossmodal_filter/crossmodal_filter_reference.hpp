// The definition (SPEC section 2): plain loops in double, one scale of one image after the other; a step is a
// convolution 2x2 with stride 2 or its transpose, bias, ReLU.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace trd::reference {

// One step. in [side, side, c_in] -> [side / 2, side / 2, c_out], weights [c_out, c_in, 2, 2], or
// up: -> [2 side, 2 side, c_out], weights [c_in, c_out, 2, 2]
inline std::vector<double> filter_step(const std::vector<double>& in, const float* weights, const float* bias,
                                       int64_t side, int64_t c_in, int64_t c_out, bool up) {
    const int64_t out_side = up ? 2 * side : side / 2;
    std::vector<double> out(static_cast<size_t>(out_side * out_side * c_out));
    for (int64_t y = 0; y < out_side; ++y)
        for (int64_t x = 0; x < out_side; ++x)
            for (int64_t co = 0; co < c_out; ++co) {
                double value = bias[co];
                for (int64_t ci = 0; ci < c_in; ++ci) {
                    if (up) {
                        value += in[static_cast<size_t>((y / 2 * side + x / 2) * c_in + ci)] *
                                 weights[((ci * c_out + co) * 2 + y % 2) * 2 + x % 2];
                        continue;
                    }
                    for (int64_t i = 0; i < 4; ++i)
                        value += in[static_cast<size_t>(((2 * y + i / 2) * side + 2 * x + i % 2) * c_in + ci)] *
                                 weights[(co * c_in + ci) * 4 + i];
                }
                out[static_cast<size_t>((y * out_side + x) * c_out + co)] = value < 0 ? 0 : value;
            }
    return out;
}

// A scale of an image: in [side, side, c]; depth = 3, 2, 1 steps down, as many up; weights and bias of the steps in
// order. round: what a step's result is stored as.
template <class Round>
std::vector<double> filter_scale(const float* in, const std::vector<float>* weights, const std::vector<float>* bias,
                                 int64_t side, int64_t c, int depth, Round round) {
    std::vector<double> features(in, in + side * side * c);
    for (int step = 0; step < 2 * depth; ++step) {
        const bool up = step >= depth;
        const int64_t c_out = up ? c / 2 : 2 * c;
        features = filter_step(features, weights[step].data(), bias[step].data(), side, c, c_out, up);
        for (double& v : features) v = round(v);
        side = up ? 2 * side : side / 2;
        c = c_out;
    }
    return features;
}

}  // namespace trd::reference
