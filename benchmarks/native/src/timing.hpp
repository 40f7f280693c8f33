// Times of an op, and what the same device reaches at best, both by events on one stream.
#pragma once
#include <cstdint>
#include <vector>

#include "op.hpp"

namespace trd_kernels {

// Microseconds of one call, over the repetitions.
struct Times {
    double minimum, median, p99;
};

struct Timed {
    Times cold;  // every call meets memory that no cache holds, as far as the copies go
    Times warm;  // the same call again and again
    int calls;   // in a repetition
};

// One launch of `calls` captured calls is a repetition; before each, more than the second-level cache is written.
Timed measure(const std::vector<Copy>& all, int repetitions);

// Measured now, on this device.
struct Ceilings {
    double copy_bytes;                 // per second, read and written, device to device
    double mma_half, mma_bfloat, fma;  // operations per second; multiply and add are two
    double empty_us;                   // of a captured kernel that does nothing, one after the other
    double of(int32_t type) const { return type == TRD_FLOAT16 ? mma_half : type == TRD_BFLOAT16 ? mma_bfloat : fma; }
};

Ceilings measure_ceilings(int repetitions);

// Queue kernels that do nothing but multiply; return their operations. 0, and the error stays, when a launch is
// refused.
enum class Multiply { kHalf, kBfloat, kFloat };
double launch_multiply(Multiply what, int multiprocessors, float* out, void* stream);
void launch_empty(void* stream);

}  // namespace trd_kernels
