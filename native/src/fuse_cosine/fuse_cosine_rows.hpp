// The rows of fuse_cosine, in the lanes of the file that includes this.
// Traffic: two or three features of c channels read once per row, 4 bytes written: bound by memory or the outer caches.
#pragma once
#include <cmath>

#include "fuse_cosine/fuse_cosine.hpp"
#include "lanes.hpp"
#include "trd.h"

namespace trd::cpu {
namespace {

// Features are read 32 at a time as two Lanes. How the 32 are dealt to the lanes does not matter to a sum of products,
// as long as it is the same for all operands.
constexpr int64_t kStep = 2 * kLanes;

struct Float32 {
    using Element = float;
    static void load(const float* p, Lanes& a, Lanes& b) {
        a = Lanes::load(p);
        b = Lanes::load(p + kLanes);
    }
};

struct BFloat16 {
    using Element = uint16_t;
    static void load(const uint16_t* p, Lanes& a, Lanes& b) { Lanes::load_bfloat16(p, a, b); }
};

// Independent lanes instead of one running sum: a lane sums only c/32 products in float, then the lanes are added in
// pairs, which keeps the error near one rounding of the result. Without an amplifier the sums are those of the decoder
// alone; its weight is a common factor.
template <class Type, bool kBlend> struct Sums {
    using Element = typename Type::Element;
    Lanes dot[2] = {Lanes::zero(), Lanes::zero()}, gg[2] = {Lanes::zero(), Lanes::zero()},
          tt[2] = {Lanes::zero(), Lanes::zero()};

    void add(const Element* decoder, Lanes w_decoder, const Element* amplifier, Lanes w_amplifier,
             const Element* teacher) {
        Lanes g[2], t[2];
        Type::load(decoder, g[0], g[1]);
        Type::load(teacher, t[0], t[1]);
        if constexpr (kBlend) {
            Lanes a[2];
            Type::load(amplifier, a[0], a[1]);
            for (int i = 0; i < 2; ++i) g[i] = (g[i] * w_decoder).plus(a[i], w_amplifier);
        }
        for (int i = 0; i < 2; ++i) {
            dot[i] = dot[i].plus(g[i], t[i]);
            gg[i] = gg[i].plus(g[i], g[i]);
            tt[i] = tt[i].plus(t[i], t[i]);
        }
    }
};

template <class Element> void copy_padded(const Element* from, int64_t count, Element (&to)[kStep]) {
    for (int64_t i = 0; i < kStep; ++i) to[i] = i < count ? from[i] : Element{0};
}

// The square of a norm that is at least 1e-8; a NaN stays.
inline double clamped_square(double square) { return square < 1e-16 ? 1e-16 : square; }

template <class Type, bool kBlend> Sums<Type, kBlend> sums_of_row(const FuseCosine& f, int64_t row) {
    using Element = typename Type::Element;
    const int64_t c = f.c;
    const Element* decoder = static_cast<const Element*>(f.decoder) + row * c;
    const Element* amplifier = kBlend ? static_cast<const Element*>(f.amplifier) + row * c : nullptr;
    const Element* teacher = static_cast<const Element*>(f.teacher) + row * c;
    const Lanes w_decoder = Lanes::set1(f.w_decoder), w_amplifier = Lanes::set1(f.w_amplifier);
    Sums<Type, kBlend> sums;
    int64_t k = 0;
    for (; k + kStep <= c; k += kStep)
        sums.add(decoder + k, w_decoder, kBlend ? amplifier + k : nullptr, w_amplifier, teacher + k);
    if (k < c) {  // zeros add nothing
        Element d[kStep], a[kStep] = {}, t[kStep];
        copy_padded(decoder + k, c - k, d);
        copy_padded(teacher + k, c - k, t);
        if constexpr (kBlend) copy_padded(amplifier + k, c - k, a);
        sums.add(d, w_decoder, a, w_amplifier, t);
    }
    return sums;
}

// Adding up the lanes of one row costs more than the products of 64 channels; four rows share it.
constexpr int64_t kRows = 4;

template <class Type, bool kBlend> void few_rows(const FuseCosine& f, int64_t row, int64_t rows) {
    Lanes lanes[3][kRows];
    for (int64_t r = rows; r < kRows; ++r) lanes[0][r] = lanes[1][r] = lanes[2][r] = Lanes::zero();
    for (int64_t r = 0; r < rows; ++r) {
        const Sums<Type, kBlend> sums = sums_of_row<Type, kBlend>(f, row + r);
        lanes[0][r] = sums.dot[0] + sums.dot[1];
        lanes[1][r] = sums.gg[0] + sums.gg[1];
        lanes[2][r] = sums.tt[0] + sums.tt[1];
    }
    double dot[kRows], gg[kRows], tt[kRows];
    Lanes::sums(lanes[0], dot);
    Lanes::sums(lanes[1], gg);
    Lanes::sums(lanes[2], tt);
    const double factor = kBlend ? 1.0 : static_cast<double>(f.w_decoder);
    for (int64_t r = 0; r < rows; ++r) {
        const double norms = std::sqrt(clamped_square(factor * factor * gg[r]) * clamped_square(tt[r]));
        f.distance[row + r] = static_cast<float>(1.0 - factor * dot[r] / norms);
    }
}

template <class Type, bool kBlend> void all_rows(const FuseCosine& f) {
    // Below about 64 KiB of features, waking a thread costs more than it saves.
#pragma omp parallel for schedule(static) if (f.rows * f.c >= 16384)
    for (int64_t row = 0; row < f.rows; row += kRows)
        few_rows<Type, kBlend>(f, row, f.rows - row < kRows ? f.rows - row : kRows);
}

inline void fuse_cosine_rows(const FuseCosine& f) {
    if (f.type == TRD_BFLOAT16) f.amplifier ? all_rows<BFloat16, true>(f) : all_rows<BFloat16, false>(f);
    else f.amplifier ? all_rows<Float32, true>(f) : all_rows<Float32, false>(f);
}

}  // namespace
}  // namespace trd::cpu
