// The positions' row operations for AVX2.
#include "positions/positions_rows.hpp"

namespace trd::cpu {

const PositionRows position_rows_avx2 = {project,  rest,       below,     add_soft, add_map,
                                         add_both, logarithms, curvature, bend,     highest};

}  // namespace trd::cpu
