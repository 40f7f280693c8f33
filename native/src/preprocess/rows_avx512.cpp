// The row operations for AVX512.
#include "preprocess/rows_plain.hpp"

namespace trd::cpu {

const Rows rows_avx512 = {plain_across, plain_down, plain_foreground, plain_range, plain_scale, plain_derive_down, plain_normals,
                         plain_interpolate, plain_normalise};

}  // namespace trd::cpu
