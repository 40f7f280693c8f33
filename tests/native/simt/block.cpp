#include "block.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <numeric>
#include <utility>
#ifdef TRD_SIMT_ASAN
#include <sanitizer/asan_interface.h>
#endif

#include "order.hpp"
#include "races.hpp"
#include "runtime_api.hpp"

extern "C" {
// Of shared.ld.
extern __attribute__((visibility("hidden"))) unsigned char simt_shared_start[], simt_shared_stop[];
}

namespace simt {

Block block;
Thread* self = nullptr;
uint64_t switches = 0;

namespace {

Fiber host;
std::mutex one_launch;

// Dynamic shared memory, 16-byte aligned and no more, between two zones in which nothing may be written.
constexpr size_t kZone = 256;
constexpr unsigned char kPattern = 0xA5;
alignas(64) unsigned char arena[kZone + 16 + kMostShared + kZone];

// Not by memset, which the sanitizer would stop at the zones between the variables.
void fill(unsigned char* from, size_t bytes, unsigned char value) {
    asm volatile("rep stosb" : "+D"(from), "+c"(bytes) : "a"(value) : "memory");
}

void lay_out_dynamic_shared(size_t bytes) {
    block.dynamic_shared = arena + kZone + 16;
#ifdef TRD_SIMT_ASAN
    __asan_unpoison_memory_region(arena, sizeof arena);
    __asan_poison_memory_region(arena, kZone + 16);
    __asan_poison_memory_region(block.dynamic_shared + bytes,
                                static_cast<size_t>(arena + sizeof arena - block.dynamic_shared) - bytes);
#else
    fill(arena, kZone + 16, kPattern);
    fill(block.dynamic_shared + bytes, kZone, kPattern);
#endif
}

void check_zones() {
#ifndef TRD_SIMT_ASAN
    const auto intact = [](const unsigned char* p) {
        for (size_t i = 0; i < kZone; ++i)
            if (p[i] != kPattern) return false;
        return true;
    };
    if (!intact(arena + 16)) fail("written below the dynamic shared memory");
    if (!intact(block.dynamic_shared + block.launch.shared_bytes)) fail("written behind the dynamic shared memory");
#endif
}

unsigned lanes_of(unsigned warp) {
    const unsigned rest = block.threads - warp * kWarp;
    return rest >= kWarp ? ~0u : (1u << rest) - 1;
}

Thread* pick() {
    if (block.warps_ready == 0) return nullptr;
    const unsigned warp = order::warp(block.warps_ready, self != nullptr ? self->warp : kMostWarps);
    Warp& w = block.warp[warp];
    const unsigned lane = order::lane(w.ready);
    w.ready &= ~(1u << lane);
    if (w.ready == 0) block.warps_ready &= ~(1u << warp);
    return &block.thread[warp * kWarp + lane];
}

// Leaves this thread, which is not ready, for the next that is.
void leave() {
    Thread* from = self;
    Thread* to = pick();
    if (to == from) return;
    if (to == nullptr) {
        if (block.alive > 0) fail("deadlock");
        self = nullptr;
        switch_fiber(from->fiber, host);
        return;
    }
    ++switches;
    self = to;
    switch_fiber(from->fiber, to->fiber);
}

void exit_thread() {
    Thread* t = self;
    t->copies.queue.clear();
    t->copies.ends.clear();
    t->copies.done = t->copies.groups_done = 0;
    block.warp[t->warp].exited |= 1u << t->lane;
    --block.alive;
    if (block.arrived > 0) fail("a thread has left while others wait at __syncthreads");
    leave();
}

void thread_entry() {
    entered();
    for (;;) {
        block.launch.run(block.launch.arguments);
        exit_thread();
    }
}

void start_block() {
    block.alive = block.threads;
    block.arrived = block.votes = 0;
    const unsigned warps = (block.threads + kWarp - 1) / kWarp;
    for (unsigned w = 0; w < warps; ++w) {
        block.warp[w].ready = lanes_of(w);
        block.warp[w].exited = ~lanes_of(w);
    }
    block.warps_ready = warps == kMostWarps ? ~0u : (1u << warps) - 1;
    fill(simt_shared_start, static_cast<size_t>(simt_shared_stop - simt_shared_start), 0xFF);  // NaN in every type
    fill(block.dynamic_shared, block.launch.shared_bytes, 0xFF);
    races::start_block(simt_shared_start, static_cast<size_t>(simt_shared_stop - simt_shared_start),
                       block.dynamic_shared, block.launch.shared_bytes);
}

void print_where(FILE* out) {
    const dim3 g = block.grid, d = block.dim;
    std::fprintf(out, "  kernel %s, launched at %s:%d\n", block.launch.kernel, block.launch.file, block.launch.line);
    std::fprintf(out, "  block (%u,%u,%u) of (%u,%u,%u), of (%u,%u,%u) threads\n", block.index.x, block.index.y,
                 block.index.z, g.x, g.y, g.z, d.x, d.y, d.z);
    if (self != nullptr)
        std::fprintf(out, "  thread %u (%u,%u,%u), warp %u, lane %u\n", self->index, self->tid.x, self->tid.y,
                     self->tid.z, self->warp, self->lane);
}

// Threads that wait, those in one place together: "waiting at f.cu:12: 0-3 7".
void print_waiting(FILE* out) {
    const auto waits = [](unsigned i) {
        const Thread& t = block.thread[i];
        const Warp& w = block.warp[t.warp];
        return &t != self && !(w.exited >> t.lane & 1) && t.waits.file != nullptr;
    };
    std::vector<bool> shown(block.threads);
    for (unsigned i = 0; i < block.threads; ++i) {
        if (shown[i] || !waits(i)) continue;
        const Site& site = block.thread[i].waits;
        std::fprintf(out, "  waiting at %s:%d: threads", site.file, site.line);
        for (unsigned j = i; j < block.threads; ++j) {
            if (!waits(j) || block.thread[j].waits != site) continue;
            unsigned last = j;
            while (last + 1 < block.threads && waits(last + 1) && block.thread[last + 1].waits == site) ++last;
            if (last == j) std::fprintf(out, " %u", j);
            else std::fprintf(out, " %u-%u", j, last);
            for (; j < last; ++j) shown[j] = true;
            shown[last] = true;
        }
        std::fprintf(out, "\n");
    }
}

#ifdef TRD_SIMT_ASAN
// A sanitizer's report ends with where in the grid it happened.
void on_death() {
    if (self != nullptr) print_where(stderr);
}
#endif

}  // namespace

void fail(const char* what) {
    std::fflush(stdout);
    std::fprintf(stderr, "simt: %s\n", what);
    print_where(stderr);
    print_waiting(stderr);
    std::fflush(stderr);
    std::abort();
}

void wait(const Site& site) {
    self->waits = site;
    leave();
    self->waits.file = nullptr;
}

void wake(unsigned lanes) {
    block.warp[self->warp].ready |= lanes;
    if (lanes != 0) block.warps_ready |= 1u << self->warp;
}

bool meet(unsigned mask, const char* operation, const Site& site) {
    Warp& w = block.warp[self->warp];
    const unsigned lane = 1u << self->lane;
    if (!(mask & lane)) fail("a lane is not in the mask that it gives");
    if (mask & w.exited) fail("a mask names lanes that have left");
    Meeting& m = w.meetings[__builtin_ctz(mask)];
    if (m.arrived == 0) {
        m.mask = mask;
        m.operation = operation;
        m.site = site;
    } else if (m.mask != mask || m.operation != operation || m.site != site) {
        self->waits = site;
        fail("lanes of a warp meet with different masks or in different places: diverged");
    }
    m.arrived |= lane;
    if (m.arrived == mask) {
        m.arrived = 0;
        return true;
    }
    wait(site);
    return false;
}

void release(unsigned mask) {
    const unsigned others = mask & ~(1u << self->lane);
    wake(others);
    if (others != 0 && order::pauses()) {
        wake(1u << self->lane);
        leave();
    }
}

unsigned barrier(const Site& site, bool vote) {
    if (block.arrived == 0) block.barrier = site;
    if (block.barrier != site) fail("threads of a block meet at different barriers: diverged");
    if (block.alive != block.threads) fail("__syncthreads after threads have left");
    block.votes += vote;
    if (++block.arrived < block.alive) {
        wait(site);
        return block.ballot;
    }
    block.ballot = block.votes;
    block.arrived = block.votes = 0;
    races::block_barrier();
    const unsigned warps = (block.threads + kWarp - 1) / kWarp;
    for (unsigned w = 0; w < warps; ++w) {
        block.warp[w].ready = lanes_of(w);
        block.warps_ready |= 1u << w;
    }
    leave();  // itself is ready, too: the order decides who continues
    return block.ballot;
}

bool is_shared(const void* p, size_t bytes) {
    const auto* b = static_cast<const unsigned char*>(p);
    const auto within = [&](const unsigned char* from, const unsigned char* to) {
        return b >= from && b <= to && bytes <= static_cast<size_t>(to - b);
    };
    return within(block.dynamic_shared, block.dynamic_shared + block.launch.shared_bytes) ||
           within(simt_shared_start, simt_shared_stop);
}

void run(dim3 grid, dim3 dim, const Launch& launch) {
    const std::lock_guard<std::mutex> lock(one_launch);
    if (!runtime::accepts(grid, dim, launch)) return;
#ifdef TRD_SIMT_ASAN
    __sanitizer_set_death_callback(on_death);
#endif
    order::start_launch();
    block.grid = grid;
    block.dim = dim;
    block.launch = launch;
    block.threads = dim.x * dim.y * dim.z;
    for (unsigned i = 0; i < block.threads; ++i) {
        Thread& t = block.thread[i];
        if (t.fiber.bottom == nullptr) make(t.fiber, i, thread_entry);
        t.tid = {i % dim.x, i / dim.x % dim.y, i / dim.x / dim.y};
        t.index = i;
        t.lane = i % kWarp;
        t.warp = i / kWarp;
        t.waits.file = nullptr;
    }
    lay_out_dynamic_shared(launch.shared_bytes);
    host = this_thread();
    const uint64_t blocks = uint64_t{grid.x} * grid.y * grid.z;
    order::Blocks sequence(blocks);
    for (uint64_t i = 0; i < blocks; ++i) {
        const uint64_t b = sequence.next();
        block.index = {static_cast<unsigned>(b % grid.x), static_cast<unsigned>(b / grid.x % grid.y),
                       static_cast<unsigned>(b / grid.x / grid.y)};
        start_block();
        self = nullptr;
        Thread* first = pick();
        self = first;
        switch_fiber(host, first->fiber);
        check_zones();
    }
}

}  // namespace simt
