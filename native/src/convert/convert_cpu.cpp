// Conversions row by row: the portable variant, and the choice between the variants. By the calling thread alone: 800 x
// 800 take 0.06 to 0.6 ms, and a second thread that other programs hold up would cost more.
#include "convert/convert_rows.hpp"
#include "cpu_isa.hpp"

namespace trd::cpu {
namespace {

const ConvertRows& rows() {
    switch (isa()) {
#ifdef TRD_X86_64
        case Isa::avx512: return convert_rows_avx512;
        case Isa::avx2: return convert_rows_avx2;
#endif
        default: return kConvertRows;
    }
}

constexpr int64_t kColumns = 4096;  // whose rays lie on the stack

}  // namespace

void convert_colour(const RawImage& image, int32_t layout, uint8_t* rgb) {
    const auto convert = rows().colour[layout];
    for (int64_t v = 0; v < image.height; ++v)
        convert(image.data + v * image.stride, image.width, rgb + v * 3 * image.width);
}

void convert_depth(const RawImage& image, int32_t type, const DepthCamera& camera, float* xyz) {
    const auto convert = rows().depth[type];
    const int64_t element = type == TRD_DEPTH_UINT16 ? 2 : 4;
    float across[kColumns];
    for (int64_t from = 0; from < image.width; from += kColumns) {
        const int64_t n = image.width - from < kColumns ? image.width - from : kColumns;
        for (int64_t i = 0; i < n; ++i)
            across[i] = static_cast<float>((static_cast<double>(from + i) - camera.cx) / camera.fx);
        for (int64_t v = 0; v < image.height; ++v) {
            const auto down = static_cast<float>((static_cast<double>(v) - camera.cy) / camera.fy);
            convert(image.data + v * image.stride + element * from, n, camera.metres, across, down,
                    xyz + 3 * (v * image.width + from));
        }
    }
}

void convert_points(const RawImage& image, const PointFormat& format, float* xyz) {
    const auto convert = rows().points;
    const int64_t plane = image.height * image.stride;
    for (int64_t v = 0; v < image.height; ++v)
        convert(image.data + v * image.stride, plane, image.width, format, xyz + 3 * v * image.width);
}

}  // namespace trd::cpu
