// Entry points of Winograd's convolution.
#include <cmath>
#ifdef _OPENMP
#include <omp.h>
#endif

#include "entry/entry.hpp"
#include "winograd/winograd.hpp"

using namespace trd::entry;

namespace {

void require_winograd(const trd_exec* exec, int64_t c_in, int64_t c_out, int32_t stride) {
    require_cpu(exec);
    require(c_in > 0 && c_out > 0 && c_in % 32 == 0 && c_out % 32 == 0,
            "winograd: c_in or c_out is no positive multiple of 32");
    require(stride == 1 || stride == 2, "winograd: stride is not 1 or 2");
    if (trd::cpu::winograd_panel() == 0)
        throw Rejected{TRD_ERROR_UNSUPPORTED, "winograd: this processor has no AVX2; use oneDNN's convolution"};
}

bool winograd_takes(int64_t n, int64_t h, int64_t w, int64_t c_in, int64_t c_out, int32_t stride) {
    constexpr int64_t most = int64_t{1} << 20;  // of each; what is computed from them stays in 64 bits
    for (const int64_t size : {n, h, w, c_in, c_out})
        if (size <= 0 || size > most) return false;
    return (stride == 1 || stride == 2) && c_in % 32 == 0 && c_out % 32 == 0 && h * w <= most * 16 / n &&
           trd::cpu::winograd_panel() != 0;
}

int current_threads() {
#ifdef _OPENMP
    return omp_get_max_threads() < 1024 ? omp_get_max_threads() : 1024;
#else
    return 1;
#endif
}

}  // namespace

int32_t trd_winograd_pays(int32_t type, int64_t n, int64_t h, int64_t w, int64_t c_in, int64_t c_out, int32_t stride) {
    if (type != TRD_FLOAT32 && type != TRD_BFLOAT16) return 0;
    return winograd_takes(n, h, w, c_in, c_out, stride) &&
           trd::cpu::winograd_pays(type == TRD_BFLOAT16, n, h, w, stride);
}

int64_t trd_winograd_packed_bytes(int64_t c_in, int64_t c_out) {
    return winograd_takes(1, 1, 1, c_in, c_out, 1) ? 36 * c_in * c_out * static_cast<int64_t>(sizeof(float)) : 0;
}

trd_status trd_winograd_pack(const trd_exec* exec, const float* weights, void* packed, int64_t packed_bytes,
                             int64_t c_in, int64_t c_out, int32_t stride) {
    return guarded([&] {
        require_winograd(exec, c_in, c_out, stride);
        require(weights && packed, "winograd_pack: weights or packed is null");
        const int64_t needed = trd_winograd_packed_bytes(c_in, c_out);
        require(needed > 0, "winograd_pack: c_in or c_out is too large");
        require(packed_bytes >= needed, "winograd_pack: packed is smaller than trd_winograd_packed_bytes");
        require(aligned(packed, 64), "winograd_pack: packed is not 64-byte aligned");
        require_disjoint({{weights, 9 * c_in * c_out}}, {{packed, 36 * c_in * c_out}});
        trd::cpu::winograd_pack(weights, static_cast<float*>(packed), c_in, c_out, stride);
    });
}

int64_t trd_winograd_workspace_bytes(int64_t n, int64_t h, int64_t w, int64_t c_in, int64_t c_out, int32_t stride,
                                     int32_t threads) {
    if (!winograd_takes(n, h, w, c_in, c_out, stride) || threads < 1 || threads > 1024) return 0;
    return trd::cpu::winograd_workspace_floats(n, h, w, c_in, c_out, stride, threads) *
           static_cast<int64_t>(sizeof(float));
}

trd_status trd_winograd(const trd_exec* exec, int32_t type, const void* in, const void* packed, int64_t packed_bytes,
                        const float* bias, const void* sum, float sum_scale, const void* post, int32_t relu, void* out,
                        void* workspace, int64_t workspace_bytes, int64_t n, int64_t h, int64_t w, int64_t c_in,
                        int64_t c_out, int32_t stride) {
    return guarded([&] {
        require_winograd(exec, c_in, c_out, stride);
        require(type == TRD_FLOAT32 || type == TRD_BFLOAT16, "winograd: type is neither TRD_FLOAT32 nor TRD_BFLOAT16");
        require(in && packed && bias && out && workspace, "winograd: a pointer is null");
        require(winograd_takes(n, h, w, c_in, c_out, stride), "winograd: a size is not positive or too large");
        require(std::isfinite(sum_scale), "winograd: sum_scale is not finite");
        const int threads = current_threads();
        const int64_t weights = 36 * c_in * c_out;
        const int64_t outputs = n * ((h + stride - 1) / stride) * ((w + stride - 1) / stride) * c_out;
        const int64_t floats = trd::cpu::winograd_workspace_floats(n, h, w, c_in, c_out, stride, threads);
        require(packed_bytes / static_cast<int64_t>(sizeof(float)) >= weights,
                "winograd: packed is smaller than trd_winograd_packed_bytes");
        require(workspace_bytes / static_cast<int64_t>(sizeof(float)) >= floats,
                "winograd: workspace is smaller than trd_winograd_workspace_bytes for this thread's number of threads");
        require(aligned(packed, 64) && aligned(workspace, 64), "winograd: packed or workspace is not 64-byte aligned");
        // An even number of channels: bfloat16 features fill whole floats.
        const int64_t per_float = type == TRD_BFLOAT16 ? 2 : 1;
        const Region result = {out, outputs / per_float}, scratch = {workspace, floats};
        require_disjoint({{in, n * h * w * c_in / per_float}, {packed, weights}, {bias, c_out}}, {result, scratch});
        for (const void* addend : {sum, post}) {
            if (addend == nullptr) continue;
            const Region region = {addend, outputs / per_float};
            require(addend == out || !overlap(region, result), "winograd: out overlaps a part of sum or post");
            require(!overlap(region, scratch), "winograd: the workspace overlaps sum or post");
        }
        trd::cpu::winograd({in, static_cast<const float*>(packed), bias, sum, post, out, static_cast<float*>(workspace),
                            n, h, w, c_in, c_out, stride, sum_scale, relu != 0, type == TRD_BFLOAT16},
                           threads);
    });
}
