// Gaussians of a difference that is known on a part's area only, on the CPU: in each row between the area's
// first and last pixel: beyond, the result is not asked for.
#include <algorithm>

#include "gaussian.hpp"
#include "positions/positions.hpp"
#include "workspace.hpp"

namespace trd {
namespace {

constexpr int64_t kPadding = 64;  // floats behind an image, which vectors may read or write

// Columns [left, right) of a row that hold all of its area; none: left = right.
struct Extent {
    int32_t left, right;
};

struct FilterWorkspace {
    float *image, *filtered;  // [size, size]
    Extent* extents;          // [size]
    int64_t bytes;
    FilterWorkspace(int64_t size, void* start) {
        WorkspaceLayout layout(start);
        image = layout.take<float>(size * size + kPadding);
        filtered = layout.take<float>(size * size + kPadding);
        extents = layout.take<Extent>(size);
        bytes = layout.bytes();
    }
};

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

}  // namespace

int64_t area_filter_workspace_bytes(int64_t size) { return FilterWorkspace(size, nullptr).bytes; }

namespace cpu {

void area_filter(const AreaFilter& f) {
    const int64_t size = f.area.size;
    const FilterWorkspace w(size, f.workspace);
    const float* in = f.in;
    float* to = w.image;
    for (int64_t i = 0; i < f.area.run_count; in += f.area.runs[2 * i + 1], ++i) {
        std::fill(to, w.image + f.area.runs[2 * i], 0.0f);
        to = std::copy_n(in, f.area.runs[2 * i + 1], w.image + f.area.runs[2 * i]);
    }
    std::fill(to, w.image + size * size + kPadding, 0.0f);
    fill_extents(f.area, w.extents);
    const Blur blur = gaussian(f.deviation, kAreaReach);
    for (int64_t y = 0; y < size; ++y) {
        const int64_t right = w.extents[y].right;
        for (int64_t x = w.extents[y].left; x < right; x += kBlurColumns)
            gaussian_row(w.image, size, size, y, x, std::min(kBlurColumns, right - x), blur, Border::whole_sample,
                         w.filtered + y * size + x);
    }
    float* out = f.out;
    const float* less = f.less;
    for (int64_t i = 0; i < f.area.run_count; ++i) {
        const float* const row = w.filtered + f.area.runs[2 * i];
        const int64_t n = f.area.runs[2 * i + 1];
        if (less == nullptr) {
            out = std::copy_n(row, n, out);
        } else {
            for (int64_t k = 0; k < n; ++k) *out++ = row[k] - *less++;
        }
    }
}

}  // namespace cpu
}  // namespace trd
