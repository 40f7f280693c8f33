// Colour image to network input: Pillow's two-pass resize in fixed point, then normalisation.
//
// Traffic: 3 w h bytes in once, a scratch of about 3 S h bytes that stays in the cache, 3 S^2 elements out. Bound by
// the multiplications of the horizontal pass: 3 S h (2 w / S + 1).
#include "preprocess/prepare_rgb.hpp"
#include "preprocess/rows.hpp"

namespace trd::cpu {

void prepare_rgb(const ImageView& image, const Prepared& out, void* workspace) {
    const RgbWorkspace w(*static_cast<const PlanHeader*>(workspace), workspace);
    const Rows& row = rows();
    constexpr int64_t kRows = 8, kPixels = 512;
    const int64_t blocks = (image.height + kRows - 1) / kRows;
#pragma omp parallel
    {
#pragma omp for schedule(static)
        for (int64_t b = 0; b < blocks; ++b) {
            const int64_t y = b * kRows, n = image.height - y < kRows ? image.height - y : kRows;
            row.across(image.data + y * image.stride, image.stride, n, w.across, out.size, w.between + y * w.pitch,
                       w.pitch);
        }
#pragma omp for schedule(static)
        for (int64_t y = 0; y < out.size; ++y) {
            float values[3 * kPixels];
            const uint8_t* in = w.between + w.down.first[y] * w.pitch;
            for (int64_t x = 0; x < out.size; x += kPixels) {
                const int64_t n = out.size - x < kPixels ? out.size - x : kPixels;
                row.down(in + 3 * x, w.pitch, w.down.weights + y * w.down.taps, w.down.taps, 3 * n, values);
                row.normalise(values, n, out.data, out.type, y * out.size + x);
            }
        }
    }
}

}  // namespace trd::cpu
