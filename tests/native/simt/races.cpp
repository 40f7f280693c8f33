#include "races.hpp"

#ifdef TRD_SIMT_RACES
#include <dlfcn.h>

#include <cstdint>
#include <cstdio>
#include <vector>

#include "block.hpp"

namespace simt::races {
namespace {

// Readers: one thread, all of one warp, or any.
constexpr uint32_t kWarpReaders = 1u << 16, kAnyReaders = 1u << 17, kAtomic = 1u << 16;

// Times of the block count its barriers and never start anew: what an earlier block did is older than any time of this
// one.
struct Access {
    uint32_t block_time = 0, warp_time = 0, by = 0;
    const void* code = nullptr;
};
struct Byte {
    Access write, read;
};

struct Region {
    const unsigned char* start = nullptr;
    std::vector<Byte> bytes;
    void cover(const void* p, size_t count) {
        start = static_cast<const unsigned char*>(p);
        if (bytes.size() < count) bytes.resize(count);
        size = count;
    }
    size_t size = 0;
};
Region regions[2];
uint32_t block_time = 1, warp_times[kMostWarps];

Byte* find(const void* p, size_t bytes) {
    for (Region& r : regions) {
        const auto offset = reinterpret_cast<uintptr_t>(p) - reinterpret_cast<uintptr_t>(r.start);
        if (offset < r.size && bytes <= r.size - offset) return &r.bytes[offset];
    }
    return nullptr;
}

unsigned warp_of(uint32_t by) { return by & kWarpReaders ? by & 0xFFFF : by / kWarp; }

// Whether `a` and what the running thread does now are unordered, of different threads.
bool unordered(const Access& a) {
    if (a.block_time != block_time) return false;
    if (a.by & kAnyReaders) return true;
    if (a.by == self->index) return false;
    return warp_of(a.by) != self->warp || a.warp_time == warp_times[self->warp];
}

void describe(char* text, size_t bytes, const char* verb, uint32_t by, const void* code) {
    Dl_info info;
    char place[512] = "?";
    if (code != nullptr && dladdr(code, &info) != 0 && info.dli_fname != nullptr) {
        // The call's own line: one byte before the return address.
        const auto offset = static_cast<const char*>(code) - static_cast<const char*>(info.dli_fbase) - 1;
        char command[1024];
        std::snprintf(command, sizeof command, "addr2line -i -e '%s' 0x%zx 2>/dev/null", info.dli_fname,
                      static_cast<size_t>(offset));
        std::snprintf(place, sizeof place, "%s+0x%zx", info.dli_fname, static_cast<size_t>(offset));
        if (FILE* pipe = popen(command, "r")) {
            char line[512];
            if (std::fgets(line, sizeof line, pipe) != nullptr && line[0] != '?') {
                line[__builtin_strcspn(line, "\n")] = 0;
                std::snprintf(place, sizeof place, "%s", line);
            }
            pclose(pipe);
        }
    }
    if (by & kAnyReaders) std::snprintf(text, bytes, "threads of several warps %s at %s", verb, place);
    else if (by & kWarpReaders) std::snprintf(text, bytes, "lanes of warp %u %s at %s", by & 0xFFFF, verb, place);
    else std::snprintf(text, bytes, "thread %u %s at %s", by, verb, place);
}

[[noreturn]] void report(const Access& earlier, const char* earlier_verb, const char* verb, const void* p,
                         const void* code) {
    char first[640], second[640], all[1400];
    describe(first, sizeof first, earlier_verb, earlier.by, earlier.code);
    describe(second, sizeof second, verb, self->index, code);
    std::snprintf(all, sizeof all, "data race on shared memory, byte %p: %s, %s, without a barrier between them", p,
                  first, second);
    fail(all);
}

void on_read(const void* p, size_t count, const void* code) {
    Byte* byte = find(p, count);
    if (byte == nullptr || self == nullptr) return;
    for (size_t i = 0; i < count; ++i, ++byte) {
        const Access& w = byte->write;
        if (w.by & kAtomic ? w.block_time == block_time : unordered(w))
            report(w, w.by & kAtomic ? "changed it atomically" : "wrote", "reads", static_cast<const char*>(p) + i,
                   code);
        Access& r = byte->read;
        uint32_t by = self->index;
        if (r.block_time == block_time && r.by != by) {
            if (r.by & kAnyReaders || warp_of(r.by) != self->warp) by = kAnyReaders;
            else if (r.warp_time == warp_times[self->warp]) by = kWarpReaders | self->warp;
        }
        r = {block_time, warp_times[self->warp], by, code};
    }
}

void on_write(const void* p, size_t count, const void* code) {
    Byte* byte = find(p, count);
    if (byte == nullptr || self == nullptr) return;
    for (size_t i = 0; i < count; ++i, ++byte) {
        const Access& w = byte->write;
        if (w.by & kAtomic ? w.block_time == block_time : unordered(w))
            report(w, w.by & kAtomic ? "changed it atomically" : "wrote", "writes", static_cast<const char*>(p) + i,
                   code);
        if (unordered(byte->read)) report(byte->read, "read", "writes", static_cast<const char*>(p) + i, code);
        byte->write = {block_time, warp_times[self->warp], self->index, code};
    }
}

}  // namespace

void start_block(const void* shared, size_t bytes, const void* dynamic_shared, size_t dynamic_bytes) {
    regions[0].cover(shared, bytes);
    regions[1].cover(dynamic_shared, dynamic_bytes);
    ++block_time;
}

void block_barrier() { ++block_time; }
void warp_barrier(unsigned warp) { ++warp_times[warp]; }
void read(const void* p, size_t bytes) { on_read(p, bytes, __builtin_return_address(0)); }
void write(const void* p, size_t bytes) { on_write(p, bytes, __builtin_return_address(0)); }

void atomic(const void* p, size_t count) {
    Byte* byte = find(p, count);
    if (byte == nullptr || self == nullptr) return;
    const void* code = __builtin_return_address(0);
    for (size_t i = 0; i < count; ++i, ++byte) {
        if (!(byte->write.by & kAtomic) && unordered(byte->write))
            report(byte->write, "wrote", "changes it atomically", static_cast<const char*>(p) + i, code);
        if (unordered(byte->read))
            report(byte->read, "read", "changes it atomically", static_cast<const char*>(p) + i, code);
        byte->write = {block_time, warp_times[self->warp], kAtomic | self->index, code};
    }
}

}  // namespace simt::races

