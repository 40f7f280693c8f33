// The kernel of winograd, written once over a vector type V and compiled once per instruction set. Everything is in an
// anonymous namespace: each object file must keep its own copy, or the linker could pick an AVX-512 one for all.
//
// V: type, lanes, rows (of a register block), load and store (of float, and of bfloat16 as uint16_t), broadcast, zero,
// add, sub, fma(a, b, c) = a * b + c,
//    fnma(a, b, c) = c - a * b, max0(x) = x < 0 ? 0 : x, which keeps NaN.
#pragma once
#include <cstdint>

#include "winograd/winograd_plan.hpp"

namespace {

using trd::cpu::WinogradConv;
using trd::cpu::WinogradPlan;

constexpr int64_t kAhead = 512;  // floats of the weights' stream that are asked for ahead of use

// The tiles of a block: as many in each, or one more.
int64_t first_tile(const WinogradPlan& plan, int64_t block) { return plan.tiles * block / plan.blocks; }
int64_t rows_of(const WinogradPlan& plan, int64_t block) {
    return first_tile(plan, block + 1) - first_tile(plan, block);
}

// One dimension of a form: `in` inputs, `step` apart from tile to tile, to `points`; the points from(u) .. to(u) take
// the u-th of six transformed weights; 4 outputs. B^T and A^T are Toom-Cook's with the points 0, 1, -1, 2, infinity,
// and -2 for stride 1.

// Stride 1: F(4, 3), a weight for each point.
template <class V> struct Stride1 {
    static constexpr int in = 6, step = 4, points = 6;
    static constexpr int from(int u) { return u; }
    static constexpr int to(int u) { return u + 1; }
    static void input_row(const typename V::type* d, typename V::type* t) {
        const auto four = V::broadcast(4), five = V::broadcast(5), two = V::broadcast(2);
        t[0] = V::fnma(five, d[2], V::fma(four, d[0], d[4]));
        const auto p = V::fnma(four, d[2], d[4]), q = V::fnma(four, d[1], d[3]);
        t[1] = V::add(p, q);
        t[2] = V::sub(p, q);
        const auto r = V::sub(d[4], d[2]), s = V::sub(d[3], d[1]);
        t[3] = V::fma(two, s, r);
        t[4] = V::fnma(two, s, r);
        t[5] = V::fnma(five, d[3], V::fma(four, d[1], d[5]));
    }
    static void output_row(const typename V::type* m, typename V::type* o) {
        const auto a = V::add(m[1], m[2]), b = V::sub(m[1], m[2]), c = V::add(m[3], m[4]), d = V::sub(m[3], m[4]);
        o[0] = V::add(V::add(m[0], a), c);
        o[1] = V::fma(V::broadcast(2), d, b);
        o[2] = V::fma(V::broadcast(4), c, a);
        o[3] = V::add(V::fma(V::broadcast(8), d, b), m[5]);
    }
};

// Stride 2: the outer taps meet every other input, F(4, 2) with 5 points; the middle tap meets the inputs between, 4
// plain products with one weight.
template <class V> struct Stride2 {
    static constexpr int in = 9, step = 8, points = 9;
    static constexpr int from(int u) { return u; }
    static constexpr int to(int u) { return u < 5 ? u + 1 : 9; }
    static void input_row(const typename V::type* d, typename V::type* t) {
        const auto two = V::broadcast(2), three = V::broadcast(3);
        t[3] = V::sub(d[6], d[2]);
        t[0] = V::fma(two, V::sub(d[0], d[4]), t[3]);
        t[1] = V::fnma(two, d[2], V::sub(d[6], d[4]));
        t[2] = V::fnma(three, d[4], V::fma(two, d[2], d[6]));
        t[4] = V::fnma(two, t[3], V::sub(d[8], d[4]));
        for (int i = 0; i < 4; ++i) t[5 + i] = d[1 + 2 * i];
    }
    static void output_row(const typename V::type* m, typename V::type* o) {
        const auto a = V::add(m[1], m[2]), b = V::sub(m[1], m[2]);
        o[0] = V::add(V::add(m[0], a), V::add(m[3], m[5]));
        o[1] = V::fma(V::broadcast(2), m[3], V::add(b, m[6]));
        o[2] = V::fma(V::broadcast(4), m[3], V::add(a, m[7]));
        o[3] = V::fma(V::broadcast(8), m[3], V::add(V::add(b, m[4]), m[8]));
    }
};

// Tiles of one block -> to [points][c_in / lanes][rows of the block][lanes], points point_stride apart.
template <class V, class Form, class T>
void input_transform(const WinogradConv& conv, const WinogradPlan& plan, int64_t block, float* to) {
    constexpr int in = Form::in, points = Form::points;
    const T* const image_data = static_cast<const T*>(conv.in);
    const int64_t first = first_tile(plan, block), rows = rows_of(plan, block), row_stride = conv.w * conv.c_in;
    for (int64_t r = 0; r < rows; ++r) {
        const int64_t image = (first + r) / plan.tiles_per_image, tile = (first + r) % plan.tiles_per_image;
        const int64_t y0 = tile / plan.tiles_x * Form::step - 1, x0 = tile % plan.tiles_x * Form::step - 1;
        const int64_t from = (image * conv.h + y0) * row_stride + x0 * conv.c_in;
        const bool inside = y0 >= 0 && x0 >= 0 && y0 + in <= conv.h && x0 + in <= conv.w;
        for (int64_t c = 0; c < conv.c_in; c += V::lanes) {
            typename V::type half[in][points];
            for (int i = 0; i < in; ++i) {
                typename V::type d[in];
                const int64_t line = from + i * row_stride + c;
                if (inside) {
                    for (int j = 0; j < in; ++j) d[j] = V::load(image_data + line + j * conv.c_in);
                } else {
                    const bool row = y0 + i >= 0 && y0 + i < conv.h;
                    for (int j = 0; j < in; ++j)
                        d[j] = row && x0 + j >= 0 && x0 + j < conv.w ? V::load(image_data + line + j * conv.c_in)
                                                                     : V::zero();
                }
                Form::input_row(d, half[i]);
            }
            float* const point = to + c * rows + r * V::lanes;
            for (int j = 0; j < points; ++j) {
                typename V::type d[in], t[points];
                for (int i = 0; i < in; ++i) d[i] = half[i][j];
                Form::input_row(d, t);
                for (int i = 0; i < points; ++i) V::store(point + (i * points + j) * plan.point_stride, t[i]);
            }
        }
    }
}

// product[rows][2 * lanes] = a [k / lanes][rows][lanes] x b [k][2 * lanes]
template <class V, int Rows> void multiply(const float* a, const float* b, float* product, int64_t k) {
    typename V::type x[Rows], y[Rows];
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) x[r] = y[r] = V::zero();
    for (int64_t block = 0; block < k; block += V::lanes, a += Rows * V::lanes) {
#pragma GCC unroll 4
        for (int i = 0; i < V::lanes; ++i, b += 2 * V::lanes) {
            const auto u = V::load(b), v = V::load(b + V::lanes);
            __builtin_prefetch(b + kAhead);
            if (V::lanes == 16) __builtin_prefetch(b + kAhead + V::lanes);
#pragma GCC unroll 16
            for (int r = 0; r < Rows; ++r) {
                const auto w = V::broadcast(a[r * V::lanes + i]);
                x[r] = V::fma(w, u, x[r]);
                y[r] = V::fma(w, v, y[r]);
            }
        }
    }
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
        V::store(product + r * 2 * V::lanes, x[r]);
        V::store(product + r * 2 * V::lanes + V::lanes, y[r]);
    }
}

