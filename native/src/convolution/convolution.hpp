// Convolutions as matrix products out[m][n] = sum_k A[m][k] W[n][k]: what the entry points, the packing, the plan of a
// launch and the kernels agree on. Arguments are already validated (entry/convolutions.cpp).
//   m  output pixel (image, row, column); of a transposed convolution: input pixel
//   n  output channel; transposed: (tap, output channel), tap = 2 ky + kx
//   k  (ky, kx, input channel); transposed: input channel. Padded with zero weights to whole tiles. Where the input
//      channels are whole tiles: (tile of input channels, ky, kx, channel of the tile), so that the taps that see the
//      same pixels follow each other and find them in the first-level cache.
#pragma once
#include <cstdint>

#include "trd.h"

namespace trd {

// Bytes of a row of a tile along k: what one stage of the kernels' pipelines holds of a pixel or of an output channel.
constexpr int64_t kTileRowBytes = 128;

// Sizes that the kernels' 32-bit indices hold: sides up to 2^14, 2^30 pixels, 2^16 channels.
constexpr int64_t kMostSide = int64_t{1} << 14, kMostPixels = int64_t{1} << 30, kMostChannels = int64_t{1} << 16;

inline int64_t type_bytes(int32_t type) { return type == TRD_FLOAT32 ? 4 : 2; }

// Pieces of packed weights and of workspaces begin at multiples of 256 bytes.
inline int64_t up256(int64_t bytes) { return (bytes + 255) / 256 * 256; }

inline int64_t convolution_side(int64_t side, const trd_convolution& layer) {
    return layer.transposed ? 2 * side : (side + 2 * layer.padding - layer.kernel) / layer.stride + 1;
}

// Rows (n) of the packed weights, and elements (k) of a row, padded to whole tiles.
inline int64_t packed_rows(int64_t c_out, int32_t transposed) { return transposed ? 4 * c_out : c_out; }
inline int64_t packed_row(int32_t type, int64_t c_in, int32_t kernel, int32_t transposed) {
    const int64_t tile = kTileRowBytes / type_bytes(type), k = transposed ? c_in : c_in * kernel * kernel;
    return (k + tile - 1) / tile * tile;
}

// Input channels that one run over the kernel's taps takes: a tile's, or all.
inline int64_t channel_run(int32_t type, int64_t c_in) {
    const int64_t tile = kTileRowBytes / type_bytes(type);
    return c_in % tile == 0 ? tile : c_in;
}

// weights: float32 [c_out, c_in, kernel, kernel] or transposed [c_in, c_out, 2, 2] -> packed: type [packed_rows,
// packed_row], rounded to nearest even
void pack_convolution(int32_t type, const float* weights, void* packed, int64_t c_in, int64_t c_out, int32_t kernel,
                      int32_t transposed);

}  // namespace trd
