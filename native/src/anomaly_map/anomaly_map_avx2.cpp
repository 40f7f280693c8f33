// anomaly_map for AVX2.
#include "anomaly_map/anomaly_map_rows.hpp"

namespace trd::cpu {

void anomaly_map_avx2(const AnomalyMap& a) { anomaly_map_rows<2>(a); }

}  // namespace trd::cpu
