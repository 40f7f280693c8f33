// Cosine distance per pixel over channels-last features. Arguments are already validated (trd.cpp).
#pragma once
#include <cstdint>

namespace trd::cpu {

// a, b [rows, c] -> out [rows]; rows = n * pixels
void cosine_distance(const float* a, const float* b, float* out, int64_t rows, int64_t c);

}  // namespace trd::cpu
