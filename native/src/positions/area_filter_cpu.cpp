// Gaussians of a difference that is known on a part's area only, on the CPU: inside the rectangle around the area,
// beyond which the difference is 0 and the result is not asked for.
#include <algorithm>

#include "gaussian.hpp"
#include "positions/positions.hpp"
#include "workspace.hpp"

namespace trd {
namespace {

constexpr int64_t kPadding = 64;  // floats behind an image, which vectors may read or write

struct FilterWorkspace {
    float *image, *filtered;  // [size, size]
    int64_t bytes;
    FilterWorkspace(int64_t size, void* start) {
        WorkspaceLayout layout(start);
        image = layout.take<float>(size * size + kPadding);
        filtered = layout.take<float>(size * size + kPadding);
        bytes = layout.bytes();
    }
};

struct Box {
    int64_t left, top, right, bottom;
};

Box around(const trd_area& area) {
    const int64_t size = area.size, last = area.run_count - 1;
    Box box = {size, area.runs[0] / size, 0, (area.runs[2 * last] + area.runs[2 * last + 1] - 1) / size + 1};
    for (int64_t i = 0; i < area.run_count; ++i) {
        const int64_t from = area.runs[2 * i], to = from + area.runs[2 * i + 1];
        const bool one_row = from / size == (to - 1) / size;
        box.left = std::min(box.left, one_row ? from % size : 0);
        box.right = std::max(box.right, one_row ? (to - 1) % size + 1 : size);
    }
    return box;
}

}  // namespace

int64_t area_filter_workspace_bytes(int64_t size) { return FilterWorkspace(size, nullptr).bytes; }

namespace cpu {

void area_filter(const AreaFilter& f) {
    const int64_t size = f.area.size;
    const FilterWorkspace w(size, f.workspace);
    std::fill_n(w.image, size * size + kPadding, 0.0f);
    const float* in = f.in;
    for (int64_t i = 0; i < f.area.run_count; in += f.area.runs[2 * i + 1], ++i)
        std::copy_n(in, f.area.runs[2 * i + 1], w.image + f.area.runs[2 * i]);
    const Box box = around(f.area);
    const Blur narrow = gaussian(f.narrow, kAreaReach), wide = f.wide > 0 ? gaussian(f.wide, kAreaReach) : Blur{};
    for (int64_t y = box.top; y < box.bottom; ++y) {
        for (int64_t x = box.left; x < box.right; x += kBlurColumns) {
            const int64_t n = std::min(kBlurColumns, box.right - x);
            float* const out = w.filtered + y * size + x;
            gaussian_row(w.image, size, size, y, x, n, narrow, Border::whole_sample, out);
            if (f.wide > 0) {
                float taken_off[kBlurColumns + kBlurOverrun];
                gaussian_row(w.image, size, size, y, x, n, wide, Border::whole_sample, taken_off);
                for (int64_t i = 0; i < n; ++i) out[i] -= taken_off[i];
            }
        }
    }
    float* out = f.out;
    for (int64_t i = 0; i < f.area.run_count; ++i)
        out = std::copy_n(w.filtered + f.area.runs[2 * i], f.area.runs[2 * i + 1], out);
}

}  // namespace cpu
}  // namespace trd