using Multiply = void (*)(const float*, const float*, float*, int64_t);

// products [points][rows][2 * lanes] of one block and one panel -> the block's output pixels, channels c0 ..
template <class V, class Form, class T>
void output_transform(const WinogradConv& conv, const WinogradPlan& plan, int64_t block, int64_t c0,
                      const float* products) {
    constexpr int points = Form::points;
    constexpr int64_t panel = 2 * V::lanes;
    const T* const sum = static_cast<const T*>(conv.sum);
    const T* const post = static_cast<const T*>(conv.post);
    T* const out = static_cast<T*>(conv.out);
    const int64_t first = first_tile(plan, block), rows = rows_of(plan, block);
    for (int64_t r = 0; r < rows; ++r) {
        const int64_t image = (first + r) / plan.tiles_per_image, tile = (first + r) % plan.tiles_per_image;
        const int64_t y0 = tile / plan.tiles_x * 4, x0 = tile % plan.tiles_x * 4;
        const int64_t height = plan.out_h - y0 < 4 ? plan.out_h - y0 : 4;
        const int64_t width = plan.out_w - x0 < 4 ? plan.out_w - x0 : 4;
        for (int64_t c = c0; c < c0 + panel; c += V::lanes) {
            const float* m = products + r * panel + (c - c0);
            typename V::type half[4][points];
            for (int j = 0; j < points; ++j) {
                typename V::type column[points], o[4];
                for (int i = 0; i < points; ++i) column[i] = V::load(m + (i * points + j) * rows * panel);
                Form::output_row(column, o);
                for (int i = 0; i < 4; ++i) half[i][j] = o[i];
            }
            const auto bias = V::load(conv.bias + c), sum_scale = V::broadcast(conv.sum_scale);
            for (int64_t i = 0; i < height; ++i) {
                typename V::type o[4];
                Form::output_row(half[i], o);
                const int64_t at = ((image * plan.out_h + y0 + i) * plan.out_w + x0) * conv.c_out + c;
                for (int64_t j = 0; j < width; ++j) {
                    const int64_t p = at + j * conv.c_out;
                    auto value = V::add(o[j], bias);
                    if (sum) value = V::fma(sum_scale, V::load(sum + p), value);
                    if (conv.relu) value = V::max0(value);
                    if (post) value = V::add(value, V::load(post + p));
                    V::store(out + p, value);
                }
            }
        }
    }
}

