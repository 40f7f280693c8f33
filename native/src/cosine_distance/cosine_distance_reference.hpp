// Plain double-precision cosine distance: the definition that every backend is compared with.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace trd::reference {

// a, b [n*pixels, c] -> out [n*pixels]
inline void cosine_distance(const float* a, const float* b, double* out, int64_t rows, int64_t c) {
    for (int64_t r = 0; r < rows; ++r) {
        double dot = 0, aa = 0, bb = 0;
        for (int64_t k = 0; k < c; ++k) {
            const double x = a[r * c + k], y = b[r * c + k];
            dot += x * y;
            aa += x * x;
            bb += y * y;
        }
        out[r] = 1.0 - dot / (std::max(std::sqrt(aa), 1e-8) * std::max(std::sqrt(bb), 1e-8));
    }
}

}  // namespace trd::reference
