// Entry points of the maps: fuse_cosine, branch_map, anomaly_map.
#include <cmath>
#include <limits>

#include "anomaly_map/anomaly_map.hpp"
#include "anomaly_map/anomaly_map_cuda.hpp"
#include "anomaly_map/blur_operators.hpp"
#include "entry/entry.hpp"
#include "fuse_cosine/fuse_cosine.hpp"
#include "fuse_cosine/fuse_cosine_cuda.hpp"

using namespace trd::entry;

namespace {

// A grid counts to 2^31 - 1 blocks.
void require_one_launch(bool cuda, int64_t n, int64_t size, const char* what) {
    require(!cuda || trd::cuda::map_tiles(n, size) <= std::numeric_limits<int32_t>::max(), what);
}

}  // namespace

trd_status trd_fuse_cosine(const trd_exec* exec, int32_t type, const void* decoder, float w_decoder,
                           const void* amplifier, float w_amplifier, const void* teacher, float* distance, int64_t n,
                           int64_t pixels, int64_t c) {
    return guarded([&] {
        const bool cuda = on_cuda(exec);
        require_type(type, cuda, "fuse_cosine: type is no TRD_FLOAT32, TRD_BFLOAT16 or TRD_FLOAT16");
        require(decoder && teacher && distance, "fuse_cosine: decoder, teacher or distance is null");
        require(std::isfinite(w_decoder) && std::isfinite(w_amplifier), "fuse_cosine: a weight is not finite");
        const int64_t rows = count({n, pixels}, "fuse_cosine: n or pixels is not positive or too large");
        const int64_t elements = count({rows, c}, "fuse_cosine: c is not positive or too large");
        // A grid counts to 2^31 - 1 blocks; a block takes at least 2 rows.
        require(!cuda || rows <= int64_t{1} << 31, "fuse_cosine: n * pixels is too large for one launch");
        const int64_t floats = type == TRD_FLOAT32 ? elements : elements / 2 + elements % 2;
        require_disjoint({{decoder, floats}, {amplifier ? amplifier : decoder, floats}, {teacher, floats}},
                         {{distance, rows}});
        const trd::FuseCosine f{type, decoder, w_decoder, amplifier, w_amplifier, teacher, distance, rows, c};
#ifdef TRD_CUDA
        if (cuda) return trd::cuda::fuse_cosine(*exec, f);
#endif
        trd::cpu::fuse_cosine(f);
    });
}

trd_status trd_branch_map(const trd_exec* exec, const float* distance_1, int64_t side_1, const float* distance_2,
                          int64_t side_2, const float* distance_3, int64_t side_3, float* map, int64_t n,
                          int64_t size) {
    return guarded([&] {
        const bool cuda = on_cuda(exec);
        require(distance_1 && distance_2 && distance_3 && map, "branch_map: a distance or the map is null");
        const char* what = "branch_map: n, a side or size is not positive or too large";
        const int64_t c1 = count({n, side_1, side_1}, what), c2 = count({n, side_2, side_2}, what),
                      c3 = count({n, side_3, side_3}, what), out = count({n, size, size}, what);
        require_one_launch(cuda, n, size, "branch_map: n * size * size is too large for one launch");
        require_disjoint({{distance_1, c1}, {distance_2, c2}, {distance_3, c3}}, {{map, out}});
        const float* const distance[3] = {distance_1, distance_2, distance_3};
        const int64_t side[3] = {side_1, side_2, side_3};
        for (const int64_t s : side) require(s <= size, "branch_map: a side is larger than size");
#ifdef TRD_CUDA
        if (cuda) return trd::cuda::branch_map(*exec, distance, side, map, n, size);
#endif
        trd::cpu::branch_map(distance, side, map, n, size);
    });
}

int64_t trd_anomaly_map_operators_bytes(int64_t size, int64_t side_1, int64_t side_2, int64_t side_3) {
    if (size <= 0 || size > trd::kBlurOperatorsMostSize) return 0;
    const int64_t side[3] = {side_1, side_2, side_3};
    for (const int64_t s : side)
        if (s <= 0 || s > size) return 0;
    return trd::blur_operators_layout(size, side).words * static_cast<int64_t>(sizeof(float));
}

