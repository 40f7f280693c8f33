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

const MetricRows plain = {heights, down, across, surface, relief, image};

constexpr int64_t kColumns = 1024;                               // of the output, blurred together
constexpr int64_t kBuffer = kColumns + 2 * kMaxBlur + 2 * kLanes;  // with what a Gaussian reaches and vectors overrun

// Mean heights of one row of the output.
void average(const CloudView& cloud, const MetricWorkspace& w, const HeightPlane& plane, int64_t size, int64_t y) {
    float *height = w.height + y * w.pitch, *weight = w.weight + y * w.pitch;
    const auto columns = [&w](int64_t x) { return Box{w.columns[2 * x], w.columns[2 * x + 1]}; };
    box_heights(cloud, plane, size, columns, {w.rows[2 * y], w.rows[2 * y + 1]}, [&](int64_t x, float sum, float count) {
        height[x] = count > 0 ? sum / count : 0;
        weight[x] = count > 0 ? 1.0f : 0.0f;
    });
}

// Columns [column, column + n) of row y of a plane [size, pitch], blurred down, then across.
void blur(const float* plane, int64_t pitch, int64_t size, int64_t y, int64_t column, int64_t n, const Blur& blur,
          float* out) {
    const MetricRows& row = metric_rows();
    alignas(64) float buffer[kBuffer];
    const float* rows[2 * kMaxBlur + 1];
    const int64_t r = blur.radius, from = std::max<int64_t>(column - r, 0), to = std::min(column + n + r, size);
    for (int64_t j = -r; j <= r; ++j) rows[r + j] = plane + mirrored(y + j, size) * pitch + from;
    float* const at = buffer + r - column;  // by column of the image
    row.down(rows + r, to - from, blur, at + from);
    for (int64_t x = column - r; x < from; ++x) at[x] = at[mirrored(x, size)];
    // Also what the vectors wrote beyond the image.
    for (int64_t x = to; x < column + n + r; ++x) at[x] = at[mirrored(x, size)];
    std::fill_n(at + column + n + r, 2 * kLanes, 0.0f);
    row.across(at + column, n, blur, out);
}

// The smoothed surface and the relief of one row of the output.
void smooth(const MetricWorkspace& w, int64_t size, int64_t y) {
    const MetricRows& row = metric_rows();
    alignas(64) float height[kColumns + 2 * kLanes], weight[kColumns + 2 * kLanes];
    for (int64_t x = 0; x < size; x += kColumns) {
        const int64_t n = std::min(kColumns, size - x);
        float *surface = w.blurred[0] + y * w.pitch + x, *relief = w.blurred[1] + y * w.pitch + x;
        blur(w.height, w.pitch, size, y, x, n, w.tables->smooth, height);
        blur(w.weight, w.pitch, size, y, x, n, w.tables->smooth, weight);
        row.surface(height, weight, n, surface);
        blur(w.height, w.pitch, size, y, x, n, w.tables->relief, height);
        blur(w.weight, w.pitch, size, y, x, n, w.tables->relief, weight);
        row.relief(surface, height, weight, n, w.tables->per_metre, relief);
    }
}

void write(const MetricWorkspace& w, const Prepared& out, int64_t y) {
    constexpr int64_t kPixels = 128;
    const int64_t size = out.size;
    const float *relief = w.blurred[1] + y * w.pitch, *surface[3];
    for (int64_t j = -1; j <= 1; ++j) surface[j + 1] = w.blurred[0] + mirrored(y + j, size) * w.pitch;
    for (int64_t x = 0; x < size; x += kPixels) {
        const int64_t n = std::min(kPixels, size - x);
        float rows[3][kPixels + 2], values[3 * kPixels];
        for (int j = 0; j < 3; ++j) {
            std::copy_n(surface[j] + x, n, rows[j] + 1);
            rows[j][0] = surface[j][x > 0 ? x - 1 : 0];
            rows[j][n + 1] = surface[j][x + n < size ? x + n : size - 1];
        }
        metric_rows().image(rows[0], rows[1], rows[2], relief + x, n, w.tables->slope, values);
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
