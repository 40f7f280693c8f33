// The positions' row operations for AVX-512.
#include "positions/positions_rows.hpp"

namespace trd::cpu {

const PositionRows position_rows_avx512 = {project,  rest,       below,     add_soft, add_map,
                                           add_both, logarithms, curvature, bend,     highest};

}  // namespace trd::cpu
