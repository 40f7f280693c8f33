// Lines in a difference, on the CPU: smoothed, its second differences across each direction, averaged along it, all in
// rows. With a direction's angle t, s^2 xx - 2 c s xy + c^2 yy = (xx + yy - cos 2t (xx - yy)) / 2 - sin 2t xy: three
// images serve all directions. Bound by the loads of the averages: at S = 256 twelve directions of 13 taps a place.
#include <algorithm>
#include <cmath>

#include "gaussian.hpp"
#include "positions/area.hpp"
#include "positions/positions.hpp"
#include "workspace.hpp"

namespace trd {
namespace {

constexpr int64_t kPadding = 64;  // floats behind an image, which vectors may read or write
constexpr double kPi = 3.14159265358979323846;

int64_t reach_of(double along) { return kLineStep * static_cast<int64_t>(std::ceil(kLineReach * along / kLineStep)); }

struct LineWorkspace {
    int64_t reach, smooth_pitch, bent_pitch;
    float* image;         // [size, size]; then what was averaged along a direction
    float* smooth;        // [size, size + 2]: with a column on each side
    float* curvature[3];  // [size, size] each: (xx + yy) / -2, (xx - yy) / 2, xy
    float* bent;          // [size + 2 reach, size + 2 reach], 0 beyond the frame
    Extent* extents;      // [size]
    int64_t bytes;
    LineWorkspace(int64_t size, double along, void* start) : reach(reach_of(along)) {
        smooth_pitch = size + 2;
        bent_pitch = size + 2 * reach;
        WorkspaceLayout layout(start);
        image = layout.take<float>(size * size + kPadding);
        smooth = layout.take<float>(size * smooth_pitch + kPadding);
        for (float*& c : curvature) c = layout.take<float>(size * size);
        bent = layout.take<float>(bent_pitch * bent_pitch + kPadding);
        extents = layout.take<Extent>(size);
        bytes = layout.bytes();
    }
};

// Mirrored at the outermost pixel.
int64_t inside(int64_t i, int64_t size) {
    if (size == 1) return 0;
    return i < 0 ? -i : i >= size ? 2 * size - 2 - i : i;
}

}  // namespace

int64_t line_filter_workspace_bytes(int64_t size, double along) { return LineWorkspace(size, along, nullptr).bytes; }

namespace cpu {
namespace {

void smooth(const LineWorkspace& w, int64_t size, double across) {
    const Blur blur = gaussian(across, kAreaReach);
    for (int64_t y = 0; y < size; ++y) {
        float* const row = w.smooth + y * w.smooth_pitch + 1;
        for (int64_t x = 0; x < size; x += kBlurColumns)
            gaussian_row(w.image, size, size, y, x, std::min(kBlurColumns, size - x), blur, Border::whole_sample,
                         row + x);
        row[-1] = row[inside(-1, size)];
        row[size] = row[inside(size, size)];
    }
}

void curvatures(const LineWorkspace& w, int64_t size) {
    const auto row = [&](int64_t y) { return w.smooth + inside(y, size) * w.smooth_pitch + 1; };
    for (int64_t y = 0; y < size; ++y)
        position_rows().curvature(row(y - 1), row(y), row(y + 1), size, w.curvature[0] + y * size,
                                  w.curvature[1] + y * size, w.curvature[2] + y * size);
}

// The rows and columns that lines through the area reach.
struct Reached {
    int64_t top, bottom, left, right;
};

Reached reached(const LineWorkspace& w, int64_t size) {
    Reached r = {size, 0, size, 0};
    for (int64_t y = 0; y < size; ++y) {
        if (w.extents[y].right == 0) continue;
        r.top = std::min(r.top, y);
        r.bottom = y + 1;
        r.left = std::min<int64_t>(r.left, w.extents[y].left);
        r.right = std::max<int64_t>(r.right, w.extents[y].right);
    }
    return {std::max<int64_t>(r.top - w.reach, 0), std::min(r.bottom + w.reach, size),
            std::max<int64_t>(r.left - w.reach, 0), std::min(r.right + w.reach, size)};
}

void bend(const LineWorkspace& w, int64_t size, const Reached& r, double angle) {
    const auto cosine = static_cast<float>(std::cos(2 * angle)), sine = static_cast<float>(std::sin(2 * angle));
    for (int64_t y = r.top; y < r.bottom; ++y) {
        const int64_t from = y * size + r.left;
        position_rows().bend(w.curvature[0] + from, w.curvature[1] + from, w.curvature[2] + from, cosine, sine,
                             r.right - r.left, w.bent + (y + w.reach) * w.bent_pitch + w.reach + r.left);
    }
}

void average(const LineWorkspace& w, int64_t size, const Blur& along, double angle) {
    const double cosine = std::cos(angle), sine = std::sin(angle);
    int64_t offset[kMaxBlur + 1];  // to the pixel nearest to each place of the line
    for (int64_t t = 0; t <= along.radius; ++t)
        offset[t] = std::lround(static_cast<double>(kLineStep * t) * sine) * w.bent_pitch +
                    std::lround(static_cast<double>(kLineStep * t) * cosine);
    const float* places[2 * kMaxBlur + 1];
    for (int64_t y = 0; y < size; ++y) {
        const int64_t left = w.extents[y].left, n = w.extents[y].right - left;
        if (n == 0) continue;
        const float* const here = w.bent + (y + w.reach) * w.bent_pitch + w.reach + left;
        for (int64_t t = 0; t <= along.radius; ++t) {
            places[along.radius + t] = here + offset[t];
            places[along.radius - t] = here - offset[t];
        }
        gaussian_rows().down(places + along.radius, n, along, w.image + y * size + left);
    }
}

}  // namespace

void line_filter(const LineFilter& f) {
    const int64_t size = f.area.size;
    const LineWorkspace w(size, f.along, f.workspace);
    fill_extents(f.area, w.extents);
    spread(f.in, f.area, w.image);
    std::fill_n(w.image + size * size, kPadding, 0.0f);
    smooth(w, size, f.across);
    curvatures(w, size);
    const Reached box = reached(w, size);
    std::fill_n(w.bent, w.bent_pitch * w.bent_pitch + kPadding, 0.0f);
    const Blur along = gaussian(f.along / kLineStep, kLineReach);
    if (f.scale != nullptr) std::fill_n(f.out, f.area.pixels, 0.0f);
    for (int64_t d = 0; d < TRD_LINE_DIRECTIONS; ++d) {
        const double angle = kPi * static_cast<double>(d) / TRD_LINE_DIRECTIONS;
        bend(w, size, box, angle);
        average(w, size, along, angle);
        const float* scale = f.scale != nullptr ? f.scale + d * f.area.pixels : nullptr;
        float* out = f.scale != nullptr ? f.out : f.out + d * f.area.pixels;
        for (int64_t i = 0; i < f.area.run_count; ++i) {
            const float* const row = w.image + f.area.runs[2 * i];
            const int64_t n = f.area.runs[2 * i + 1];
            if (scale != nullptr) {
                position_rows().highest(row, scale, n, out);
                scale += n;
            } else {
                std::copy_n(row, n, out);
            }
            out += n;
        }
    }
}

}  // namespace cpu
}  // namespace trd
