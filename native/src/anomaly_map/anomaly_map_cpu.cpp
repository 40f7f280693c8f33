// anomaly_map on the CPU: the portable variant, and the choice between the variants.
#include "anomaly_map/anomaly_map_rows.hpp"
#include "cpu_isa.hpp"

namespace trd::cpu {

void anomaly_map(const AnomalyMap& a) {
#ifdef TRD_X86_64
    if (isa() == Isa::avx512) return anomaly_map_avx512(a);
    if (isa() == Isa::avx2) return anomaly_map_avx2(a);
#endif
    anomaly_map_rows<1>(a);
}

}  // namespace trd::cpu
