// Plain double-precision blend and cosine distance: the definition that every backend is compared with.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace trd::reference {

// decoder, amplifier (may be null), teacher [rows, c] -> distance [rows]; rows = n * pixels
inline void fuse_cosine(const float* decoder, double w_decoder, const float* amplifier, double w_amplifier,
                        const float* teacher, double* distance, int64_t rows, int64_t c) {
    for (int64_t r = 0; r < rows; ++r) {
        double dot = 0, gg = 0, tt = 0;
        for (int64_t k = 0; k < c; ++k) {
            const double g = w_decoder * decoder[r * c + k] + (amplifier ? w_amplifier * amplifier[r * c + k] : 0.0);
            const double t = teacher[r * c + k];
            dot += g * t;
            gg += g * g;
            tt += t * t;
        }
        distance[r] = 1.0 - dot / (std::max(std::sqrt(gg), 1e-8) * std::max(std::sqrt(tt), 1e-8));
    }
}

}  // namespace trd::reference
