// Entry points of views of parts.
#include <limits>

#include "entry/entry.hpp"
#include "entry/slices.hpp"
#include "preprocess/preprocess.hpp"

using namespace trd::entry;
using trd::kMaxPixels, trd::kMaxSide, trd::kMaxSize;

namespace {

void require_view(const trd_exec* exec, const void* in, int64_t width, int64_t height, int64_t row_stride,
                  int64_t pixel, const float* out, int64_t size) {
    require_cpu(exec);
    require(in != nullptr && out != nullptr, "view: the image, the points or out is null");
    require(width > 0 && height > 0 && width <= kMaxSide && height <= kMaxSide && width * height <= kMaxPixels &&
                size > 0 && size <= kMaxSize,
            "view: width, height or size is out of range");
    require(row_stride >= width * pixel, "view: row_stride is smaller than a row");
    require(row_stride <= std::numeric_limits<int64_t>::max() / height, "view: row_stride is too large");
    require(aligned(out, 4), "view: out is not aligned to 4 bytes");
    require(!overlap(dense(in, (height - 1) * row_stride + width * pixel), dense(out, 16 * size * size)),
            "view: out overlaps the image or the points");
}

}  // namespace

trd_status trd_view_colour(const trd_exec* exec, const uint8_t* image, int64_t width, int64_t height,
                           int64_t row_stride, float* out, int64_t size) {
    return guarded([&] {
        require_view(exec, image, width, height, row_stride, 3, out, size);
        trd::cpu::view_colour({image, width, height, row_stride}, out, size);
    });
}

trd_status trd_view_relief(const trd_exec* exec, const float* xyz, int64_t width, int64_t height, int64_t row_stride,
                           float* out, int64_t size, const float* plane) {
    return guarded([&] {
        require_view(exec, xyz, width, height, row_stride, 12, out, size);
        require(aligned(xyz, 4) && row_stride % 4 == 0, "view: the points or row_stride are not a multiple of 4 bytes");
        require(plane != nullptr && aligned(plane, 4), "view: the plane is null or not aligned to 4 bytes");
        require(!overlap(dense(plane, 5 * sizeof(float)), dense(out, 16 * size * size)),
                "view: out overlaps the plane");
        trd::cpu::view_relief({xyz, width, height, row_stride}, out, size, plane);
    });
}
