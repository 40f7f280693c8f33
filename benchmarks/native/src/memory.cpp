#include "memory.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#ifdef TRD_KERNELS_TIMED
#include "device.hpp"
#endif

namespace trd_kernels {

void fail(const std::string& what) {
    std::fprintf(stderr, "trd-kernels: %s\n", what.c_str());
    std::exit(1);
}

#ifdef TRD_KERNELS_TIMED
Memory::Memory(int64_t bytes) : bytes_(bytes) {
    check_cuda(cudaMalloc(&data_, static_cast<size_t>(std::max<int64_t>(bytes, 1))), "allocating device memory");
    clear();
}

Memory::~Memory() { cudaFree(data_); }

void Memory::clear() const {
    check_cuda(cudaMemset(data_, 0xFF, static_cast<size_t>(bytes_)), "filling device memory");
}

Memory::Memory(const void* host, int64_t bytes) : Memory(bytes) {
    check_cuda(cudaMemcpy(data_, host, static_cast<size_t>(bytes), cudaMemcpyHostToDevice), "copying to the device");
}

std::vector<uint8_t> Memory::read() const {
    std::vector<uint8_t> host(static_cast<size_t>(bytes_));
    check_cuda(cudaMemcpy(host.data(), data_, host.size(), cudaMemcpyDeviceToHost), "copying from the device");
    return host;
}

int64_t memory_budget() {
    size_t available = 0, all = 0;
    check_cuda(cudaMemGetInfo(&available, &all), "asking for the free memory");
    return std::min<int64_t>(int64_t{1} << 30, static_cast<int64_t>(available / 4));
}
#else
// Exactly so many bytes: the sanitizers see what is read or written behind them. aligned_alloc wants whole alignments.
Memory::Memory(int64_t bytes) : bytes_(bytes) {
    if (posix_memalign(&data_, 256, static_cast<size_t>(std::max<int64_t>(bytes, 1))) != 0) fail("no memory");
    clear();
}

Memory::~Memory() { std::free(data_); }

void Memory::clear() const { std::memset(data_, 0xFF, static_cast<size_t>(bytes_)); }

Memory::Memory(const void* host, int64_t bytes) : Memory(bytes) {
    std::memcpy(data_, host, static_cast<size_t>(bytes));
}

std::vector<uint8_t> Memory::read() const { return std::vector<uint8_t>(data<uint8_t>(), data<uint8_t>() + bytes_); }

int64_t memory_budget() { return 1; }  // two copies of everything, see copies()
#endif

int64_t element_bytes(int32_t type) { return type == TRD_FLOAT32 ? 4 : 2; }

const char* type_name(int32_t type) { return type == TRD_FLOAT32 ? "fp32" : type == TRD_BFLOAT16 ? "bf16" : "fp16"; }

std::vector<float> uniform(int64_t count, uint32_t seed, float low, float high) {
    std::vector<float> values(static_cast<size_t>(count));
    uint64_t state = (uint64_t{seed} + 1) * 0x9E3779B97F4A7C15u;
    for (float& v : values) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        v = low + (high - low) * static_cast<float>(state >> 40) * 0x1p-24f;
    }
    return values;
}

namespace {

uint16_t to_half(float v) {  // normal numbers below 65504; smaller ones become 0
    uint32_t bits;
    std::memcpy(&bits, &v, 4);
    const auto sign = static_cast<uint16_t>(bits >> 16 & 0x8000);
    const uint32_t magnitude = bits & 0x7FFFFFFF;
    if (magnitude < 0x38800000) return sign;
    return static_cast<uint16_t>(sign | (magnitude - 0x38000000 + 0x1000) >> 13);
}

uint16_t to_bfloat(float v) {
    uint32_t bits;
    std::memcpy(&bits, &v, 4);
    return static_cast<uint16_t>((bits + 0x8000) >> 16);
}

}  // namespace

std::vector<uint8_t> features(int32_t type, const std::vector<float>& values) {
    std::vector<uint8_t> bytes(values.size() * static_cast<size_t>(element_bytes(type)));
    if (type == TRD_FLOAT32) {
        std::memcpy(bytes.data(), values.data(), bytes.size());
        return bytes;
    }
    for (size_t i = 0; i < values.size(); ++i) {
        const uint16_t bits = type == TRD_BFLOAT16 ? to_bfloat(values[i]) : to_half(values[i]);
        std::memcpy(bytes.data() + 2 * i, &bits, 2);
    }
    return bytes;
}

bool is_finite(int32_t type, const uint8_t* element) {
    if (type == TRD_FLOAT32) {
        float v;
        std::memcpy(&v, element, 4);
        return std::isfinite(v);
    }
    uint16_t bits;
    std::memcpy(&bits, element, 2);
    const uint16_t exponent = type == TRD_BFLOAT16 ? 0x7F80 : 0x7C00;
    return (bits & exponent) != exponent;
}

}  // namespace trd_kernels
