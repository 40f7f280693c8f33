// Gaussians of a difference that is known on a part's area only, on the CPU: in each row between the area's
// first and last pixel: beyond, the result is not asked for.
#include <algorithm>

#include "gaussian.hpp"
#include "positions/area.hpp"
#include "positions/positions.hpp"
#include "workspace.hpp"

namespace trd {
namespace {

constexpr int64_t kPadding = 64;  // floats behind an image, which vectors may read or write

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

}  // namespace

int64_t area_filter_workspace_bytes(int64_t size) { return FilterWorkspace(size, nullptr).bytes; }

namespace cpu {

void area_filter(const AreaFilter& f) {
    const int64_t size = f.area.size;
    const FilterWorkspace w(size, f.workspace);
    spread(f.in, f.area, w.image);
    std::fill_n(w.image + size * size, kPadding, 0.0f);
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
