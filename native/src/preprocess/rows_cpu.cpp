// The portable row operations, and the choice between the variants.
#include "cpu_isa.hpp"
#include "preprocess/rows_plain.hpp"

namespace trd::cpu {
namespace {

const Rows plain = {plain_across,      plain_down,    plain_foreground,  plain_range,    plain_scale,
                    plain_derive_down, plain_normals, plain_interpolate, plain_normalise};

}  // namespace

const Rows& rows() {
    switch (isa()) {
#ifdef TRD_X86_64
        case Isa::avx512: return rows_avx512;
        case Isa::avx2: return rows_avx2;
#endif
        default: return plain;
    }
}

}  // namespace trd::cpu
