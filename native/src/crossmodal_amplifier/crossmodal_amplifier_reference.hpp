// The definition of the Crossmodal Amplifier (SPEC section 2): direct loops in double; nothing is rounded in between.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace trd::reference {

// One scale's layers with BatchNorm folded: 3x3 (c to c, padding 1), 1x1 (c to 2c), 1x1 (2c to c), each with bias and
// ReLU.
struct AmplifierScale {
    int64_t c;
    std::vector<float> weights[3];  // [c, c, 3, 3], [2c, c], [c, 2c]
    std::vector<float> bias[3];     // [c], [2c], [c]
};

// What the layers give, channels-last: [n, side, side, c], [n, side, side, 2c], [n, side, side, c]
struct AmplifierOutputs {
    std::vector<double> layer[3];
};

inline double amplifier_relu(double v) { return v < 0 ? 0 : v; }  // a NaN stays one

// in [n, side, side, c]
inline AmplifierOutputs crossmodal_amplifier(const AmplifierScale& s, const float* in, int64_t n, int64_t side) {
    const int64_t c = s.c, pixels = n * side * side;
    AmplifierOutputs out;
    for (int64_t p = 0; p < pixels; ++p) {
        const int64_t image = p / (side * side), y = p / side % side, x = p % side;
        for (int64_t co = 0; co < c; ++co) {
            double sum = s.bias[0][static_cast<size_t>(co)];
            for (int64_t ky = 0; ky < 3; ++ky)
                for (int64_t kx = 0; kx < 3; ++kx) {
                    const int64_t from_y = y + ky - 1, from_x = x + kx - 1;
                    if (from_y < 0 || from_y >= side || from_x < 0 || from_x >= side) continue;
                    const float* pixel = in + ((image * side + from_y) * side + from_x) * c;
                    for (int64_t ci = 0; ci < c; ++ci)
                        sum += static_cast<double>(pixel[ci]) *
                               s.weights[0][static_cast<size_t>(((co * c + ci) * 3 + ky) * 3 + kx)];
                }
            out.layer[0].push_back(amplifier_relu(sum));
        }
    }
    for (int layer = 1; layer < 3; ++layer) {
        const int64_t c_in = layer == 1 ? c : 2 * c, c_out = 3 * c - c_in;
        for (int64_t p = 0; p < pixels; ++p)
            for (int64_t co = 0; co < c_out; ++co) {
                double sum = s.bias[layer][static_cast<size_t>(co)];
                for (int64_t ci = 0; ci < c_in; ++ci)
                    sum += out.layer[layer - 1][static_cast<size_t>(p * c_in + ci)] *
                           s.weights[layer][static_cast<size_t>(co * c_in + ci)];
                out.layer[layer].push_back(amplifier_relu(sum));
            }
    }
    return out;
}

}  // namespace trd::reference
