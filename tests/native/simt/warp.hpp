// Operations of the lanes of a warp. All lanes of the mask meet; the last to arrive does the operation for all.
// PTX's own definition of shfl: a lane whose source is outside of its segment keeps its value; one whose source is
// outside of the mask has an undefined value on a device, which is a fault here. A shuffle or vote orders no memory.
#pragma once
#include <type_traits>

#include "block.hpp"
#include "language.hpp"
#include "races.hpp"

#define __syncwarp \
    simt::WarpBarrier { TRD_SITE }
#define __shfl_sync(mask, v, ...) simt::shuffle<simt::kIndex>(TRD_SITE, mask, v, __VA_ARGS__)
#define __shfl_up_sync(mask, v, ...) simt::shuffle<simt::kUp>(TRD_SITE, mask, v, __VA_ARGS__)
#define __shfl_down_sync(mask, v, ...) simt::shuffle<simt::kDown>(TRD_SITE, mask, v, __VA_ARGS__)
#define __shfl_xor_sync(mask, v, ...) simt::shuffle<simt::kXor>(TRD_SITE, mask, v, __VA_ARGS__)
#define __ballot_sync(mask, p) simt::ballot(TRD_SITE, mask, (p) != 0)
#define __any_sync(mask, p) (static_cast<int>(simt::ballot(TRD_SITE, mask, (p) != 0) != 0))
#define __all_sync(mask, p) (static_cast<int>(simt::ballot(TRD_SITE, mask, (p) == 0) == 0))
#define __reduce_add_sync(mask, v) simt::reduce(TRD_SITE, mask, v, [](auto a, auto b) { return a + b; })
#define __reduce_min_sync(mask, v) simt::reduce(TRD_SITE, mask, v, [](auto a, auto b) { return a < b ? a : b; })
#define __reduce_max_sync(mask, v) simt::reduce(TRD_SITE, mask, v, [](auto a, auto b) { return a > b ? a : b; })

namespace simt {

enum Shuffle { kIndex, kUp, kDown, kXor };

// The lane whose value `lane` gets.
inline int shuffle_source(Shuffle kind, int lane, int argument, int width) {
    const int segment = 32 - width, b = argument & 31;
    const int first = lane & segment, last = first | (31 & ~segment);
    int source = 0;
    bool inside = false;
    switch (kind) {
        case kIndex: source = first | (b & ~segment), inside = source <= last; break;
        case kUp: source = lane - b, inside = source >= first; break;
        case kDown: source = lane + b, inside = source <= last; break;
        case kXor: source = lane ^ b, inside = source <= last; break;
    }
    return inside ? source : lane;
}

template <class T> inline uint64_t to_slot(const T& v) {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= 8 && sizeof(T) >= 2,
                  "CUDA shuffles values of 2, 4 or 8 bytes");
    uint64_t slot = 0;
    __builtin_memcpy(&slot, &v, sizeof v);
    return slot;
}

template <class T> inline T from_slot(uint64_t slot) {
    T v;
    __builtin_memcpy(&v, &slot, sizeof v);
    return v;
}

void do_shuffle(Shuffle kind, unsigned mask, int width);

template <Shuffle kind, class T> inline T shuffle(const Site& site, unsigned mask, T v, int argument, int width = 32) {
    Exchange& e = block.warp[self->warp].exchange;
    const unsigned lane = self->lane;
    if (width < 1 || width > 32 || (width & (width - 1)) != 0) fail("a shuffle's width is no power of two up to 32");
    e.in[lane] = to_slot(v);
    e.argument[lane] = argument;
    if (meet(mask, "shuffle", site)) {
        do_shuffle(kind, mask, width);
        release(mask);
    }
    return from_slot<T>(e.out[lane]);
}

unsigned ballot(const Site& site, unsigned mask, bool vote);

struct WarpBarrier {
    Site site;
    void operator()(unsigned mask = ~0u) const {
        if (meet(mask, "__syncwarp", site)) {
            races::warp_barrier(self->warp);
            release(mask);
        }
    }
};

template <class T, class F> inline T reduce(const Site& site, unsigned mask, T v, F combine) {
    static_assert(std::is_same_v<T, int> || std::is_same_v<T, unsigned>, "CUDA reduces 32-bit integers");
    Exchange& e = block.warp[self->warp].exchange;
    e.in[self->lane] = to_slot(v);
    if (meet(mask, "reduce", site)) {
        unsigned lanes = mask & (mask - 1);
        T all = from_slot<T>(e.in[__builtin_ctz(mask)]);
        for (; lanes != 0; lanes &= lanes - 1) all = combine(all, from_slot<T>(e.in[__builtin_ctz(lanes)]));
        for (lanes = mask; lanes != 0; lanes &= lanes - 1) e.out[__builtin_ctz(lanes)] = to_slot(all);
        release(mask);
    }
    return from_slot<T>(e.out[self->lane]);
}

}  // namespace simt
