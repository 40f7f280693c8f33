#include "warp.hpp"

namespace simt {

void do_shuffle(Shuffle kind, unsigned mask, int width) {
    Exchange& e = block.warp[self->warp].exchange;
    for (unsigned lanes = mask; lanes != 0; lanes &= lanes - 1) {
        const int lane = __builtin_ctz(lanes), source = shuffle_source(kind, lane, e.argument[lane], width);
        if (!(mask >> source & 1)) fail("a shuffle reads a lane outside of its mask");
        e.out[lane] = e.in[source];
    }
}

unsigned ballot(const Site& site, unsigned mask, bool vote) {
    Exchange& e = block.warp[self->warp].exchange;
    e.in[self->lane] = vote;
    if (meet(mask, "vote", site)) {
        unsigned votes = 0;
        for (unsigned lanes = mask; lanes != 0; lanes &= lanes - 1)
            votes |= static_cast<unsigned>(e.in[__builtin_ctz(lanes)]) << __builtin_ctz(lanes);
        for (unsigned lanes = mask; lanes != 0; lanes &= lanes - 1) e.out[__builtin_ctz(lanes)] = votes;
        release(mask);
    }
    return static_cast<unsigned>(e.out[self->lane]);
}

}  // namespace simt
