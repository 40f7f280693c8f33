// winograd on the CPU: how a layer is cut, how weights are packed, which variant runs.
// Work, per tile of 16 outputs, input and output channel: 36 products with stride 1 and 81 with stride 2, where the
// direct form has 144; the transforms add about 250 (500) vector operations per tile and 16 channels. Traffic: weights
// grow fourfold, to 144 bytes per input and output channel: below about 8 tiles reading them is the bound.
#include "winograd/winograd.hpp"

#ifdef _OPENMP
#include <omp.h>
#endif
#ifdef __linux__
#include <sys/mman.h>
#endif

#include "cpu_isa.hpp"
#include "winograd/winograd_plan.hpp"

namespace trd::cpu {
namespace {

int64_t block_rows() { return isa() == Isa::avx512 ? 14 : 6; }

WinogradPlan plan_of(int64_t n, int64_t h, int64_t w, int64_t c_in, int64_t c_out, int64_t stride, int threads) {
    WinogradPlan plan;
    plan.points = stride == 1 ? 36 : 81;
    plan.out_h = (h + stride - 1) / stride;
    plan.out_w = (w + stride - 1) / stride;
    plan.tiles_x = (plan.out_w + 3) / 4;
    plan.tiles_per_image = plan.tiles_x * ((plan.out_h + 3) / 4);
    plan.tiles = n * plan.tiles_per_image;
    plan.blocks = (plan.tiles + block_rows() - 1) / block_rows();
    // A thread that keeps its own tiles has them in its L2 (two blocks of up to 256 channels in 1 MiB) and meets no
    // other, but reads all weights. Few tiles, or weights that do not stay in the L3: the threads share the tiles and
    // divide the weights, and five blocks use each panel while it is near.
    plan.shared = plan.tiles < 8 * static_cast<int64_t>(threads) || c_in * c_out >= 512 * 512;
    if (plan.shared) {
        const int64_t panels = c_out / winograd_panel();
        plan.group = plan.blocks < 5 ? plan.blocks : 5;
        while (plan.group > 1 && (plan.blocks + plan.group - 1) / plan.group * panels < threads) --plan.group;
    } else {
        plan.blocks = (plan.blocks + threads - 1) / threads * threads;
        plan.group = plan.blocks < 2 ? 1 : 2;
    }
    // 16 more: points at a multiple of 4 KiB would fall on one cache set.
    plan.point_stride = c_in * ((plan.tiles + plan.blocks - 1) / plan.blocks) + 16;
    plan.block_stride = plan.points * plan.point_stride;
    plan.products = plan.group * plan.points * block_rows() * winograd_panel();
    return plan;
}

// G: three taps to six weights. Stride 1: F(4, 3). Stride 2: F(4, 2) of the outer taps, and the middle one.
constexpr double kG[2][6][3] = {
    {{1. / 4, 0, 0},
     {-1. / 6, -1. / 6, -1. / 6},
     {-1. / 6, 1. / 6, -1. / 6},
     {1. / 24, 1. / 12, 1. / 6},
     {1. / 24, -1. / 12, 1. / 6},
     {0, 0, 1}},
    {{1. / 2, 0, 0}, {-1. / 2, 0, -1. / 2}, {-1. / 6, 0, 1. / 6}, {1. / 6, 0, 1. / 3}, {0, 0, 1}, {0, 1, 0}}};

// Filters of one input channel and Panel output channels, filter_stride floats apart -> to, points point_stride apart.
template <int Panel>
void pack_filters(const double (&g)[6][3], const float* filters, int64_t filter_stride, float* to,
                  int64_t point_stride) {
    double tap[9][Panel], half[6][3][Panel];
    for (int co = 0; co < Panel; ++co)
        for (int i = 0; i < 9; ++i) tap[i][co] = filters[co * filter_stride + i];
    for (int i = 0; i < 6; ++i)
        for (int j = 0; j < 3; ++j)
            for (int co = 0; co < Panel; ++co)
                half[i][j][co] = g[i][0] * tap[j][co] + g[i][1] * tap[3 + j][co] + g[i][2] * tap[6 + j][co];
    for (int i = 0; i < 6; ++i)
        for (int j = 0; j < 6; ++j)
            for (int co = 0; co < Panel; ++co)
                to[(i * 6 + j) * point_stride + co] =
                    static_cast<float>(half[i][0][co] * g[j][0] + half[i][1][co] * g[j][1] + half[i][2][co] * g[j][2]);
}

// A hint: the products stream through the weights, and with large pages they need no page walk every 4 KiB.
void ask_for_large_pages(const float* start, int64_t floats) {
#ifdef __linux__
    constexpr uintptr_t page = uintptr_t{1} << 21;
    const uintptr_t from = (reinterpret_cast<uintptr_t>(start) + page - 1) / page * page;
    const uintptr_t to = reinterpret_cast<uintptr_t>(start + floats) / page * page;
    if (from < to) (void)madvise(reinterpret_cast<void*>(from), to - from, MADV_HUGEPAGE);
#else
    (void)start, (void)floats;
#endif
}

}  // namespace

int64_t winograd_panel() { return isa() == Isa::avx512 ? 32 : isa() == Isa::avx2 ? 16 : 0; }

// Measured on 2 cores of a Zen 4 server CPU against oneDNN 3.11's direct convolution, 32 to 2048 channels: with at
// least 128 output pixels stride 1 is 1.8 to 3.3 times as fast (AVX2: 1.45 to 3.2), stride 2 1.35 to 1.6 times. With 64
// (four tiles) the two are about equal, and below it loses: four times the weights are read for a few tiles. A direct
// convolution in bfloat16 is twice as fast where AVX-512 multiplies it: stride 1 stays ahead of that, stride 2 does
// not.
bool winograd_pays(bool bfloat16, int64_t n, int64_t h, int64_t w, int64_t stride) {
    if (bfloat16 && (stride != 1 || isa() != Isa::avx512)) return false;
    h = (h + stride - 1) / stride;
    w = (w + stride - 1) / stride;
    const int64_t pixels = n * h * w, computed = n * ((h + 3) / 4) * ((w + 3) / 4) * 16;
    return pixels >= 128 && computed <= 2 * pixels;
}

int64_t winograd_workspace_floats(int64_t n, int64_t h, int64_t w, int64_t c_in, int64_t c_out, int64_t stride,
                                  int threads) {
    int64_t most = 0;
    for (int t = 1; t <= threads; ++t) {  // fewer threads may need more: they share less
        const WinogradPlan plan = plan_of(n, h, w, c_in, c_out, stride, t);
        const int64_t floats = plan.shared ? plan.blocks * plan.block_stride + t * plan.products
                                           : t * (plan.group * plan.block_stride + plan.products);
        most = floats > most ? floats : most;
    }
    return most;
}

void winograd_pack(const float* weights, float* packed, int64_t c_in, int64_t c_out, int64_t stride) {
    // Packed: [c_out / panel][6 x 6 weights][c_in][panel], in the order in which the products read them.
    const int64_t panel = winograd_panel(), panels = c_out / panel;
    ask_for_large_pages(packed, 36 * c_in * c_out);
#pragma omp parallel for schedule(static)
    for (int64_t p = 0; p < panels; ++p)
        for (int64_t ci = 0; ci < c_in; ++ci) {
            const float* const filters = weights + (p * panel * c_in + ci) * 9;
            float* const to = packed + (p * 36 * c_in + ci) * panel;
            if (panel == 32) pack_filters<32>(kG[stride - 1], filters, c_in * 9, to, c_in * panel);
            else pack_filters<16>(kG[stride - 1], filters, c_in * 9, to, c_in * panel);
        }
}

void winograd(const WinogradConv& conv, int threads) {
#ifdef TRD_X86_64
    const WinogradPlan plan = plan_of(conv.n, conv.h, conv.w, conv.c_in, conv.c_out, conv.stride, threads);
    const auto variant = isa() == Isa::avx512 ? winograd_avx512 : winograd_avx2;
#ifdef _OPENMP
#pragma omp parallel num_threads(threads)
    variant(conv, plan, omp_get_thread_num(), omp_get_num_threads());
#else
    variant(conv, plan, 0, 1);
#endif
#else
    (void)conv, (void)threads;  // never called: winograd_panel() is 0
#endif
}

}  // namespace trd::cpu
