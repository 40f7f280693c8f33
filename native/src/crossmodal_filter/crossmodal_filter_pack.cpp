// The filter's layers and the layout of its packed weights; the packing happens once, at set-up, on the host.
#include <cstring>

#include "convolution/convolution.hpp"
#include "crossmodal_filter/crossmodal_filter.hpp"

namespace trd {
namespace {

int32_t first_layer(int32_t scale) { return scale == 0 ? 0 : scale == 1 ? 6 : 10; }

}  // namespace

FilterLayer filter_layer(int32_t layer, int64_t c1) {
    const int32_t scale = layer < 6 ? 0 : layer < 10 ? 1 : 2, step = layer - first_layer(scale), depth = 3 - scale;
    const bool down = step < depth;
    const int32_t depth_in = down ? step : 2 * depth - step, depth_out = down ? step + 1 : depth_in - 1;
    return {scale, step, !down, c1 << scale << depth_in, c1 << scale << depth_out, scale + depth_in};
}

int32_t filter_layer_at(int32_t scale, int32_t step) {
    // Scale i begins i steps later and ends i steps earlier.
    return step < scale || step >= kFilterSteps - scale ? -1 : first_layer(scale) + step - scale;
}

FilterOffsets filter_offsets(int32_t type, int32_t layer, int64_t c1) {
    FilterOffsets offsets = {};
    for (int32_t i = 0; i <= layer; ++i) {
        const FilterLayer l = filter_layer(i, c1);
        offsets.weights = offsets.end;
        offsets.bias = offsets.weights + up256(packed_rows(l.c_out, l.transposed) *
                                               packed_row(type, l.c_in, 2, l.transposed) * type_bytes(type));
        offsets.end = offsets.bias + up256(l.c_out * static_cast<int64_t>(sizeof(float)));
    }
    return offsets;
}

void pack_filter(int32_t type, int32_t layer, const float* weights, const float* bias, void* packed, int64_t c1) {
    const FilterLayer l = filter_layer(layer, c1);
    const FilterOffsets offsets = filter_offsets(type, layer, c1);
    auto* const bytes = static_cast<unsigned char*>(packed);
    pack_convolution(type, weights, bytes + offsets.weights, l.c_in, l.c_out, 2, l.transposed);
    std::memcpy(bytes + offsets.bias, bias, static_cast<size_t>(l.c_out) * sizeof(float));
}

}  // namespace trd
