// The conversions' row operations for AVX-512.
#include "convert/convert_rows.hpp"

namespace trd::cpu {

const ConvertRows convert_rows_avx512 = kConvertRows;

}  // namespace trd::cpu
