// The metric geometry's row operations for AVX2.
#include "preprocess/metric_rows.hpp"

namespace trd::cpu {

const MetricRows metric_rows_avx2 = {heights, surface, relief, image};

}  // namespace trd::cpu
