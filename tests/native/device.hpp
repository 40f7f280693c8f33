// Where the tests' buffers lie for a backend: the host's memory for the CPU and the SIMT harness (so that the
// sanitizers see every access), a copy on the device for CUDA, guard zones included.
#pragma once
#include <cstdlib>
#include <memory>
#include <vector>

#include "trd_test.hpp"
#ifdef TRD_TEST_CUDA
#include <cuda_runtime.h>
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, bytes) ((void)0)
#define ASAN_UNPOISON_MEMORY_REGION(address, bytes) ((void)0)
#endif

namespace trd_test {

inline trd_exec cuda() { return trd_exec{TRD_BACKEND_CUDA, 0, nullptr}; }

// Whether the CUDA backend is to be tested and can run here: the harness always can. TRD_REQUIRE_CUDA=1 makes a missing
// device a failure; TRD_TEST_BACKEND=cpu|cuda tests only one.
inline bool tests_backend(const char* which) {
    const char* only = std::getenv("TRD_TEST_BACKEND");
    return only == nullptr || std::strcmp(only, which) == 0;
}
inline bool has_cuda() {
    if (!tests_backend("cuda")) return false;
    trd_cuda_device info;
    const bool has = trd_cuda_probe(0, &info) == TRD_OK;
    const char* required = std::getenv("TRD_REQUIRE_CUDA");
    if (!has && required != nullptr && required[0] == '1')
        check(false, std::string("CUDA is required: ") + trd_last_error());
    if (!has) std::printf("skipped: CUDA (%s)\n", trd_last_error());
    return has;
}

// The backends to test: the CPU, and CUDA where it can run.
inline std::vector<trd_exec> backends() {
    std::vector<trd_exec> all;
    if (tests_backend("cpu")) all.push_back(cpu());
    if (has_cuda()) all.push_back(cuda());
    return all;
}

inline std::string name(const trd_exec& exec) { return exec.backend == TRD_BACKEND_CUDA ? "cuda" : "cpu"; }

#ifdef TRD_TEST_CUDA
inline void check_cuda(cudaError_t error, const char* what) {
    check(error == cudaSuccess, std::string(what) + ": " + cudaGetErrorString(error));
}
#endif

// Bytes between two guard zones, 256-byte aligned after an offset, in the backend's memory. Filled with 0xFF, NaN in
// every type, until write(). What an op wrote is seen after read(). In the host's memory the sanitizer knows the zones:
// reading one is reported, too.
class Buffer {
public:
    Buffer(const trd_exec& exec, int64_t bytes, int64_t offset = 0)
        : bytes_(bytes), all_(static_cast<size_t>(bytes + offset + kZone + 2 * kZone), kPattern) {
        const auto address = reinterpret_cast<uintptr_t>(all_.data()) + kZone;
        start_ =
            all_.data() + (((address + 255) & ~uintptr_t{255}) - reinterpret_cast<uintptr_t>(all_.data())) + offset;
        std::memset(start_, 0xFF, static_cast<size_t>(bytes));
        device_ = start_;
#ifdef TRD_TEST_CUDA
        if (exec.backend == TRD_BACKEND_CUDA) {
            void* p = nullptr;
            check_cuda(cudaMalloc(&p, all_.size() + 256), "cudaMalloc");
            memory_.reset(p, [](void* m) { cudaFree(m); });
            // The same alignment as on the host.
            base_ = static_cast<uint8_t*>(p) + reinterpret_cast<uintptr_t>(all_.data()) % 256;
            device_ = base_ + (start_ - all_.data());
            write();
        }
#endif
        on_cuda_ = exec.backend == TRD_BACKEND_CUDA;
        poison(true);
    }
    template <class T>
    Buffer(const trd_exec& exec, const std::vector<T>& values, int64_t offset = 0)
        : Buffer(exec, static_cast<int64_t>(values.size() * sizeof(T)), offset) {
        if (!values.empty()) std::memcpy(start_, values.data(), values.size() * sizeof(T));
        write();
    }
    ~Buffer() { poison(false); }
    Buffer(Buffer&&) = default;  // the bytes stay where they are
    Buffer(const Buffer&) = delete;

    // What the op gets.
    void* device() { return device_; }
    template <class T> T* device() { return static_cast<T*>(static_cast<void*>(device_)); }
    // What the test sees.
    template <class T = float> T* host() { return reinterpret_cast<T*>(start_); }
    int64_t bytes() const { return bytes_; }