// What GCC's -fsanitize=thread calls.
#define SIMT_EXPORT extern "C" __attribute__((visibility("hidden")))
#define SIMT_ACCESS(bytes)                                                                                          \
    SIMT_EXPORT void __tsan_read##bytes(void* p) { simt::races::on_read(p, bytes, __builtin_return_address(0)); }   \
    SIMT_EXPORT void __tsan_write##bytes(void* p) { simt::races::on_write(p, bytes, __builtin_return_address(0)); } \
    SIMT_EXPORT void __tsan_unaligned_read##bytes(void* p) {                                                        \
        simt::races::on_read(p, bytes, __builtin_return_address(0));                                                \
    }                                                                                                               \
    SIMT_EXPORT void __tsan_unaligned_write##bytes(void* p) {                                                       \
        simt::races::on_write(p, bytes, __builtin_return_address(0));                                               \
    }                                                                                                               \
    SIMT_EXPORT void __tsan_volatile_read##bytes(void* p) {                                                         \
        simt::races::on_read(p, bytes, __builtin_return_address(0));                                                \
    }                                                                                                               \
    SIMT_EXPORT void __tsan_volatile_write##bytes(void* p) {                                                        \
        simt::races::on_write(p, bytes, __builtin_return_address(0));                                               \
    }
SIMT_ACCESS(1)
SIMT_ACCESS(2)
SIMT_ACCESS(4)
SIMT_ACCESS(8)
SIMT_ACCESS(16)
SIMT_EXPORT void __tsan_read_range(void* p, size_t bytes) {
    simt::races::on_read(p, bytes, __builtin_return_address(0));
}
SIMT_EXPORT void __tsan_write_range(void* p, size_t bytes) {
    simt::races::on_write(p, bytes, __builtin_return_address(0));
}
// The guard of a function's static variable.
SIMT_EXPORT char __tsan_atomic8_load(const volatile char* p, int order) {
    return __atomic_load_n(p, order == 0 ? __ATOMIC_RELAXED : __ATOMIC_ACQUIRE);
}
SIMT_EXPORT void __tsan_init() {}
SIMT_EXPORT void __tsan_func_entry(void*) {}
SIMT_EXPORT void __tsan_func_exit() {}
SIMT_EXPORT void __tsan_vptr_update(void**, void*) {}
SIMT_EXPORT void __tsan_vptr_read(void**) {}
#endif
