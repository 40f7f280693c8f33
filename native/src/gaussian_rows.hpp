// The two passes of a Gaussian, one source for all variants: included by the file of each, which compiles it for its
// instructions. Bound by 2 radius + 1 products a pixel and pass.
#pragma once
#include "gaussian.hpp"
#include "lanes.hpp"

namespace trd::cpu {
namespace {

// Line gives the pixel at i, and those j pixels before and after it.
template <class Line> inline void blur_row(int64_t n, const Blur& blur, float* out, const Line& line) {
    for (int64_t i = 0; i < n; i += 2 * kLanes) {
        const Lanes centre = Lanes::set1(blur.weights[0]);
        Lanes low = centre * line.middle(i), high = centre * line.middle(i + kLanes);
        for (int j = 1; j <= blur.radius; ++j) {
            const Lanes w = Lanes::set1(blur.weights[j]);
            low = low + w * (line.before(j, i) + line.after(j, i));
            high = high + w * (line.before(j, i + kLanes) + line.after(j, i + kLanes));
        }
        low.store(out + i);
        high.store(out + i + kLanes);
    }
}

struct Column {
    const float* const* rows;
    Lanes middle(int64_t i) const { return Lanes::load(rows[0] + i); }
    Lanes before(int j, int64_t i) const { return Lanes::load(rows[-j] + i); }
    Lanes after(int j, int64_t i) const { return Lanes::load(rows[j] + i); }
};

struct Row {
    const float* in;
    Lanes middle(int64_t i) const { return Lanes::load(in + i); }
    Lanes before(int j, int64_t i) const { return Lanes::load(in + i - j); }
    Lanes after(int j, int64_t i) const { return Lanes::load(in + i + j); }
};

void down(const float* const* rows, int64_t n, const Blur& blur, float* out) { blur_row(n, blur, out, Column{rows}); }

void across(const float* in, int64_t n, const Blur& blur, float* out) { blur_row(n, blur, out, Row{in}); }

}  // namespace
}  // namespace trd::cpu
