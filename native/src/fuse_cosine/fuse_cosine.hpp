// Blend of decoder and amplifier, and its cosine distance to the teacher. Arguments are already validated
// (entry/maps.cpp).
#pragma once
#include <cstdint>

namespace trd {

struct FuseCosine {
    int32_t type;  // TRD_FLOAT32, TRD_BFLOAT16, on CUDA also TRD_FLOAT16: what decoder, amplifier and teacher hold
    const void* decoder;  // [rows, c]
    float w_decoder;
    const void* amplifier;  // [rows, c] or null
    float w_amplifier;
    const void* teacher;  // [rows, c]
    float* distance;      // [rows]
    int64_t rows, c;      // rows = n * pixels
};

namespace cpu {

void fuse_cosine(const FuseCosine& f);

// The variants between which fuse_cosine chooses.
void fuse_cosine_avx2(const FuseCosine& f);
void fuse_cosine_avx512(const FuseCosine& f);

}  // namespace cpu
}  // namespace trd
