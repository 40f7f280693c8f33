// Memory that an op reads or writes, in bytes: dense, or a slice of every row of a concatenation.
#pragma once
#include <cstdint>

#include "entry/entry.hpp"

namespace trd::entry {

struct Slice {
    const void* address;
    int64_t width, stride, rows;  // rows of `width` bytes, one every `stride` bytes
};

inline Slice dense(const void* address, int64_t bytes) { return {address, bytes, bytes, 1}; }

// Two slices of the same concatenation do not overlap when their columns do not; all others must lie apart.
inline bool overlap(const Slice& a, const Slice& b) {
    const auto x = reinterpret_cast<uintptr_t>(a.address), y = reinterpret_cast<uintptr_t>(b.address);
    const Slice& low = x < y ? a : b;
    const Slice& high = x < y ? b : a;
    const uintptr_t distance = x < y ? y - x : x - y;
    if (distance >= static_cast<uintptr_t>((low.rows - 1) * low.stride + low.width)) return false;
    if (a.stride != b.stride || a.rows == 1 || b.rows == 1) return true;
    const auto column = static_cast<int64_t>(distance % static_cast<uintptr_t>(low.stride));
    return column < low.width || column + high.width > low.stride;
}

}  // namespace trd::entry