trd_status trd_anomaly_map_prepare(const trd_exec* exec, void* operators, int64_t operators_bytes, int64_t size,
                                   int64_t side_1, int64_t side_2, int64_t side_3) {
    return guarded([&] {
        require_cpu(exec);
        require(operators, "anomaly_map_prepare: operators is null");
        const int64_t needed = trd_anomaly_map_operators_bytes(size, side_1, side_2, side_3);
        require(needed > 0, "anomaly_map_prepare: size or a side is not positive, too large, or a side exceeds size");
        require(operators_bytes >= needed,
                "anomaly_map_prepare: operators is smaller than trd_anomaly_map_operators_bytes");
        require(aligned(operators, 64), "anomaly_map_prepare: operators is not 64-byte aligned");
        const int64_t side[3] = {side_1, side_2, side_3};
        trd::fill_blur_operators(operators, size, side);
    });
}

trd_status trd_anomaly_map(const trd_exec* exec, const trd_distances* rgb, const trd_distances* depth, int64_t side_1,
                           int64_t side_2, int64_t side_3, const trd_calibration* calibration, const uint8_t* mask,
                           const void* operators, int64_t operators_bytes, float* map, float* map_rgb, float* map_depth,
                           float* scores, int64_t n, int64_t size) {
    return guarded([&] {
        const bool cuda = on_cuda(exec);
        require(rgb && depth && calibration && operators && map && map_rgb && map_depth && scores,
                "anomaly_map: a pointer is null");
        for (const trd_distances* d : {rgb, depth})
            require(d->scale_1 && d->scale_2 && d->scale_3, "anomaly_map: a distance is null");
        const int64_t pixels = count({n, size, size}, "anomaly_map: n or size is not positive or too large");
        require_one_launch(cuda, n, size, "anomaly_map: n * size * size is too large for one launch");
        const int64_t side[3] = {side_1, side_2, side_3};
        int64_t inputs[3];
        for (int s = 0; s < 3; ++s) {
            require(side[s] <= size, "anomaly_map: a side is larger than size");
            inputs[s] = count({n, side[s], side[s]}, "anomaly_map: a side is not positive");
        }
        require(aligned(operators, 64), "anomaly_map: operators is not 64-byte aligned");
        const auto* const prepared = static_cast<const trd::BlurOperators*>(operators);
        require(
            cuda || (operators_bytes >= trd::kBlurOperatorsHeadBytes && trd::are_blur_operators(prepared, size, side)),
            "anomaly_map: operators is not what trd_anomaly_map_prepare made for these sizes");
        // CUDA's operators lie in memory that only the device reads: their head follows from the sizes.
        require(size <= trd::kBlurOperatorsMostSize, "anomaly_map: size is too large");
        const trd::BlurOperators head = cuda ? trd::blur_operators_layout(size, side) : *prepared;
        require(operators_bytes / static_cast<int64_t>(sizeof(float)) >= head.words,
                "anomaly_map: operators_bytes is too small");
        for (const double std : {calibration->std_rgb, calibration->std_depth})
            require(std > 0 && std::isfinite(std),
                    "anomaly_map: a calibration standard deviation is not positive and finite");
        require(std::isfinite(calibration->mean_rgb) && std::isfinite(calibration->mean_depth),
                "anomaly_map: a calibration mean is not finite");
        // Without a mask its region is that of the operators.
        require_disjoint({{rgb->scale_1, inputs[0]},
                          {rgb->scale_2, inputs[1]},
                          {rgb->scale_3, inputs[2]},
                          {depth->scale_1, inputs[0]},
                          {depth->scale_2, inputs[1]},
                          {depth->scale_3, inputs[2]},
                          {operators, head.words},
                          {mask ? mask : operators, mask ? (size * size + 3) / 4 : head.words}},
                         {{map, pixels}, {map_rgb, pixels}, {map_depth, pixels}, {scores, 3 * n}});
        const trd::AnomalyMap a = {
            {{rgb->scale_1, rgb->scale_2, rgb->scale_3}, {depth->scale_1, depth->scale_2, depth->scale_3}},
            prepared,
            {static_cast<float>(1 / calibration->std_rgb), static_cast<float>(1 / calibration->std_depth)},
            {static_cast<float>(-calibration->mean_rgb / calibration->std_rgb / 3),
             static_cast<float>(-calibration->mean_depth / calibration->std_depth / 3)},
            mask,
            {map, map_rgb, map_depth},
            scores,
            n};
#ifdef TRD_CUDA
        if (cuda) return trd::cuda::anomaly_map(*exec, a, head);
#endif
        trd::cpu::anomaly_map(a);
    });
}
