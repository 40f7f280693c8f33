// Organised point cloud to depth image. Traffic: of each row taken, 12 w bytes in; the rest stays in the cache. Bound
// by reading the points.
#include "preprocess/depth_image.hpp"
#include "preprocess/rows.hpp"

namespace trd::cpu {

PartFault prepare_depth(const CloudView& cloud, const Prepared& out, uint8_t* mask, void* workspace) {
    const DepthWorkspace w(*static_cast<const PlanHeader*>(workspace), workspace);
    const DepthPlane& p = w.plane;
    const int64_t size = out.size;
    const auto taken = [&](int64_t y) { return cloud.row(y * cloud.height / size); };
    Corners corners;
    for (int64_t y = 0; y < 3; ++y) {
        for (int64_t x = 0; x < 3; ++x) {
            corners.add(0, taken(y) + w.column[x]);
            corners.add(1, taken(y) + w.column[size - 3 + x]);
            corners.add(2, taken(size - 3 + y) + w.column[x]);
        }
    }
    const Plane background = corners.plane();
    const Rows& row = rows();
    bool found = true;
    // Below this, waking another thread takes longer than its share of the work.
    [[maybe_unused]] const bool worth_threads = size * size >= int64_t{1} << 14;
#pragma omp parallel if (worth_threads)
    {
#pragma omp for schedule(static) nowait  // finish_depth gives each thread the same rows first
        for (int64_t y = 0; y < size; ++y) {
            const float* in = taken(y);
            for (int64_t i = 0; i < p.words; ++i) {
                float points[3 * 64];
                const int64_t n = size - 64 * i < 64 ? size - 64 * i : 64;
                for (int64_t x = 0; x < n; ++x)
                    for (int c = 0; c < 3; ++c) points[3 * x + c] = in[w.column[64 * i + x] + c];
                row.foreground(points, n, background, p.z + y * p.pitch + 64 * i, p.foreground + y * p.words + i);
            }
        }
        const bool any = finish_depth(p, 0.1f, 0.9f);
        if (any) {
#pragma omp for schedule(static)
            for (int64_t y = 0; y < size; ++y) {
                for (int64_t x = 0; x < size; x += 64) {
                    float values[3 * 64];
                    const int64_t n = size - x < 64 ? size - x : 64;
                    for (int64_t i = 0; i < n; ++i)
                        for (int c = 0; c < 3; ++c) values[3 * i + c] = p.z[y * p.pitch + x + i];
                    row.normalise(values, n, out.data, out.type, y * size + x);
                }
            }
            if (mask != nullptr) write_mask(p, mask);
        } else {
#pragma omp single
            found = false;
        }
    }
    return found ? PartFault::none : PartFault::no_foreground;
}

}  // namespace trd::cpu
