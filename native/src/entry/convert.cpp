// Entry points of the conversions of a part's raw memory: colour, depth, points.
#include "convert/convert.hpp"

#include <cmath>
#include <limits>

#include "entry/entry.hpp"
#include "entry/slices.hpp"

using namespace trd::entry;

namespace {

constexpr int64_t kMaxSide = int64_t{1} << 20, kMaxPixels = int64_t{1} << 30;

// in: rows of `row` bytes, of all planes; out: `bytes` of a pixel.
void require_raw(const void* in, int64_t width, int64_t height, int64_t planes, int64_t row_stride, int64_t pixel,
                 const void* out, int64_t bytes) {
    require(in != nullptr && out != nullptr, "convert: the image, the points or the result is null");
    require(width > 0 && height > 0 && width <= kMaxSide && height <= kMaxSide && width * height <= kMaxPixels,
            "convert: width or height is out of range");
    require(row_stride >= width * pixel, "convert: row_stride is smaller than a row");
    require(row_stride <= std::numeric_limits<int64_t>::max() / (planes * height), "convert: row_stride is too large");
    require(!overlap(dense(in, (planes * height - 1) * row_stride + width * pixel), dense(out, width * height * bytes)),
            "convert: the result overlaps the image or the points");
}

void require_xyz(const void* in, int64_t width, int64_t height, int64_t planes, int64_t row_stride, int64_t pixel,
                 const float* xyz) {
    require_raw(in, width, height, planes, row_stride, pixel, xyz, 12);
    require(aligned(xyz, 4), "convert: xyz is not aligned to 4 bytes");
}

bool positive(double v) { return v > 0 && std::isfinite(v); }

bool is_axis(int32_t axis) { return axis != 0 && axis >= -3 && axis <= 3; }

int64_t channel_of(int32_t axis) { return (axis < 0 ? -axis : axis) - 1; }

}  // namespace

trd_status trd_convert_colour(const trd_exec* exec, const uint8_t* image, int64_t width, int64_t height,
                              int64_t row_stride, int32_t layout, uint8_t* rgb) {
    return guarded([&] {
        require_cpu(exec);
        require(layout >= 0 && layout < trd::kColourLayouts, "convert_colour: layout is none of TRD_RGB8 to TRD_BGRA8");
        require_raw(image, width, height, 1, row_stride, trd::kColourLayout[layout].samples, rgb, 3);
        trd::cpu::convert_colour({image, width, height, row_stride}, layout, rgb);
    });
}

trd_status trd_convert_depth(const trd_exec* exec, const void* depth, int32_t type, int64_t width, int64_t height,
                             int64_t row_stride, float metres_per_unit, double fx, double fy, double cx, double cy,
                             float* xyz) {
    return guarded([&] {
        require_cpu(exec);
        require(type == TRD_DEPTH_UINT16 || type == TRD_DEPTH_FLOAT32, "convert_depth: type is no TRD_DEPTH_* value");
        require_xyz(depth, width, height, 1, row_stride, type == TRD_DEPTH_UINT16 ? 2 : 4, xyz);
        require(positive(metres_per_unit), "convert_depth: metres_per_unit is not positive and finite");
        require(positive(fx) && positive(fy) && std::isfinite(cx) && std::isfinite(cy),
                "convert_depth: a focal length is not positive, or the principal point not finite");
        trd::cpu::convert_depth({static_cast<const uint8_t*>(depth), width, height, row_stride}, type,
                                {metres_per_unit, fx, fy, cx, cy}, xyz);
    });
}

trd_status trd_convert_points(const trd_exec* exec, const float* points, int64_t width, int64_t height,
                              int64_t row_stride, int32_t x, int32_t y, int32_t z, int32_t planar,
                              double metres_per_unit, const float* missing, int64_t missing_count, float* xyz) {
    return guarded([&] {
        require_cpu(exec);
        require(planar == 0 || planar == 1, "convert_points: planar is neither 0 nor 1");
        require_xyz(points, width, height, planar ? 3 : 1, row_stride, planar ? 4 : 12, xyz);
        require(is_axis(x) && is_axis(y) && is_axis(z), "convert_points: x, y or z is no channel, 1 to 3 or negative");
        const int64_t a = channel_of(x), b = channel_of(y), c = channel_of(z);
        require(a != b && b != c && c != a, "convert_points: two of x, y and z are in the same channel");
        require(positive(metres_per_unit), "convert_points: metres_per_unit is not positive and finite");
        require(missing_count >= 0 && missing_count <= trd::kMaxMarks,
                "convert_points: missing_count is not in 0..1048576");
        require(missing_count == 0 || (missing != nullptr && aligned(missing, 4)),
                "convert_points: missing is null or not aligned to 4 bytes");
        require(missing_count == 0 || !overlap(dense(missing, 4 * missing_count), dense(xyz, 12 * width * height)),
                "convert_points: the result overlaps the values of missing points");
        trd::cpu::convert_points(
            {reinterpret_cast<const uint8_t*>(points), width, height, row_stride},
            {{a, b, c}, {x < 0, y < 0, z < 0}, planar == 1, metres_per_unit, missing, missing_count}, xyz);
    });
}
