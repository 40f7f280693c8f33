// Cosine distance on the CPU.
// Traffic: 8 bytes read per channel and pixel, 4 written per pixel: bound by memory for maps larger than the cache.
#include "cosine_distance.hpp"

#include <algorithm>
#include <cmath>

namespace trd::cpu {

void cosine_distance(const float* a, const float* b, float* out, int64_t rows, int64_t c) {
    // Independent lanes instead of one running sum: the compiler may vectorise without reassociating (no fast-math),
    // and a lane sums only c/16 products, which keeps the float error near one rounding of the result.
    constexpr int64_t lanes = 16;
    for (int64_t r = 0; r < rows; ++r, a += c, b += c) {
        float dot[lanes] = {}, aa[lanes] = {}, bb[lanes] = {};
        int64_t k = 0;
        for (; k + lanes <= c; k += lanes) {
            for (int64_t l = 0; l < lanes; ++l) {
                const float x = a[k + l], y = b[k + l];
                dot[l] += x * y;
                aa[l] += x * x;
                bb[l] += y * y;
            }
        }
        double sum_dot = 0, sum_aa = 0, sum_bb = 0;
        for (int64_t l = 0; l < lanes; ++l) {
            sum_dot += dot[l];
            sum_aa += aa[l];
            sum_bb += bb[l];
        }
        for (; k < c; ++k) {
            const double x = a[k], y = b[k];
            sum_dot += x * y;
            sum_aa += x * x;
            sum_bb += y * y;
        }
        out[r] = static_cast<float>(1.0 - sum_dot / (std::max(std::sqrt(sum_aa), 1e-8) * std::max(std::sqrt(sum_bb), 1e-8)));
    }
}

}  // namespace trd::cpu
