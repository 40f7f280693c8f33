// What the tests of the three preparations share: inputs whose surroundings must not be read, planned workspaces,
// results in whatever type, bit comparison.
#pragma once
#include <cstring>

#include "device.hpp"
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace trd_test {

// Rows in a backend's memory, after `offset` bytes. Where it is the host's and the sanitizer runs, a read of what lies
// between the rows, before or behind them is a failure; elsewhere the gaps hold 0xFF.
class Rows {
public:
    Rows(const trd_exec& exec, const void* data, int64_t rows, int64_t row_bytes, int64_t stride, int64_t offset = 0)
        : buffer_(exec, (rows - 1) * stride + row_bytes, offset) {
        auto* to = buffer_.host<uint8_t>();
        for (int64_t y = 0; y < rows; ++y)
            std::memcpy(to + y * stride, static_cast<const uint8_t*>(data) + y * stride,
                        static_cast<size_t>(row_bytes));
        buffer_.write();
#if defined(__SANITIZE_ADDRESS__)
        if (buffer_.device() != to) return;
        for (int64_t y = 0; y + 1 < rows; ++y)
            if (stride > row_bytes) poison(to + y * stride + row_bytes, stride - row_bytes);
        poison(to - kAround, kAround);
        poison(to + buffer_.bytes(), kAround);
#endif
    }
    Rows(const Rows&) = delete;
    ~Rows() {
#if defined(__SANITIZE_ADDRESS__)
        __asan_unpoison_memory_region(buffer_.host<uint8_t>() - kAround,
                                      static_cast<size_t>(buffer_.bytes() + 2 * kAround));
#endif
    }
    template <class T> const T* device() { return buffer_.device<T>(); }

private:
    static constexpr int64_t kAround = 64;  // less than the buffer's guard zones
#if defined(__SANITIZE_ADDRESS__)
    static void poison(const uint8_t* from, int64_t bytes) {
        __asan_poison_memory_region(from, static_cast<size_t>(bytes));
    }
#endif
    Buffer buffer_;
};

// A workspace of exactly the bytes asked for, planned by plan(exec, memory, bytes) on the CPU, in a backend's memory.
struct Workspace {
    int64_t bytes;
    Buffer memory;
    template <class Plan> Workspace(const trd_exec& exec, int64_t n, Plan&& plan) : bytes(n), memory(exec, n) {
        const trd_exec host = cpu();
        expect_status("plan", plan(&host, static_cast<void*>(memory.host<uint8_t>()), bytes), TRD_OK);
        memory.write();
    }
    void* data() { return memory.device(); }
};

// A fault's place, which holds what no call writes.
struct Fault {
    static constexpr int32_t kNothing = -1;
    Buffer memory;
    explicit Fault(const trd_exec& exec) : memory(exec, 4) {}
    int32_t* address() { return memory.device<int32_t>(); }
    int32_t value() {
        memory.read();
        check(memory.guards_intact(), "guard zones of the fault");
        return *memory.host<int32_t>();
    }
};

inline std::vector<int32_t> types_of(const trd_exec& exec) {
    if (exec.backend == TRD_BACKEND_CUDA) return {TRD_FLOAT32, TRD_BFLOAT16, TRD_FLOAT16};
    return {TRD_FLOAT32, TRD_BFLOAT16};
}

inline bool same_bits(Buffer& a, Buffer& b) {
    a.read();
    b.read();
    return a.bytes() == b.bytes() && std::memcmp(a.host(), b.host(), static_cast<size_t>(a.bytes())) == 0;
}

inline bool all_zero(Buffer& a) {
    a.read();
    for (int64_t i = 0; i < a.bytes(); ++i)
        if (a.host<uint8_t>()[i] != 0) return false;
    return a.guards_intact();
}

// got is exact's nearest value of a 16-bit type, the even one of two equally near: checked by its neighbours, not by
// rounding again.
inline bool nearest(int32_t type, uint16_t got, float exact) {
    const auto error = [&](int bits) {
        const auto v = static_cast<uint16_t>(bits);
        return std::fabs(static_cast<double>(type == TRD_BFLOAT16 ? from_bfloat16(v) : from_float16(v)) - exact);
    };
    for (const int step : {-1, 1}) {
        if ((got & 0x7FFF) == 0 && step < 0) continue;  // the neighbour of 0 on the other side is as near as this one
        if (!(error(got) < error(got + step) || (error(got) == error(got + step) && got % 2 == 0))) return false;
    }
    return true;
}

// The results of a 16-bit type in `half` are the nearest to the float results in `full`.
inline void check_rounded(const std::string& what, int32_t type, Buffer& full, Buffer& half) {
    full.read();
    half.read();
    for (int64_t i = 0; i < full.bytes() / 4; ++i) {
        const uint16_t bits = half.host<uint16_t>()[i];
        if (nearest(type, bits, full.host()[i])) continue;
        check(false, what + ": " + type_name(type) + " element " + std::to_string(i) + " has the bits " +
                         std::to_string(bits) + " for " + std::to_string(full.host()[i]));
        return;
    }
    check(half.guards_intact(), what + ": guard zones of " + type_name(type));
}

}  // namespace trd_test
