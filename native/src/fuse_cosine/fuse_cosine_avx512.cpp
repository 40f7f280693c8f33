// fuse_cosine for AVX-512.
#include "fuse_cosine/fuse_cosine_rows.hpp"

namespace trd::cpu {

void fuse_cosine_avx512(const FuseCosine& f) { fuse_cosine_rows(f); }

}  // namespace trd::cpu
