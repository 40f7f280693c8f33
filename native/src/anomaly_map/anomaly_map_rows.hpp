// The anomaly map's rows, in the lanes of the file that includes this.
// A few rows of both maps at a time: the products from the left (blur_operators.hpp) leave [rows, side] per scale on
// the stack, the products from the right give the finished pixels, which are added, compared and stored at once.
// Per pixel and branch 27 multiply-adds at size 256 and sides 64, 32, 16, a quarter of a separable blur's; traffic: the
// distances (42 KiB) and operators (50 KiB) stay in the inner caches, three maps are written once and never read.
#pragma once
#include <limits>

#include "anomaly_map/anomaly_map.hpp"
#include "anomaly_map/blur_operators.hpp"
#include "lanes.hpp"

namespace trd::cpu {
namespace {

static_assert(kBlockPixels == kLanes, "a block of the operators is one vector");

constexpr int64_t kChunkBlocks = 16;  // columns of the map at a time, so that the products fit on the stack
// Columns of a scale that a chunk reaches: at most its pixels, the blur's two radii and the interpolation's neighbours
// (a side is at most the size), rounded up to whole vectors.
constexpr int64_t kSpan = kChunkBlocks * kBlockPixels + 48;

constexpr float kInfinity = std::numeric_limits<float>::infinity(), kNan = std::numeric_limits<float>::quiet_NaN();

// Running maxima of the sum, rgb and depth maps.
struct Maxima {
    Lanes best[3] = {Lanes::set1(-kInfinity), Lanes::set1(-kInfinity), Lanes::set1(-kInfinity)};
    bool nan[3] = {};  // a NaN must not hide behind a comparison that is false for it

