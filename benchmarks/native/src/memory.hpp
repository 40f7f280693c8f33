// Memory of the device, 256-byte aligned; the host's where the kernels run on the CPU. And what fills it.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "trd.h"

namespace trd_kernels {

// Ends the program: there is nothing to time any more. Exit code 1.
[[noreturn]] void fail(const std::string& what);

class Memory {
public:
    // Every byte is 0xFF, which is NaN in every type of features: what an op leaves out is seen.
    explicit Memory(int64_t bytes);
    Memory(const void* host, int64_t bytes);
    ~Memory();
    Memory(Memory&& from) noexcept : data_(from.data_), bytes_(from.bytes_) { from.data_ = nullptr; }
    Memory(const Memory&) = delete;

    template <class T = void> T* data() const { return static_cast<T*>(data_); }
    int64_t bytes() const { return bytes_; }
    void clear() const;                 // 0xFF again
    std::vector<uint8_t> read() const;  // waits for the device

private:
    void* data_ = nullptr;
    int64_t bytes_;
};

// Free bytes that may be used for copies of an op's memory.
int64_t memory_budget();

int64_t element_bytes(int32_t type);
const char* type_name(int32_t type);

// The same numbers for the same seed, between low and high.
std::vector<float> uniform(int64_t count, uint32_t seed, float low, float high);

// Values of a type. Their rounding is not the ops' to the bit: benchmarks need no more.
std::vector<uint8_t> features(int32_t type, const std::vector<float>& values);
bool is_finite(int32_t type, const uint8_t* element);

}  // namespace trd_kernels
