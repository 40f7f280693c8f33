// An area's rows.
#include "positions/area.hpp"

#include <algorithm>

namespace trd {

void fill_extents(const trd_area& area, Extent* extents) {
    const int64_t size = area.size;
    std::fill_n(extents, size, Extent{0, 0});
    for (int64_t i = 0; i < area.run_count; ++i) {
        const int64_t from = area.runs[2 * i], to = from + area.runs[2 * i + 1];
        for (int64_t y = from / size; y * size < to; ++y) {
            const auto left = static_cast<int32_t>(std::max<int64_t>(from - y * size, 0)),
                       right = static_cast<int32_t>(std::min(to - y * size, size));
            // Runs ascend: the first one of a row is the leftmost.
            extents[y] = {extents[y].right > 0 ? extents[y].left : left, right};
        }
    }
}

void spread(const float* packed, const trd_area& area, float* image) {
    float* to = image;
    for (int64_t i = 0; i < area.run_count; packed += area.runs[2 * i + 1], ++i) {
        std::fill(to, image + area.runs[2 * i], 0.0f);
        to = std::copy_n(packed, area.runs[2 * i + 1], image + area.runs[2 * i]);
    }
    std::fill(to, image + area.size * area.size, 0.0f);
}

}  // namespace trd
