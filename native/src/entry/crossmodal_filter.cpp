// Entry points of the Crossmodal Filter.
#include "crossmodal_filter/crossmodal_filter.hpp"
#include "entry/entry.hpp"
#include "entry/tuners.hpp"
#ifdef TRD_CUDA
#include "crossmodal_filter/crossmodal_filter_cuda.hpp"
#endif

using namespace trd::entry;

namespace {

constexpr int64_t kSideMultiple = 8;  // three scales, of which the first is halved three times
constexpr int64_t kWidest = 8;        // the middle of each scale: 8 c1

TunerSizes require_sizes(int32_t type, int32_t count, int64_t n, int64_t side, int64_t c1) {
    const TunerSizes sizes = {type, n, side, c1};
    require_tuner_sizes(sizes, count, kSideMultiple, kWidest);
    // A step of both branches then has less than 2^31 blocks.
    require(n <= (trd::kMostPixels >> 3) / (side * side), "crossmodal_filter: n is too large");
    return sizes;
}

}  // namespace

int64_t trd_crossmodal_filter_packed_bytes(int32_t type, int64_t c1) {
    return is_type(type) && tuner_channels(c1, kWidest) ? trd::filter_offsets(type, TRD_FILTER_LAYERS - 1, c1).end : 0;
}

trd_status trd_crossmodal_filter_pack(int32_t type, int32_t layer, const float* weights, const float* bias,
                                      void* packed, int64_t packed_bytes, int64_t c1) {
    return guarded([&] {
        const int64_t needed = trd_crossmodal_filter_packed_bytes(type, c1);
        require_pack({layer, TRD_FILTER_LAYERS, weights, bias, packed, packed_bytes, needed}, [&] {
            const trd::FilterLayer l = trd::filter_layer(layer, c1);
            return LayerFloats{4 * l.c_in * l.c_out, l.c_out};
        });
        trd::pack_filter(type, layer, weights, bias, packed, c1);
    });
}

int64_t trd_crossmodal_filter_workspace_bytes(const trd_exec* exec, int32_t type, int32_t count, int64_t n,
                                              int64_t side, int64_t c1) {
    int64_t bytes = -1;
    guarded([&] {
        require_cuda(exec);
        require_sizes(type, count, n, side, c1);
#ifdef TRD_CUDA
        bytes = trd::cuda::crossmodal_filter_workspace_bytes(*exec, type, count, n, side, c1);
#endif
    });
    return bytes;
}

trd_status trd_crossmodal_filter(const trd_exec* exec, int32_t type, const trd_tuner_branch* branches, int32_t count,
                                 void* workspace, int64_t workspace_bytes, int64_t n, int64_t side, int64_t c1) {
    return guarded([&] {
        require_cuda(exec);
        const TunerSizes sizes = require_sizes(type, count, n, side, c1);
        require(branches && workspace, "crossmodal_filter: branches or workspace is null");
        require(aligned(workspace, 256), "crossmodal_filter: workspace is not 256-byte aligned");
#ifdef TRD_CUDA
        const int64_t needed = trd::cuda::crossmodal_filter_workspace_bytes(*exec, type, count, n, side, c1);
        require(workspace_bytes >= needed,
                "crossmodal_filter: workspace is smaller than trd_crossmodal_filter_workspace_bytes");
        require_tuner_branches(sizes, branches, count, trd_crossmodal_filter_packed_bytes(type, c1),
                               dense(workspace, needed));
        trd::cuda::crossmodal_filter(*exec, type, branches, count, workspace, n, side, c1);
#else
        (void)sizes, (void)workspace_bytes;
#endif
    });
}
