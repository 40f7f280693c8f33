// One row of the benchmark: an op at one shape, in so many copies of its memory that a batch of launches never meets in
// the cache what another launch left there.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "memory.hpp"

namespace trd_kernels {

// Where an op of one copy writes: rows of `columns` elements, `stride` elements apart, from element `first`.
struct Output {
    enum Kind { kFeatures, kStatus };
    const Memory* memory;
    int32_t type;
    int64_t first, rows, columns, stride;
    Kind kind = kFeatures;  // kStatus: an int32 that must be TRD_OK
};

// One copy: its memory, its outputs, and the call.
struct Copy {
    std::vector<std::unique_ptr<Memory>> memory;
    std::vector<Output> outputs;
    std::function<trd_status(const trd_exec&)> run;

    Memory* add(int64_t bytes) { return (memory.push_back(std::make_unique<Memory>(bytes)), memory.back().get()); }
    Memory* add(const void* host, int64_t bytes) {
        return (memory.push_back(std::make_unique<Memory>(host, bytes)), memory.back().get());
    }
    Memory* add(const std::vector<uint8_t>& host) { return add(host.data(), static_cast<int64_t>(host.size())); }
    // Dense features.
    void writes(const Memory* to, int32_t type, int64_t count) { outputs.push_back({to, type, 0, 1, count, count}); }
    int64_t bytes() const {
        int64_t sum = 0;
        for (const auto& m : memory) sum += m->bytes();
        return sum;
    }
};

struct Op {
    std::string name, shape;
    int32_t type;
    double bytes;  // that must cross the memory bus when nothing is in the cache: every input once, every output once
    double flops;  // multiply and add are two
    bool memory_bound_goal;                   // where memory bounds it: at least 80 % of the measured copy bandwidth
    std::function<Copy(uint32_t seed)> make;  // the same numbers for the same seed
};

// Every op at the shapes of a backbone; smoke: small shapes of the same kind.
struct Shapes {
    std::string backbone;
    int64_t size;     // S
    int64_t c1;       // channels of the first scale
    bool bottleneck;  // blocks of wide_resnet50_2, not resnet18's
    int64_t divisor;  // of the convolutions' channels; smoke: as c1's
    int64_t raw;      // side of the sensors' images
    bool smoke;
    int64_t side(int scale) const { return size / 4 >> scale; }
    int64_t channels(int scale) const { return c1 << scale; }
};

std::vector<Op> map_ops(const Shapes& shapes);
std::vector<Op> prepare_ops(const Shapes& shapes);
std::vector<Op> convolution_ops(const Shapes& shapes);
std::vector<Op> tuner_ops(const Shapes& shapes);

inline const std::vector<int32_t>& types() {
    static const std::vector<int32_t> all = {TRD_FLOAT16, TRD_BFLOAT16, TRD_FLOAT32};
    return all;
}

// Copies of an op, at least two, as many as fit the budget up to `most`.
std::vector<Copy> copies(const Op& op, int most);

// Runs the first copy twice and the last one, which holds the same, once: everything written is finite and has the same
// bits. Returns what is wrong, "" when nothing is.
std::string check(const std::vector<Copy>& all);

trd_exec on_device(void* stream);

}  // namespace trd_kernels
