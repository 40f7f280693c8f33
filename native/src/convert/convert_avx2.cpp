// The conversions' row operations for AVX2.
#include "convert/convert_rows.hpp"

namespace trd::cpu {

const ConvertRows convert_rows_avx2 = kConvertRows;

}  // namespace trd::cpu
