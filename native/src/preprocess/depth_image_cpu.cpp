// From cleaned z and foreground bits to a depth image without small gaps. Every phase works on rows and reads what
// other rows' earlier phases wrote, so a barrier stands between two phases.
#include <limits>

#include "preprocess/depth_image.hpp"
#include "preprocess/rows.hpp"

namespace trd::cpu {
namespace {

// Bits of the last word that are pixels.
uint64_t last_word(int64_t width) { return ~uint64_t{0} >> (63 - (width - 1) % 64); }

// out = bits within `reach` (1 or 3) columns of a set bit; the padding is not cleared.
template <int reach> void dilate_across(const uint64_t* in, int64_t words, uint64_t* out) {
    uint64_t before = 0;
    for (int64_t i = 0; i < words; ++i) {
        const uint64_t here = in[i], after = i + 1 < words ? in[i + 1] : 0;
        uint64_t bits = here;
        for (int s = 1; s <= reach; ++s) bits |= here << s | before >> (64 - s) | here >> s | after << (64 - s);
        out[i] = bits;
        before = here;
    }
}

uint64_t or_rows(const uint64_t* bits, const DepthPlane& p, int64_t y, int64_t reach, int64_t word) {
    const int64_t from = y < reach ? 0 : y - reach, to = y + reach < p.height ? y + reach : p.height - 1;
    uint64_t all = 0;
    for (int64_t v = from; v <= to; ++v) all |= bits[v * p.words + word];
    return all;
}

// The bits of columns x - 1, x, x + 1.
unsigned three(const uint64_t* row, int64_t words, int64_t x) {
    const int64_t word = x / 64;
    const int bit = static_cast<int>(x % 64);
    if (bit == 0) return static_cast<unsigned>((row[word] & 3) << 1 | (word > 0 ? row[word - 1] >> 63 : 0));
    const uint64_t low = row[word] >> (bit - 1) & 7;
    return static_cast<unsigned>(bit < 63 || word + 1 == words ? low : low | (row[word + 1] & 1) << 2);
}

// Missing pixels of row y that touch a valid one become the mean of their valid neighbours, in place: only pixels that
// are valid are read, so it does not matter which ones have been filled already. next = what is valid afterwards; may
// be null.
void fill_row(const DepthPlane& p, int64_t y, const uint64_t* valid, uint64_t* next) {
    const int64_t from = y > 0 ? y - 1 : y, to = y + 1 < p.height ? y + 1 : y;
    float* z = p.z + y * p.pitch;
    for (int64_t i = 0; i < p.words; ++i) {
        uint64_t near = 0;
        for (int64_t v = from; v <= to; ++v) {
            const uint64_t* row = valid + v * p.words;
            const uint64_t before = i > 0 ? row[i - 1] >> 63 : 0, after = i + 1 < p.words ? row[i + 1] << 63 : 0;
            near |= row[i] | row[i] << 1 | row[i] >> 1 | before | after;
        }
        const uint64_t own = valid[y * p.words + i];
        uint64_t missing = near & ~own & (i + 1 < p.words ? ~uint64_t{0} : last_word(p.width)), filled = own;
        for (; missing != 0; missing &= missing - 1) {
            const int bit = __builtin_ctzll(missing);
            const int64_t x = i * 64 + bit;
            float sum = 0;
            int count = 0;
            for (int64_t v = from; v <= to; ++v) {
                const float* row = p.z + v * p.pitch + x - 1;
                for (unsigned bits = three(valid + v * p.words, p.words, x); bits != 0; bits &= bits - 1, ++count)
                    sum += row[__builtin_ctz(bits)];
            }
            z[x] = sum / static_cast<float>(count);
            filled |= static_cast<uint64_t>(z[x] != 0) << bit;
        }
        if (next != nullptr) next[y * p.words + i] = filled;
    }
}

}  // namespace

bool finish_depth(const DepthPlane& p, float low, float high) {
    const Rows& row = rows();
    const uint64_t last = last_word(p.width);
    // Closing with 3 x 3 ones, three times each = one dilation and one erosion with 7 x 7. Outside the image never
    // wins, so the erosion is a dilation of the complement inside the image.
#pragma omp for schedule(static)
    for (int64_t y = 0; y < p.height; ++y) dilate_across<3>(p.foreground + y * p.words, p.words, p.valid + y * p.words);
#pragma omp for schedule(static)
    for (int64_t y = 0; y < p.height; ++y) {
        uint64_t* background = p.foreground + y * p.words;
        for (int64_t i = 0; i < p.words; ++i) background[i] = ~or_rows(p.valid, p, y, 3, i);
        background[p.words - 1] &= last;
        dilate_across<3>(background, p.words, p.scratch + y * p.words);
    }
#pragma omp for schedule(static)
    for (int64_t y = 0; y < p.height; ++y) {
        uint64_t* foreground = p.foreground + y * p.words;
        for (int64_t i = 0; i < p.words; ++i) foreground[i] = ~or_rows(p.scratch, p, y, 3, i);
        foreground[p.words - 1] &= last;
        row.range(p.z + y * p.pitch, foreground, p.words, p.range + 2 * y, p.range + 2 * y + 1);
    }
    float min = std::numeric_limits<float>::infinity(), max = -min;
    for (int64_t y = 0; y < p.height; ++y) {
        min = p.range[2 * y] < min ? p.range[2 * y] : min;
        max = p.range[2 * y + 1] > max ? p.range[2 * y + 1] : max;
    }
    if (max < min) return false;
#pragma omp for schedule(static)
    for (int64_t y = 0; y < p.height; ++y)
        row.scale(p.z + y * p.pitch, p.foreground + y * p.words, p.words, min, max - min, low, high,
                  p.valid + y * p.words);
#pragma omp for schedule(static)
    for (int64_t y = 0; y < p.height; ++y) fill_row(p, y, p.valid, p.scratch);
#pragma omp for schedule(static)
    for (int64_t y = 0; y < p.height; ++y) fill_row(p, y, p.scratch, nullptr);
    return true;
}

void write_mask(const DepthPlane& p, uint8_t* mask) {
#pragma omp for schedule(static)
    for (int64_t y = 0; y < p.height; ++y)
        for (int64_t x = 0; x < p.width; ++x)
            mask[y * p.width + x] = static_cast<uint8_t>(p.foreground[y * p.words + x / 64] >> (x % 64) & 1);
}

}  // namespace trd::cpu
