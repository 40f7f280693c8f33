// anomaly_map for AVX-512.
#include "anomaly_map/anomaly_map_rows.hpp"

namespace trd::cpu {

void anomaly_map_avx512(const AnomalyMap& a) { anomaly_map_rows<4>(a); }

}  // namespace trd::cpu
