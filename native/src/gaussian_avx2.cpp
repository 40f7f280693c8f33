// The Gaussian's row operations for AVX2.
#include "gaussian_rows.hpp"

namespace trd::cpu {

const GaussianRows gaussian_rows_avx2 = {down, across};

}  // namespace trd::cpu
