// Views of parts: colours and heights averaged over the box of each pixel, a row of pixels at a time.
//
// Traffic: 3 w h bytes or 12 w h once, 16 S^2 out. Bound by reading the points.
#include <limits>

#include "preprocess/box_heights.hpp"
#include "preprocess/preprocess.hpp"

namespace trd::cpu {
namespace {

constexpr int64_t kChannels = 4, kRelief = 3;
constexpr float kLeastShare = 0.25f;  // of a pixel's points, to measure it

[[maybe_unused]] bool worth_threads(int64_t width, int64_t height) { return width * height >= int64_t{1} << 14; }

// The boxes of all columns, divided out once.
class Columns {
public:
    Columns(int64_t in, int64_t size) {
        for (int64_t x = 0; x < size; ++x) boxes_[x] = box_of(x, in, size);
    }
    const Box& operator()(int64_t x) const { return boxes_[x]; }

private:
    Box boxes_[kMaxSize];
};

constexpr int64_t kColumns = 512;  // whose sums stay in the first-level cache

// Bytes of one row to their sums: a loop of its own, which compilers vectorise.
void add(const uint8_t* __restrict__ row, int64_t n, uint32_t* __restrict__ sums) {
    for (int64_t i = 0; i < n; ++i) sums[i] += row[i];
}

}  // namespace

void view_colour(const ImageView& image, float* out, int64_t size) {
    const Columns columns(image.width, size);
#pragma omp parallel for schedule(static) if (worth_threads(image.width, image.height))
    for (int64_t y = 0; y < size; ++y) {
        const Box rows = box_of(y, image.height, size);
        uint32_t sums[3 * kColumns];
        int64_t from = 0, to = 0;  // columns that they hold
        for (int64_t x = 0; x < size; ++x) {
            const Box box = columns(x);
            uint64_t red = 0, green = 0, blue = 0;
            for (int64_t u = box.from; u < box.to; ++u) {
                if (u >= to) {
                    from = u;
                    to = std::min(u + kColumns, image.width);
                    std::fill_n(sums, 3 * (to - from), 0u);
                    for (int64_t v = rows.from; v < rows.to; ++v)
                        add(image.data + v * image.stride + 3 * from, 3 * (to - from), sums);
                }
                const uint32_t* const column = sums + 3 * (u - from);
                red += column[0];
                green += column[1];
                blue += column[2];
            }
            const float share = 1.0f / static_cast<float>((rows.to - rows.from) * (box.to - box.from));
            float* const pixel = out + kChannels * (y * size + x);
            pixel[0] = share * static_cast<float>(red);
            pixel[1] = share * static_cast<float>(green);
            pixel[2] = share * static_cast<float>(blue);
        }
    }
}

void view_relief(const CloudView& cloud, float* out, int64_t size, const float* plane) {
    const HeightPlane below = height_plane(plane);
    const Columns columns(cloud.width, size);
#pragma omp parallel for schedule(static) if (worth_threads(cloud.width, cloud.height))
    for (int64_t y = 0; y < size; ++y) {
        const Box rows = box_of(y, cloud.height, size);
        box_heights(cloud, below, size, columns, rows, [&](int64_t x, float sum, float count) {
            const Box box = columns(x);
            const auto points = static_cast<float>((rows.to - rows.from) * (box.to - box.from));
            out[kChannels * (y * size + x) + kRelief] = count > 0 && count >= kLeastShare * points
                                                            ? 1e3f * (sum / count)
                                                            : std::numeric_limits<float>::quiet_NaN();
        });
    }
}

}  // namespace trd::cpu
