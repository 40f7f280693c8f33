#include "anomaly_map/blur_operators.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace trd {
namespace {

constexpr uint64_t kMagic = 0x74726420626c7572;
// Gaussian of the anomaly map (SPEC section 4): sigma 4 px truncated at 4 sigma.
constexpr int64_t kBlurRadius = 16;
constexpr double kBlurSigmaPx = 4.0;

double step(int64_t size, int64_t side) {
    return size > 1 ? static_cast<double>(side - 1) / static_cast<double>(size - 1) : 0.0;
}

struct Band {
    int64_t first, last;
};

// Columns of W that rows y to y + rows - 1 reach. Mirrored pixels lie within the radius, too.
Band band(int64_t size, int64_t side, int64_t y, int64_t rows) {
    const int64_t top = std::max(y - kBlurRadius, int64_t{0}), bottom = std::min(y + rows - 1 + kBlurRadius, size - 1);
    const double by = step(size, side);
    return {std::min(static_cast<int64_t>(by * static_cast<double>(top)), side - 1),
            std::min(static_cast<int64_t>(by * static_cast<double>(bottom)) + 1, side - 1)};
}

// The widest band of all groups of so many rows.
int64_t taps(int64_t size, int64_t side, int64_t rows) {
    int64_t widest = 0;
    for (int64_t y = 0; y < size; y += rows) {
        const Band b = band(size, side, y, rows);
        widest = std::max(widest, b.last - b.first + 1);
    }
    return widest;
}

// A band of the common width starts here.
int64_t first_column(int64_t size, int64_t side, int64_t y, int64_t rows, int64_t width) {
    return std::min(band(size, side, y, rows).first, side - width);
}

int64_t blocks(int64_t size) { return (size + kBlockPixels - 1) / kBlockPixels; }

// Tables start at multiples of 64 bytes.
int64_t aligned(int64_t words) { return (words + 15) / 16 * 16; }

int64_t mirror(int64_t i, int64_t n) {
    const int64_t period = 2 * n;
    i = ((i % period) + period) % period;
    return i < n ? i : period - 1 - i;
}

// Adds row y of W = B U to weight, whose element 0 is column `first`, in double.
void add_row(int64_t size, int64_t side, int64_t y, int64_t first, double* weight) {
    double gaussian[2 * kBlurRadius + 1], total = 0;
    for (int64_t i = -kBlurRadius; i <= kBlurRadius; ++i)
        total += gaussian[i + kBlurRadius] =
            std::exp(-0.5 * static_cast<double>(i * i) / (kBlurSigmaPx * kBlurSigmaPx));
    for (int64_t i = -kBlurRadius; i <= kBlurRadius; ++i) {
        const double at = step(size, side) * static_cast<double>(mirror(y + i, size)),
                     share = gaussian[i + kBlurRadius] / total;
        const int64_t left = std::min(static_cast<int64_t>(at), side - 1), right = std::min(left + 1, side - 1);
        const double t = at - static_cast<double>(left);
        weight[left - first] += share * (1 - t);
        weight[right - first] += share * t;
    }
}

}  // namespace

BlurOperators blur_operators_layout(int64_t size, const int64_t side[3]) {
    BlurOperators o = {};
    o.magic = kMagic;
    o.size = size;
    o.words = aligned(static_cast<int64_t>(sizeof o) / 4);
    const auto table = [&o](int64_t words) {
        const int64_t at = o.words;
        o.words += aligned(words);
        return at;
    };
    for (int s = 0; s < 3; ++s) {
        BlurOperator& w = o.scale[s];
        w.side = side[s];
        w.row_taps = taps(size, side[s], 1);
        w.block_taps = taps(size, side[s], kBlockPixels);
        w.row_first = table(size);
        w.row_weight = table(size * w.row_taps);
        w.block_first = table(blocks(size));
        w.block_weight = table(blocks(size) * w.block_taps * kBlockPixels);
    }
    return o;
}

void fill_blur_operators(void* memory, int64_t size, const int64_t side[3]) {
    const BlurOperators o = blur_operators_layout(size, side);
    auto* const words = static_cast<float*>(memory);
    std::memset(memory, 0, static_cast<size_t>(o.words) * 4);
    std::memcpy(memory, &o, sizeof o);
    for (const BlurOperator& w : o.scale) {
        auto* const row_first = reinterpret_cast<int32_t*>(words + w.row_first);
        auto* const block_first = reinterpret_cast<int32_t*>(words + w.block_first);
        for (int64_t y = 0; y < size; ++y) {
            const int64_t block = y / kBlockPixels;
            const int64_t first = first_column(size, w.side, y, 1, w.row_taps);
            const int64_t start = first_column(size, w.side, block * kBlockPixels, kBlockPixels, w.block_taps);
            row_first[y] = static_cast<int32_t>(first);
            block_first[block] = static_cast<int32_t>(start);
            // A side is at most the size: the pixels of a row's Gaussian lie in no more columns than there are pixels,
            // and each interpolates with the next column.
            double weight[2 * kBlurRadius + 3] = {};
            add_row(size, w.side, y, first, weight);
            float* const row = words + w.row_weight + y * w.row_taps;
            float* const columns = words + w.block_weight + block * w.block_taps * kBlockPixels + y % kBlockPixels;
            for (int64_t k = 0; k < w.row_taps; ++k) {
                row[k] = static_cast<float>(weight[k]);
                // Weights outside of the block's band are zero: its band holds all that its rows reach.
                const int64_t in_block = first + k - start;
                if (in_block >= 0 && in_block < w.block_taps) columns[in_block * kBlockPixels] = row[k];
            }
        }
    }
}

bool are_blur_operators(const void* memory, int64_t size, const int64_t side[3]) {
    const auto* const o = static_cast<const BlurOperators*>(memory);
    return o->magic == kMagic && o->size == size && o->scale[0].side == side[0] && o->scale[1].side == side[1] &&
           o->scale[2].side == side[2];
}

}  // namespace trd
