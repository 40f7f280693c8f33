// The raw map of one branch, for calibration.
// Bilinear interpolation is separable: a row of the map interpolates first between two rows of a scale, then within the
// result. The columns and weights of a stretch of the map are computed once for all rows of a band.
// Traffic: distances from the inner cache, the map written once.
#include <algorithm>
#include <cstdint>

#include "anomaly_map/anomaly_map.hpp"

namespace trd::cpu {
namespace {

constexpr int64_t kStretch = 64;  // columns
constexpr int64_t kBand = 32;     // rows

// Between which two of `side` samples a pixel of the upsampled line lies, and where (align_corners).
struct Place {
    int64_t left;
    float t;
};

Place place(int64_t pixel, int64_t size, int64_t side) {
    const double step = size > 1 ? static_cast<double>(side - 1) / static_cast<double>(size - 1) : 0.0;
    const double at = step * static_cast<double>(pixel);
    const int64_t left = std::min(static_cast<int64_t>(at), side - 1);
    return {left, static_cast<float>(at - static_cast<double>(left))};
}

// Columns `start` to `start + count - 1` of rows `top` to `bottom - 1` of one image's map.
void stretch(const float* const distance[3], const int64_t side[3], float* map, int64_t size, int64_t top,
             int64_t bottom, int64_t start, int64_t count) {
    int64_t first[3], columns[3], left[3][kStretch];
    float t[3][kStretch];
    for (int s = 0; s < 3; ++s) {
        first[s] = place(start, size, side[s]).left;
        for (int64_t x = 0; x < count; ++x) {
            const Place p = place(start + x, size, side[s]);
            left[s][x] = p.left - first[s];
            t[s][x] = p.t;
        }
        columns[s] = std::min(left[s][count - 1] + 2, side[s] - first[s]);
    }
    for (int64_t y = top; y < bottom; ++y) {
        float sum[kStretch] = {};
        for (int s = 0; s < 3; ++s) {
            const Place row = place(y, size, side[s]);
            const float* const upper = distance[s] + row.left * side[s] + first[s];
            const float* const lower = distance[s] + std::min(row.left + 1, side[s] - 1) * side[s] + first[s];
            float line[kStretch + 2];  // a side is at most the size
            for (int64_t k = 0; k < columns[s]; ++k) line[k] = upper[k] + row.t * (lower[k] - upper[k]);
            line[columns[s]] = line[columns[s] - 1];  // right of the last column, with weight 0
            for (int64_t x = 0; x < count; ++x) {
                const float* const at = line + left[s][x];
                sum[x] += at[0] + t[s][x] * (at[1] - at[0]);
            }
        }
        for (int64_t x = 0; x < count; ++x) map[y * size + start + x] = sum[x];
    }
}

}  // namespace

void branch_map(const float* const distance[3], const int64_t side[3], float* map, int64_t n, int64_t size) {
    const int64_t bands = (size + kBand - 1) / kBand, stretches = (size + kStretch - 1) / kStretch;
#pragma omp parallel for collapse(3) schedule(static) if (n * size * size >= 4096)
    for (int64_t image = 0; image < n; ++image)
        for (int64_t band = 0; band < bands; ++band)
            for (int64_t i = 0; i < stretches; ++i) {
                const float* const own[3] = {distance[0] + image * side[0] * side[0],
                                             distance[1] + image * side[1] * side[1],
                                             distance[2] + image * side[2] * side[2]};
                stretch(own, side, map + image * size * size, size, band * kBand, std::min((band + 1) * kBand, size),
                        i * kStretch, std::min(kStretch, size - i * kStretch));
            }
}

}  // namespace trd::cpu
