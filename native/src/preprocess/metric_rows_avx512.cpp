// The metric geometry's row operations for AVX-512.
#include "preprocess/metric_rows.hpp"

namespace trd::cpu {

const MetricRows metric_rows_avx512 = {heights, surface, relief, image};

}  // namespace trd::cpu
