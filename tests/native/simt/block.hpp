// The block that runs: its threads, warps and shared memory, and the report that ends the process when a kernel does
// what is undefined. One block runs at a time; launches from several host threads wait for each other.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "fiber.hpp"

struct uint3 {
    unsigned x, y, z;
};
struct dim3 {
    unsigned x, y, z;
    constexpr dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1) : x(x_), y(y_), z(z_) {}
};

namespace simt {

constexpr unsigned kWarp = 32, kMostThreads = 1024, kMostWarps = kMostThreads / kWarp;

// A place in a kernel's source. Two operations on one line differ in their number.
struct Site {
    const char* file;
    int line, number;
    bool operator==(const Site& o) const { return line == o.line && number == o.number; }
    bool operator!=(const Site& o) const { return !(*this == o); }
};

struct Copy {
    void* to;
    const void* from;  // null: zeros
    size_t bytes;
};

// cp.async of one thread: copies in the order of their issue, and where each committed group ends.
struct Copies {
    std::vector<Copy> queue;
    std::vector<size_t> ends;
    size_t done = 0, groups_done = 0;
};

struct Thread {
    Fiber fiber;
    uint3 tid;
    unsigned index, lane, warp;
    Site waits;
    Copies copies;
};

// Lanes that gather for one operation of a warp.
struct Meeting {
    unsigned mask, arrived = 0;
    const char* operation;
    Site site;
};

// What lanes put down for an operation and pick up after it; a lane touches its own slots only, the last to arrive all
// of its mask.
struct Exchange {
    uint64_t in[kWarp], out[kWarp];
    int argument[kWarp];
    const void* rows[kWarp];
    uint32_t matrices[kWarp][4];
    // mma's operands: a row-major, b by columns of c (k16: 16-bit [k][n], k8: 32-bit [k][n]), c row-major.
    alignas(32) uint32_t a[16][8];
    alignas(32) uint32_t b[64];
    alignas(32) float c[16][8];
};

struct Warp {
    unsigned ready = 0, exited = 0;  // a bit for each lane
    Meeting meetings[kWarp];         // by the lowest lane of the mask
    Exchange exchange;
};

struct Launch {
    const char* kernel;
    const char* file;
    int line;
    const void* function;
    size_t shared_bytes;
    void (*run)(void*);
    void* arguments;
};

struct Block {
    uint3 index;
    dim3 dim, grid;
    unsigned threads = 0, alive = 0, arrived = 0;
    unsigned warps_ready = 0;  // a bit for each warp with a ready lane
    unsigned votes = 0, ballot = 0;
    Site barrier;
    unsigned char* dynamic_shared = nullptr;
    Launch launch{};
    Thread thread[kMostThreads];
    Warp warp[kMostWarps];
};

extern Block block;
extern Thread* self;  // the thread that runs; null on the host

// Counts what happened, for benchmarks of the harness.
extern uint64_t switches;

[[noreturn]] void fail(const char* what);

// Waits until somebody makes this thread ready.
void wait(const Site& site);
// Makes lanes of this thread's warp ready.
void wake(unsigned lanes);

// True for the last lane of the mask to arrive, which does the operation and calls release(); the others return when it
// did.
bool meet(unsigned mask, const char* operation, const Site& site);
void release(unsigned mask);

// __syncthreads; returns how many threads voted.
unsigned barrier(const Site& site, bool vote);

// Whether all bytes are this block's static or dynamic shared memory.
bool is_shared(const void* p, size_t bytes);

// Runs the whole grid; refused launches set the runtime's error instead.
void run(dim3 grid, dim3 dim, const Launch& launch);

}  // namespace simt
