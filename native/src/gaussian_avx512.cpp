// The Gaussian's row operations for AVX-512.
#include "gaussian_rows.hpp"

namespace trd::cpu {

const GaussianRows gaussian_rows_avx512 = {down, across};

}  // namespace trd::cpu