    void add(int map, Lanes value) {
        best[map] = best[map].max(value);
        nan[map] |= value.any_nan();
    }
    float score(int map) const {
        float lanes[kLanes], most = -kInfinity;
        best[map].store(lanes);
        for (const float v : lanes) most = v > most ? v : most;
        return nan[map] ? kNan : most;
    }
};

template <int kRows> struct Tile {
    const AnomalyMap& a;
    const BlurOperators& o;
    int64_t image, y;
    float left[2][kRows][3][kSpan];  // calibrated rows of W d; column 0 is column `from` of the scale

    Tile(const AnomalyMap& map, int64_t image_, int64_t y_) : a(map), o(*map.operators), image(image_), y(y_) {}

    // from, count: the columns of each scale that the chunk's blocks reach.
    void multiply_from_the_left(const int64_t (&from)[3], const int64_t (&count)[3]) {
        for (int s = 0; s < 3; ++s) {
            const BlurOperator& w = o.scale[s];
            for (int r = 0; r < kRows; ++r) {
                const float* const weight = o.floats(w.row_weight) + (y + r) * w.row_taps;
                const int64_t first = image * w.side + o.ints(w.row_first)[y + r];
                for (int m = 0; m < 2; ++m) {
                    const float* const distance = a.distance[m][s] + first * w.side + from[s];
                    const Lanes scale = Lanes::set1(a.scale[m]), shift = Lanes::set1(a.shift[m]);
                    for (int64_t j = 0; j < count[s]; j += kLanes) {
                        Lanes sum = Lanes::zero();
                        const int64_t rest = count[s] - j;
                        if (rest >= kLanes)
                            for (int64_t k = 0; k < w.row_taps; ++k)
                                sum = sum.plus(Lanes::set1(weight[k]), Lanes::load(distance + k * w.side + j));
                        else
                            for (int64_t k = 0; k < w.row_taps; ++k)
                                sum = sum.plus(Lanes::set1(weight[k]), Lanes::load(distance + k * w.side + j, rest));
                        shift.plus(sum, scale).store(left[m][r][s] + j);
                    }
                }
            }
        }
    }

    void multiply_from_the_right(int64_t block, const int64_t (&from)[3], Lanes (&out)[2][kRows]) const {
        for (auto& rows : out)
            for (Lanes& row : rows) row = Lanes::zero();
        for (int s = 0; s < 3; ++s) {
            const BlurOperator& w = o.scale[s];
            const float* const weight = o.floats(w.block_weight) + block * w.block_taps * kBlockPixels;
            const float* const start = left[0][0][s] + (o.ints(w.block_first)[block] - from[s]);
            for (int64_t k = 0; k < w.block_taps; ++k) {
                const Lanes column = Lanes::load(weight + k * kBlockPixels);
#pragma GCC unroll 2
                for (int m = 0; m < 2; ++m)
#pragma GCC unroll 4
                    for (int r = 0; r < kRows; ++r)
                        out[m][r] = out[m][r].plus(Lanes::set1(start[(m * kRows + r) * 3 * kSpan + k]), column);
            }
        }
    }

    void finish(int64_t block, const Lanes (&out)[2][kRows], Maxima& maxima) const {
        const int64_t x = block * kBlockPixels, pixels = o.size - x < kBlockPixels ? o.size - x : kBlockPixels;
        for (int r = 0; r < kRows; ++r) {
            const int64_t in_map = (y + r) * o.size + x, at = image * o.size * o.size + in_map;
            const Lanes value[3] = {out[0][r] + out[1][r], out[0][r], out[1][r]};
            if (pixels == kBlockPixels) {
                for (int i = 0; i < 3; ++i) value[i].store(a.map[i] + at);
                if (a.mask == nullptr) {
                    for (int i = 0; i < 3; ++i) maxima.add(i, value[i]);
                } else {
                    const Counted counted = Counted::of(a.mask + in_map);
                    for (int i = 0; i < 3; ++i) maxima.add(i, value[i].where(counted, -kInfinity));
                }
            } else {
                uint8_t counts[kLanes] = {};
                for (int64_t p = 0; p < pixels; ++p) counts[p] = a.mask == nullptr ? 1 : a.mask[in_map + p];
                for (int i = 0; i < 3; ++i) {
                    float row[kLanes];
                    value[i].store(row);
                    for (int64_t p = 0; p < pixels; ++p) a.map[i][at + p] = row[p];
                    maxima.add(i, value[i].where(Counted::of(counts), -kInfinity));
                }
            }
        }
    }

    void run(Maxima& maxima) {
        const int64_t blocks = (o.size + kBlockPixels - 1) / kBlockPixels;
        for (int64_t chunk = 0; chunk < blocks; chunk += kChunkBlocks) {
            const int64_t end = blocks - chunk < kChunkBlocks ? blocks : chunk + kChunkBlocks;
            int64_t from[3], count[3];
            for (int s = 0; s < 3; ++s) {
                const int32_t* const first = o.ints(o.scale[s].block_first);
                from[s] = first[chunk];
                count[s] = first[end - 1] + o.scale[s].block_taps - from[s];
            }
            multiply_from_the_left(from, count);
            for (int64_t block = chunk; block < end; ++block) {
                Lanes out[2][kRows];
                multiply_from_the_right(block, from, out);
                finish(block, out, maxima);
            }
        }
    }
};

template <int kRows> void run_tile(const AnomalyMap& a, int64_t image, int64_t y, Maxima& maxima) {
    Tile<kRows>(a, image, y).run(maxima);
}

// kRows: rows of both maps whose sums the registers of this variant hold.
template <int kRows> void anomaly_map_rows(const AnomalyMap& a) {
    const int64_t size = a.operators->size, tiles = (size + kRows - 1) / kRows;
    for (int64_t image = 0; image < a.n; ++image) {
        float score[3] = {-kInfinity, -kInfinity, -kInfinity};
        bool nan[3] = {};
#pragma omp parallel if (size >= 64)
        {
            Maxima maxima;
#pragma omp for schedule(static) nowait
            for (int64_t tile = 0; tile < tiles; ++tile) {
                const int64_t y = tile * kRows;
                if (y + kRows <= size) run_tile<kRows>(a, image, y, maxima);
                else
                    for (int64_t row = y; row < size; ++row) run_tile<1>(a, image, row, maxima);
            }
            // A maximum is the same in any order.
#pragma omp critical(trd_anomaly_map)
            for (int i = 0; i < 3; ++i) {
                const float mine = maxima.score(i);
                nan[i] |= mine != mine;
                score[i] = mine > score[i] ? mine : score[i];
            }
        }
        // + 0: which of two zeros was met first does not show.
        for (int i = 0; i < 3; ++i) a.scores[3 * image + i] = nan[i] ? kNan : score[i] + 0.0f;
    }
}

}  // namespace
}  // namespace trd::cpu
