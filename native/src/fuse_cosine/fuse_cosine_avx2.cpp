// fuse_cosine for AVX2.
#include "fuse_cosine/fuse_cosine_rows.hpp"

namespace trd::cpu {

void fuse_cosine_avx2(const FuseCosine& f) { fuse_cosine_rows(f); }

}  // namespace trd::cpu
