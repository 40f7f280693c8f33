// The definition of max_pool: plain loops. A NaN in a window is the window's result.
#pragma once
#include <cmath>
#include <cstdint>

namespace trd::reference {

inline void max_pool(const float* in, double* out, int64_t n, int64_t h, int64_t w, int64_t c) {
    const int64_t out_h = (h + 1) / 2, out_w = (w + 1) / 2;
    for (int64_t i = 0; i < n; ++i)
        for (int64_t y = 0; y < out_h; ++y)
            for (int64_t x = 0; x < out_w; ++x)
                for (int64_t k = 0; k < c; ++k) {
                    double best = -INFINITY;
                    for (int64_t row = 2 * y - 1; row <= 2 * y + 1; ++row)
                        for (int64_t column = 2 * x - 1; column <= 2 * x + 1; ++column) {
                            if (row < 0 || row >= h || column < 0 || column >= w) continue;
                            const double v = in[((i * h + row) * w + column) * c + k];
                            if (v > best || std::isnan(v)) best = v;
                            if (std::isnan(best)) best = NAN;
                        }
                    out[((i * out_h + y) * out_w + x) * c + k] = best;
                }
}

}  // namespace trd::reference
