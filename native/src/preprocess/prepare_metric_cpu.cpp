// Organised point cloud to geometry in metric terms: heights above a plane averaged over each output's points, the
// surface's slope and its height over its surroundings. Three passes over rows of the output, a barrier between them.
//
// Traffic: 12 w h bytes in once; planes of 4 S^2 bytes, six reads and four writes of one, which stay in the cache.
// Bound by reading the points, then by the wider Gaussian's 4 (2 radius + 1) products a pixel.
#include <algorithm>

#include "cpu_isa.hpp"
#include "preprocess/box_heights.hpp"
#include "preprocess/metric_rows.hpp"
#include "preprocess/rows.hpp"

namespace trd::cpu {
namespace {

const MetricRows plain = {heights, surface, relief, image};

// Mean heights of one row of the output.
void average(const CloudView& cloud, const MetricWorkspace& w, const HeightPlane& plane, int64_t size, int64_t y) {
    float *height = w.height + y * w.pitch, *weight = w.weight + y * w.pitch;
    const auto columns = [&w](int64_t x) { return Box{w.columns[2 * x], w.columns[2 * x + 1]}; };
    const Box rows{w.rows[2 * y], w.rows[2 * y + 1]};
    box_heights(cloud, plane, size, columns, rows, [&](int64_t x, float sum, float count) {
        height[x] = count > 0 ? sum / count : 0;
        weight[x] = count > 0 ? 1.0f : 0.0f;
    });
}

// The smoothed surface and the relief of one row of the output.
void smooth(const MetricWorkspace& w, int64_t size, int64_t y) {
    const MetricRows& row = metric_rows();
    alignas(64) float height[kBlurColumns + kBlurOverrun], weight[kBlurColumns + kBlurOverrun];
    for (int64_t x = 0; x < size; x += kBlurColumns) {
        const int64_t n = std::min(kBlurColumns, size - x);
        const int64_t at = y * w.pitch + x;
        float *surface = w.blurred[0] + at, *relief = w.blurred[1] + at, *shown = w.blurred[2] + at;
        const auto blur = [&](const float* plane, const Blur& by, float* out) {
            gaussian_row(plane, w.pitch, size, y, x, n, by, Border::half_sample, out);
        };
        blur(w.height, w.tables->smooth, height);
        blur(w.weight, w.tables->smooth, weight);
        row.surface(height, weight, n, surface);
        blur(w.height, w.tables->relief, height);
        blur(w.weight, w.tables->relief, weight);
        row.relief(surface, height, weight, n, *w.tables, relief, shown);
    }
}

void write(const MetricWorkspace& w, const Prepared& out, int64_t y) {
    constexpr int64_t kPixels = 128;
    const int64_t size = out.size;
    const float *relief = w.blurred[1] + y * w.pitch, *shown = w.blurred[2] + y * w.pitch, *surface[3];
    for (int64_t j = -1; j <= 1; ++j) surface[j + 1] = w.blurred[0] + mirrored(y + j, size) * w.pitch;
    for (int64_t x = 0; x < size; x += kPixels) {
        const int64_t n = std::min(kPixels, size - x);
        float rows[3][kPixels + 2], values[3 * kPixels];
        for (int j = 0; j < 3; ++j) {
            std::copy_n(surface[j] + x, n, rows[j] + 1);
            rows[j][0] = surface[j][x > 0 ? x - 1 : 0];
            rows[j][n + 1] = surface[j][x + n < size ? x + n : size - 1];
        }
        metric_rows().image(rows[0], rows[1], rows[2], relief + x, shown + x, n, w.tables->slope,
                            values);
        cpu::rows().normalise(values, n, out.data, out.type, y * size + x);
    }
}

}  // namespace

const MetricRows& metric_rows() {
    switch (isa()) {
#ifdef TRD_X86_64
        case Isa::avx512: return metric_rows_avx512;
        case Isa::avx2: return metric_rows_avx2;
#endif
        default: return plain;
    }
}

void prepare_metric(const CloudView& cloud, const Prepared& out, const float* plane, void* workspace) {
    const MetricWorkspace w(*static_cast<const PlanHeader*>(workspace), workspace);
    const HeightPlane below = height_plane(plane);
    const int64_t size = out.size;
    // Below this, waking another thread takes longer than its share of the work.
    [[maybe_unused]] const bool worth_threads = size * size >= int64_t{1} << 14;
#pragma omp parallel if (worth_threads)
    {
#pragma omp for schedule(static)
        for (int64_t y = 0; y < size; ++y) average(cloud, w, below, size, y);
#pragma omp for schedule(static)
        for (int64_t y = 0; y < size; ++y) smooth(w, size, y);
#pragma omp for schedule(static)
        for (int64_t y = 0; y < size; ++y) write(w, out, y);
    }
}

}  // namespace trd::cpu
