// Organised point cloud to surface normals. The depth image has the cloud's own size; of its rows and columns,
// derivatives and normals are computed only in the rows that the bilinear resize reads.
//
// Traffic: 12 w h bytes in once, the depth plane of 4 w h bytes four times (it stays in the last-level cache). Bound by
// reading the points.
#include "preprocess/depth_image.hpp"
#include "preprocess/rows.hpp"

namespace trd::cpu {
namespace {

// Index of OpenCV's BORDER_REFLECT_101: 2 1 | 0 1 2 3 | 2 1.
int64_t reflect(int64_t i, int64_t n) {
    while (i < 0 || i >= n) i = i < 0 ? -i : 2 * (n - 1) - i;
    return i;
}

// Normals of columns [column, column + n) of one row, times weight, added to normal.
void normals_of_row(const DepthPlane& p, const Sobel& sobel, int64_t y, int64_t column, int64_t n, float weight,
                    bool first, float* normal) {
    constexpr int64_t kHalo = 16;
    alignas(64) float smooth[kTile + 2 * kHalo], slope[kTile + 2 * kHalo];
    const int64_t r = sobel.radius, from = column > r ? column - r : 0;
    const int64_t to = column + n + r < p.width ? column + n + r : p.width;
    const float* row[2 * kMaxRadius + 1];
    for (int64_t j = -r; j <= r; ++j) row[r + j] = p.z + reflect(y + j, p.height) * p.pitch + from;
    float *s = smooth + kHalo - column, *d = slope + kHalo - column;  // indexed by column of the image
    rows().derive_down(row, to - from, sobel, s + from, d + from);
    for (int64_t x = column - r; x < column + n + r; ++x) {
        if (x >= from && x < to) {
            x = to - 1;
            continue;
        }
        const int64_t mirror = reflect(x, p.width);
        if (mirror >= from && mirror < to) {
            s[x] = s[mirror];
            d[x] = d[mirror];
        } else {  // an aperture wider than the tile's reach: compute that column alone
            const float* one[2 * kMaxRadius + 1];
            for (int64_t j = -r; j <= r; ++j) one[r + j] = p.z + reflect(y + j, p.height) * p.pitch + mirror;
            rows().derive_down(one, 1, sobel, s + x, d + x);
        }
    }
    rows().normals(s + column, d + column, n, sobel, p.foreground + y * p.words, column, weight, first, normal);
}

void write_row(const NormalsWorkspace& w, const Prepared& out, int64_t y) {
    const DepthPlane& p = w.plane;
    for (int32_t t = 1; t <= w.tile[0]; ++t) {
        const int64_t x = w.tile[t], n = w.tile[t + 1] - x;
        const int64_t column = tile_start(w.column[x]), columns = w.column[x + n - 1] + 2 - column;
        alignas(64) float normal[3 * kTile];
        const float lower = w.row_fraction[y];
        normals_of_row(p, *w.sobel, w.row[y], column, columns, 1.0f - lower, true, normal);
        if (lower > 0) normals_of_row(p, *w.sobel, w.row[y] + 1, column, columns, lower, false, normal);
        constexpr int64_t kPixels = 128;
        for (int64_t i = 0; i < n; i += kPixels) {
            float values[3 * kPixels];
            const int64_t m = n - i < kPixels ? n - i : kPixels;
            rows().interpolate(normal, w.column + x + i, w.column_fraction + x + i, column, m, values);
            rows().normalise(values, m, out.data, out.type, y * out.size + x + i);
        }
    }
}

}  // namespace

PartFault prepare_normals(const CloudView& cloud, const Prepared& out, uint8_t* mask, void* workspace) {
    const NormalsWorkspace w(*static_cast<const PlanHeader*>(workspace), workspace);
    const DepthPlane& p = w.plane;
    Corners corners;
    for (int64_t y = 0; y < 3; ++y) {
        for (int64_t x = 0; x < 3; ++x) {
            corners.add(0, cloud.row(y) + 3 * x);
            corners.add(1, cloud.row(y) + 3 * (p.width - 3 + x));
            corners.add(2, cloud.row(p.height - 3 + y) + 3 * x);
        }
    }
    const Plane background = corners.plane();
    const Rows& row = rows();
    bool found = true;
#pragma omp parallel
    {
#pragma omp for schedule(static) nowait  // finish_depth gives each thread the same rows first
        for (int64_t y = 0; y < p.height; ++y)
            row.foreground(cloud.row(y), p.width, background, p.z + y * p.pitch, p.foreground + y * p.words);
        const bool any = finish_depth(p, 0, 1);
        if (any) {
#pragma omp for schedule(static)
            for (int64_t y = 0; y < out.size; ++y) write_row(w, out, y);
            if (mask != nullptr) write_mask(p, mask);
        } else {
#pragma omp single
            found = false;
        }
    }
    return found ? PartFault::none : PartFault::no_foreground;
}

}  // namespace trd::cpu