    // Host to device, guard zones too.
    void write() {
#ifdef TRD_TEST_CUDA
        poison(false);
        if (base_)
            check_cuda(cudaMemcpy(base_, all_.data(), all_.size(), cudaMemcpyHostToDevice), "copy to the device");
        poison(true);
#endif
    }
    // Waits for the device and brings everything back.
    void read() {
#ifdef TRD_TEST_CUDA
        poison(false);
        if (base_)
            check_cuda(cudaMemcpy(all_.data(), base_, all_.size(), cudaMemcpyDeviceToHost), "copy from the device");
        poison(true);
#endif
        if (on_cuda_) digest.add(start_, bytes_);
    }
    bool guards_intact() const {
        poison(false);
        bool intact = true;
        for (const uint8_t* p = all_.data(); p < start_; ++p) intact &= *p == kPattern;
        for (const uint8_t* p = start_ + bytes_; p < all_.data() + all_.size(); ++p) intact &= *p == kPattern;
        poison(true);
        return intact;
    }
    bool untouched() const {
        for (const uint8_t* p = start_; p < start_ + bytes_; ++p)
            if (*p != 0xFF) return false;
        return guards_intact();
    }

private:
    static constexpr int64_t kZone = 256;
    static constexpr uint8_t kPattern = 0xA5;
    void poison([[maybe_unused]] bool yes) const {
        if (all_.empty()) return;  // moved away
        if (yes) {
            ASAN_POISON_MEMORY_REGION(all_.data(), static_cast<size_t>(start_ - all_.data()));
            ASAN_POISON_MEMORY_REGION(start_ + bytes_,
                                      static_cast<size_t>(all_.data() + all_.size() - start_ - bytes_));
        } else {
            ASAN_UNPOISON_MEMORY_REGION(all_.data(), all_.size());
        }
    }
    int64_t bytes_;
    std::vector<uint8_t> all_;
    uint8_t* start_;
    uint8_t* device_;
    uint8_t* base_ = nullptr;
    bool on_cuda_ = false;
    std::shared_ptr<void> memory_;
};

// Feature types: rounding to them and back, as the ops do, to nearest with ties to even.
inline int64_t element_bytes(int32_t type) { return type == TRD_FLOAT32 ? 4 : 2; }
inline const char* type_name(int32_t type) {
    return type == TRD_FLOAT32 ? "fp32" : type == TRD_BFLOAT16 ? "bf16" : "fp16";
}
inline uint16_t to_bfloat16(float v) {
    uint32_t bits;
    std::memcpy(&bits, &v, 4);
    if (v != v) return 0x7fff;
    return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}
inline float from_bfloat16(uint16_t v) {
    const uint32_t bits = uint32_t{v} << 16;
    float f;
    std::memcpy(&f, &bits, 4);
    return f;
}
inline uint16_t to_float16(float v) {
    const _Float16 h = static_cast<_Float16>(v);
    uint16_t bits;
    std::memcpy(&bits, &h, 2);
    return bits;
}
inline float from_float16(uint16_t v) {
    _Float16 h;
    std::memcpy(&h, &v, 2);
    return static_cast<float>(h);
}
inline float rounded(int32_t type, float v) {
    return type == TRD_FLOAT32 ? v : type == TRD_BFLOAT16 ? from_bfloat16(to_bfloat16(v)) : from_float16(to_float16(v));
}

// Features of a type in a backend's memory, from floats; `values` becomes what they were rounded to.
inline Buffer features(const trd_exec& exec, int32_t type, std::vector<float>& values, int64_t offset = 0) {
    for (float& v : values) v = rounded(type, v);
    if (type == TRD_FLOAT32) return Buffer(exec, values, offset);
    std::vector<uint16_t> narrow(values.size());
    for (size_t i = 0; i < values.size(); ++i)
        narrow[i] = type == TRD_BFLOAT16 ? to_bfloat16(values[i]) : to_float16(values[i]);
    return Buffer(exec, narrow, offset);
}

// The features that an op wrote, as floats; count of them from element `from`.
inline std::vector<float> values_of(Buffer& buffer, int32_t type, int64_t count, int64_t from = 0) {
    buffer.read();
    std::vector<float> values(static_cast<size_t>(count));
    for (int64_t i = 0; i < count; ++i) {
        if (type == TRD_FLOAT32) {
            values[static_cast<size_t>(i)] = buffer.host<float>()[from + i];
        } else {
            const uint16_t bits = buffer.host<uint16_t>()[from + i];
            values[static_cast<size_t>(i)] = type == TRD_BFLOAT16 ? from_bfloat16(bits) : from_float16(bits);
        }
    }
    return values;
}

}  // namespace trd_test