// Blocks [begin, end) times panel p, then their outputs. One read of the panel's weights serves all blocks.
template <class V, class Form, class T>
void multiply_and_output(const WinogradConv& conv, const WinogradPlan& plan, const Multiply* kernels,
                         const float* blocks, int64_t begin, int64_t end, int64_t p, float* products) {
    constexpr int points = Form::points;
    constexpr int64_t panel = 2 * V::lanes, block_products = points * points * V::rows * panel;
    const float* weights = conv.weights + p * 36 * conv.c_in * panel;
    for (int u = 0; u < 6; ++u)
        for (int v = 0; v < 6; ++v, weights += conv.c_in * panel)
            for (int i = Form::from(u); i < Form::to(u); ++i)
                for (int j = Form::from(v); j < Form::to(v); ++j)
                    for (int64_t b = begin; b < end; ++b) {
                        const int64_t rows = rows_of(plan, b), point = i * points + j;
                        kernels[rows](blocks + (b - begin) * plan.block_stride + point * plan.point_stride, weights,
                                      products + (b - begin) * block_products + point * rows * panel, conv.c_in);
                    }
    for (int64_t b = begin; b < end; ++b)
        output_transform<V, Form, T>(conv, plan, b, p * panel, products + (b - begin) * block_products);
}

// One thread's share; every thread of the team calls it.
template <class V, class Form, class T>
void run_thread(const WinogradConv& conv, const WinogradPlan& plan, const Multiply* kernels, int64_t thread,
                int64_t threads) {
    const int64_t panels = conv.c_out / (2 * V::lanes);
    const int64_t begin = plan.blocks * thread / threads, end = plan.blocks * (thread + 1) / threads;
    if (!plan.shared) {
        float* const blocks = conv.workspace + thread * (plan.group * plan.block_stride + plan.products);
        for (int64_t from = begin; from < end; from += plan.group) {
            const int64_t to = from + plan.group < end ? from + plan.group : end;
            for (int64_t b = from; b < to; ++b)
                input_transform<V, Form, T>(conv, plan, b, blocks + (b - from) * plan.block_stride);
            for (int64_t p = 0; p < panels; ++p)
                multiply_and_output<V, Form, T>(conv, plan, kernels, blocks, from, to, p,
                                                blocks + plan.group * plan.block_stride);
        }
        return;
    }
    for (int64_t b = begin; b < end; ++b)
        input_transform<V, Form, T>(conv, plan, b, conv.workspace + b * plan.block_stride);
#pragma omp barrier
    float* const products = conv.workspace + plan.blocks * plan.block_stride + thread * plan.products;
    const int64_t groups = (plan.blocks + plan.group - 1) / plan.group, tasks = groups * panels;
    for (int64_t task = tasks * thread / threads; task < tasks * (thread + 1) / threads; ++task) {
        const int64_t p = task / groups, from = task % groups * plan.group;
        const int64_t to = from + plan.group < plan.blocks ? from + plan.group : plan.blocks;
        multiply_and_output<V, Form, T>(conv, plan, kernels, conv.workspace + from * plan.block_stride, from, to, p,
                                        products);
    }
}

template <class V>
void run_thread(const WinogradConv& conv, const WinogradPlan& plan, const Multiply* kernels, int64_t thread,
                int64_t threads) {
    const auto run =
        conv.bfloat16 ? (conv.stride == 1 ? run_thread<V, Stride1<V>, uint16_t> : run_thread<V, Stride2<V>, uint16_t>)
                      : (conv.stride == 1 ? run_thread<V, Stride1<V>, float> : run_thread<V, Stride2<V>, float>);
    run(conv, plan, kernels, thread, threads);
}

}  // namespace
