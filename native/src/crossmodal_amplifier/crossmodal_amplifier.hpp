// The Crossmodal Amplifier (SPEC section 2): what its packing, its entry points and its kernels agree on. Arguments are
// already validated (entry/crossmodal_amplifier.cpp).
#pragma once
#include <cstdint>

#include "trd.h"

namespace trd {

constexpr int kAmplifierScales = 3;

// Layer 3 scale + i: i = 0 the 3x3 (c to c), 1 the 1x1 (c to 2c), 2 the 1x1 (2c to c), c = c1 << scale.
struct AmplifierLayer {
    int64_t c_in, c_out;
    int32_t kernel;
    int64_t weights, weight_bytes;  // place in the packed amplifier, 256-byte aligned: trd_convolution_pack's form
    int64_t bias, bias_bytes;       // float32 [c_out]
};

struct AmplifierLayout {
    AmplifierLayer layers[TRD_AMPLIFIER_LAYERS];
    int64_t bytes;
};

AmplifierLayout amplifier_layout(int32_t type, int64_t c1);

// weights: float32 [c_out, c_in, kernel, kernel]; bias: float32 [c_out]
void pack_amplifier_layer(int32_t type, const AmplifierLayer& layer, const float* weights, const float* bias,
                          void* packed);

}  // namespace trd
