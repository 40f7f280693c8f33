// Entry points of the Crossmodal Amplifier.
#include "crossmodal_amplifier/crossmodal_amplifier.hpp"
#include "entry/tuners.hpp"
#ifdef TRD_CUDA
#include "crossmodal_amplifier/crossmodal_amplifier_cuda.hpp"
#endif

using namespace trd::entry;

namespace {

[[maybe_unused]] constexpr int64_t kSideMultiple = 4;  // three scales, each half of the one before
constexpr int64_t kWidest = 8;                         // the third scale's intermediate: 2 (c1 << 2)

#ifdef TRD_CUDA
// Bytes of the workspace for sizes that are accepted.
int64_t checked_workspace(const trd_exec& exec, const TunerSizes& s, int32_t count) {
    require_tuner_sizes(s, count, kSideMultiple, kWidest);
    const trd::cuda::Amplifier a{s.type, nullptr, count, s.n, s.side, s.c1};
    require(trd::cuda::crossmodal_amplifier_fits(exec, a),
            "crossmodal_amplifier: n, side and c1 are too large for one launch");
    return trd::cuda::crossmodal_amplifier_workspace_bytes(exec, a);
}
#endif

}  // namespace

int64_t trd_crossmodal_amplifier_packed_bytes(int32_t type, int64_t c1) {
    return is_type(type) && tuner_channels(c1, kWidest) ? trd::amplifier_layout(type, c1).bytes : 0;
}

trd_status trd_crossmodal_amplifier_pack(int32_t type, int32_t layer, const float* weights, const float* bias,
                                         void* packed, int64_t packed_bytes, int64_t c1) {
    return guarded([&] {
        const int64_t needed = trd_crossmodal_amplifier_packed_bytes(type, c1);
        const auto place = [&] { return trd::amplifier_layout(type, c1).layers[layer]; };
        require_pack({layer, TRD_AMPLIFIER_LAYERS, weights, bias, packed, packed_bytes, needed}, [&] {
            const trd::AmplifierLayer l = place();
            return LayerFloats{l.c_in * l.c_out * l.kernel * l.kernel, l.c_out};
        });
        trd::pack_amplifier_layer(type, place(), weights, bias, packed);
    });
}

int64_t trd_crossmodal_amplifier_workspace_bytes(const trd_exec* exec, int32_t type, int32_t count, int64_t n,
                                                 int64_t side, int64_t c1) {
    int64_t bytes = -1;
    guarded([&] {
        require_cuda(exec);
#ifdef TRD_CUDA
        bytes = checked_workspace(*exec, {type, n, side, c1}, count);
#else
        (void)type, (void)count, (void)n, (void)side, (void)c1;
#endif
    });
    return bytes;
}

trd_status trd_crossmodal_amplifier(const trd_exec* exec, int32_t type, const trd_tuner_branch* branches, int32_t count,
                                    void* workspace, int64_t workspace_bytes, int64_t n, int64_t side, int64_t c1) {
    return guarded([&] {
        require_cuda(exec);
#ifdef TRD_CUDA
        const TunerSizes sizes{type, n, side, c1};
        const int64_t needed = checked_workspace(*exec, sizes, count);
        require(workspace != nullptr && workspace_bytes >= needed,
                "crossmodal_amplifier: workspace is null or smaller than trd_crossmodal_amplifier_workspace_bytes");
        require(aligned(workspace, 256), "crossmodal_amplifier: workspace is not 256-byte aligned");
        require_tuner_branches(sizes, branches, count, trd_crossmodal_amplifier_packed_bytes(type, c1),
                               dense(workspace, needed));
        trd::cuda::crossmodal_amplifier(*exec, {type, branches, count, n, side, c1}, workspace);
#else
        (void)type, (void)branches, (void)count, (void)workspace, (void)workspace_bytes, (void)n, (void)side, (void)c1;
#endif
    });
}
