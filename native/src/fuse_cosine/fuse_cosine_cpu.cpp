// fuse_cosine on the CPU: the portable variant, and the choice between the variants.
#include "cpu_isa.hpp"
#include "fuse_cosine/fuse_cosine_rows.hpp"

namespace trd::cpu {

void fuse_cosine(const FuseCosine& f) {
#ifdef TRD_X86_64
    if (isa() == Isa::avx512) return fuse_cosine_avx512(f);
    if (isa() == Isa::avx2) return fuse_cosine_avx2(f);
#endif
    fuse_cosine_rows(f);
}

}  // namespace trd::cpu
