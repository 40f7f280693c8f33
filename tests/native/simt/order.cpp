#include "order.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <utility>

namespace simt::order {
namespace {

enum Kind { kAscending, kDescending, kRandom };
Kind kind = kAscending;
uint64_t state = 1;

uint32_t random() {  // xorshift64*
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return static_cast<uint32_t>(state * 2685821657736338717u >> 32);
}

unsigned random_bit(unsigned bits) {
    const unsigned from = bits & ~0u << random() % 32;
    return static_cast<unsigned>(__builtin_ctz(from != 0 ? from : bits));
}

unsigned first_bit(unsigned bits) {
    return static_cast<unsigned>(kind == kDescending ? 31 - __builtin_clz(bits) : __builtin_ctz(bits));
}

}  // namespace

void start_launch() {
    const char* name = std::getenv("TRD_SIMT_ORDER");
    if (name == nullptr || std::strcmp(name, "ascending") == 0) {
        kind = kAscending;
    } else if (std::strcmp(name, "descending") == 0) {
        kind = kDescending;
    } else if (std::strncmp(name, "random", 6) == 0) {
        kind = kRandom;
        state = (name[6] == ':' ? std::strtoull(name + 7, nullptr, 10) : 1) * 0x9E3779B97F4A7C15u | 1;
    } else {
        std::fprintf(stderr, "simt: TRD_SIMT_ORDER=%s is none of ascending, descending, random[:SEED]\n", name);
        std::abort();
    }
}

unsigned warp(unsigned ready, unsigned current) {
    if (kind == kRandom) return random_bit(ready);
    if (current < 32 && (ready >> current & 1)) return current;
    return first_bit(ready);
}

unsigned lane(unsigned ready) { return kind == kRandom ? random_bit(ready) : first_bit(ready); }

bool pauses() { return kind == kRandom; }

Blocks::Blocks(uint64_t count) : count_(count) {
    if (kind != kRandom) return;
    shuffled_.resize(count);
    std::iota(shuffled_.begin(), shuffled_.end(), uint64_t{0});
    for (uint64_t i = count - 1; i > 0; --i)
        std::swap(shuffled_[i], shuffled_[(uint64_t{random()} << 32 | random()) % (i + 1)]);
}

uint64_t Blocks::next() {
    const uint64_t i = at_++;
    return kind == kRandom ? shuffled_[i] : kind == kDescending ? count_ - 1 - i : i;
}

}  // namespace simt::order
