// branch_map and anomaly_map on CUDA. Arguments are already validated.
#pragma once
#include "anomaly_map/anomaly_map.hpp"
#include "anomaly_map/blur_operators.hpp"
#include "trd.h"

namespace trd::cuda {

constexpr int kTileColumns = 32, kTileRows = 8;  // of a map that a block of threads computes

// Blocks of a launch, of which there may be 2^31 - 1; n * size * size does not overflow.
inline int64_t map_tiles(int64_t n, int64_t size) {
    return n * ((size + kTileColumns - 1) / kTileColumns) * ((size + kTileRows - 1) / kTileRows);
}

void branch_map(const trd_exec& exec, const float* const distance[3], const int64_t side[3], float* map, int64_t n,
                int64_t size);

// layout: the head that a.operators, which only the device can read, begins with.
void anomaly_map(const trd_exec& exec, const AnomalyMap& a, const BlurOperators& layout);

}  // namespace trd::cuda
