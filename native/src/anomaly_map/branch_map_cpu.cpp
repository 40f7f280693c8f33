// The raw map of one branch, for calibration.
// The columns and weights of a stretch of the map are computed once for all its rows; each row of the map interpolates
// between two rows of a scale. Traffic: distances from the inner cache, the map written once.
#include <algorithm>
#include <cstdint>

#include "anomaly_map/anomaly_map.hpp"

namespace trd::cpu {
namespace {

constexpr int64_t kStretch = 64;

// Between which two of `side` samples the pixel of the upsampled line lies, and where (align_corners).
struct Place {
    int64_t left, right;
    float t;
};

Place place(int64_t pixel, int64_t size, int64_t side) {
    const double step = size > 1 ? static_cast<double>(side - 1) / static_cast<double>(size - 1) : 0.0;
    const double at = step * static_cast<double>(pixel);
    const int64_t left = std::min(static_cast<int64_t>(at), side - 1);
    return {left, std::min(left + 1, side - 1), static_cast<float>(at - static_cast<double>(left))};
}

}  // namespace

void branch_map(const float* const distance[3], const int64_t side[3], float* map, int64_t n, int64_t size) {
    const int64_t stretches = (size + kStretch - 1) / kStretch;
#pragma omp parallel for collapse(2) schedule(static) if (n * size * size >= 4096)
    for (int64_t image = 0; image < n; ++image)
        for (int64_t stretch = 0; stretch < stretches; ++stretch) {
            const int64_t start = stretch * kStretch, count = std::min(kStretch, size - start);
            Place column[3][kStretch];
            for (int s = 0; s < 3; ++s)
                for (int64_t x = 0; x < count; ++x) column[s][x] = place(start + x, size, side[s]);
            for (int64_t y = 0; y < size; ++y) {
                float sum[kStretch] = {};
                for (int s = 0; s < 3; ++s) {
                    const Place row = place(y, size, side[s]);
                    const float* const in = distance[s] + image * side[s] * side[s];
                    const float *upper = in + row.left * side[s], *lower = in + row.right * side[s];
                    for (int64_t x = 0; x < count; ++x) {
                        const Place& c = column[s][x];
                        const float up = upper[c.left] + c.t * (upper[c.right] - upper[c.left]);
                        const float low = lower[c.left] + c.t * (lower[c.right] - lower[c.left]);
                        sum[x] += up + row.t * (low - up);
                    }
                }
                float* const out = map + (image * size + y) * size + start;
                for (int64_t x = 0; x < count; ++x) out[x] = sum[x];
            }
        }
}

}  // namespace trd::cpu
