// Anomaly map: upsample and add three scales; calibrate, blur, add modalities, maximum. Arguments already validated.
#pragma once
#include <cstdint>

#include "trd.h"

namespace trd {

// Gaussian of the anomaly map (SPEC section 4): sigma 4 px truncated at 4 sigma.
constexpr int64_t kBlurRadius = 16;
constexpr double kBlurSigmaPx = 4.0;

namespace cpu {

void branch_map(const float* const distance[3], const int64_t side[3], float* map, int64_t n, int64_t size);

// Floats of scratch: one transposed map and one row with its mirrored borders.
int64_t anomaly_map_workspace_floats(int64_t size);

void anomaly_map(const float* raw_rgb, const float* raw_depth, const trd_calibration& calibration, float* map,
                 float* map_rgb, float* map_depth, float* scores, float* workspace, int64_t n, int64_t size);

}  // namespace cpu
}  // namespace trd
