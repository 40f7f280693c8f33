// Anomaly map: upsample and add three scales; calibrate, blur, add modalities, maximum. Arguments are already validated
// (entry/maps.cpp).
#pragma once
#include <cstdint>

#include "trd.h"

namespace trd {

struct BlurOperators;

struct AnomalyMap {
    const float* distance[2][3];  // rgb, depth: [n, side, side] of three scales
    const BlurOperators* operators;
    float scale[2],
        shift[2];         // calibrated = distance sum * scale + 3 * shift: a third of the mean is taken from each scale
    const uint8_t* mask;  // [size, size] or null
    float* map[3];        // sum, rgb, depth: [n, size, size]
    float* scores;        // [n, 3]
    int64_t n;
};

namespace cpu {

void branch_map(const float* const distance[3], const int64_t side[3], float* map, int64_t n, int64_t size);

void anomaly_map(const AnomalyMap& a);

// The variants between which anomaly_map chooses.
void anomaly_map_avx2(const AnomalyMap& a);
void anomaly_map_avx512(const AnomalyMap& a);

}  // namespace cpu
}  // namespace trd
