// What the tests of the three preparations share: bfloat16, workspaces with guard zones, bit comparison.
#pragma once
#include <cstring>

#include "trd_test.hpp"

namespace trd_test {

inline float from_bfloat16(uint16_t v) {
    const uint32_t bits = static_cast<uint32_t>(v) << 16;
    float f;
    std::memcpy(&f, &bits, sizeof f);
    return f;
}

// got is exact's nearest bfloat16, the even one of two equally near: checked by its neighbours, not by rounding again.
inline bool nearest_bfloat16(uint16_t got, float exact) {
    const double error = std::fabs(static_cast<double>(from_bfloat16(got)) - exact);
    for (const int step : {-1, 1}) {
        const double other = std::fabs(static_cast<double>(from_bfloat16(static_cast<uint16_t>(got + step))) - exact);
        if (!(error < other || (error == other && got % 2 == 0))) return false;
    }
    return true;
}

// A planned workspace of exactly the bytes asked for, between guard zones.
struct Workspace {
    int64_t bytes;
    Guarded memory;
    explicit Workspace(int64_t n) : bytes(n), memory(n / 4) {}
    void* data() { return memory.data(); }
};

inline bool same_bits(Guarded& a, Guarded& b) {
    return std::memcmp(a.data(), b.data(), static_cast<size_t>(a.count()) * 4) == 0;
}

// The bfloat16 results in `half` are the nearest to the float results in `full`.
inline void check_bfloat16(const std::string& what, Guarded& full, Guarded& half) {
    const auto* values = reinterpret_cast<const uint16_t*>(half.data());
    for (int64_t i = 0; i < full.count(); ++i) {
        if (nearest_bfloat16(values[i], full.data()[i])) continue;
        check(false, what + ": bfloat16 element " + std::to_string(i) + " is " + std::to_string(from_bfloat16(values[i])) +
                         " for " + std::to_string(full.data()[i]));
        return;
    }
    check(half.guards_intact(), what + ": guard zones of bfloat16");
}

}  // namespace trd_test
