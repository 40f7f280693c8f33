// Packing: once, at set-up, on the host.
#include <cstring>

#include "convolution/convolution.hpp"
#include "crossmodal_amplifier/crossmodal_amplifier.hpp"

namespace trd {

AmplifierLayout amplifier_layout(int32_t type, int64_t c1) {
    AmplifierLayout layout = {};
    const auto place = [&](int64_t bytes) {
        const int64_t at = layout.bytes;
        layout.bytes += up256(bytes);
        return at;
    };
    for (int i = 0; i < TRD_AMPLIFIER_LAYERS; ++i) {
        AmplifierLayer& l = layout.layers[i];
        const int64_t c = c1 << i / 3;
        l.c_in = i % 3 == 2 ? 2 * c : c;
        l.c_out = i % 3 == 1 ? 2 * c : c;
        l.kernel = i % 3 == 0 ? 3 : 1;
        l.weight_bytes = packed_rows(l.c_out, 0) * packed_row(type, l.c_in, l.kernel, 0) * type_bytes(type);
        l.bias_bytes = l.c_out * static_cast<int64_t>(sizeof(float));
        l.weights = place(l.weight_bytes);
        l.bias = place(l.bias_bytes);
    }
    return layout;
}

void pack_amplifier_layer(int32_t type, const AmplifierLayer& layer, const float* weights, const float* bias,
                          void* packed) {
    auto* const to = static_cast<unsigned char*>(packed);
    pack_convolution(type, weights, to + layer.weights, layer.c_in, layer.c_out, layer.kernel, 0);
    std::memcpy(to + layer.bias, bias, static_cast<size_t>(layer.bias_bytes));
}

}  // namespace trd
