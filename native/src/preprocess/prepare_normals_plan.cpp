// The apertures, axes and tiles of the normals, and what lies in the workspace of trd_prepare_normals.
#include <cmath>

#include "preprocess/depth_image.hpp"
#include "preprocess/rows.hpp"

namespace trd {
namespace {

// Pascal's triangle, and its difference for the slope. Aperture 1 is the plain central difference.
Sobel sobel_of(int64_t kernel) {
    Sobel s{};
    s.radius = kernel == 1 ? 1 : static_cast<int>(kernel / 2);
    if (kernel == 1) {
        s.smooth[0] = 1;
        s.slope[1] = 1;
        return s;
    }
    double smooth[2 * kMaxRadius + 1] = {1}, slope[2 * kMaxRadius + 1] = {-1, 1};
    for (int64_t n = 1; n < kernel; ++n)
        for (int64_t i = n; i > 0; --i) smooth[i] += smooth[i - 1];
    for (int64_t n = 2; n < kernel; ++n)
        for (int64_t i = n; i > 0; --i) slope[i] += slope[i - 1];
    for (int j = 0; j <= s.radius; ++j) {
        s.smooth[j] = static_cast<float>(smooth[s.radius + j]);
        s.slope[j] = static_cast<float>(slope[s.radius + j]);
    }
    return s;
}

// Half-pixel centres; outputs beyond the first and last centre take the border pixel.
void fill_axis(int64_t in, int64_t out, int32_t* at, float* fraction) {
    const double scale = static_cast<double>(in) / static_cast<double>(out);
    for (int64_t i = 0; i < out; ++i) {
        const double centre = (static_cast<double>(i) + 0.5) * scale - 0.5;
        at[i] = static_cast<int32_t>(std::floor(centre));
        fraction[i] = static_cast<float>(centre - std::floor(centre));
        if (at[i] < 0) {
            at[i] = 0;
            fraction[i] = 0;
        } else if (at[i] >= in - 1) {
            at[i] = static_cast<int32_t>(in - 2);
            fraction[i] = 1;
        }
    }
}

// Output columns whose source columns fit a tile.
void fill_tiles(int64_t size, const int32_t* at, int32_t* tile) {
    int32_t n = 0;
    for (int64_t x = 0; x < size;) {
        tile[++n] = static_cast<int32_t>(x);
        const int64_t end = tile_start(at[x]) + cpu::kTileColumns;
        while (x < size && at[x] + 2 <= end) ++x;
    }
    tile[n + 1] = static_cast<int32_t>(size);
    tile[0] = n;
}

}  // namespace

NormalsWorkspace::NormalsWorkspace(const PlanHeader& plan, void* start) {
    WorkspaceLayout layout(start);
    layout.take<PlanHeader>(1);
    sobel = layout.take<Sobel>(1);
    column = layout.take<int32_t>(plan.size);
    row = layout.take<int32_t>(plan.size);
    column_fraction = layout.take<float>(plan.size);
    row_fraction = layout.take<float>(plan.size);
    tile = layout.take<int32_t>(plan.size + 2);
    plane = DepthPlane(layout, plan.width, plan.height);
    bytes = layout.bytes();
}

void NormalsWorkspace::fill(const PlanHeader& plan) {
    *sobel = sobel_of(plan.kernel);
    fill_axis(plan.width, plan.size, column, column_fraction);
    fill_axis(plan.height, plan.size, row, row_fraction);
    fill_tiles(plan.size, column, tile);
}

}  // namespace trd
