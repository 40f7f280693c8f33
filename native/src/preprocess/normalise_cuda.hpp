// What the three preparations on CUDA end with: a channel normalised as the CPU does it, in whatever type.
#pragma once
#include "cuda/device.hpp"
#include "preprocess/tables.hpp"

namespace trd::cuda {
namespace {

constexpr float kMean0 = kMean[0], kMean1 = kMean[1], kMean2 = kMean[2];
constexpr float kDeviation0 = kDeviation[0], kDeviation1 = kDeviation[1], kDeviation2 = kDeviation[2];

template <class T> __device__ __forceinline__ T normalised(float v, int channel) {
    const float mean = channel == 0 ? kMean0 : channel == 1 ? kMean1 : kMean2;
    const float deviation = channel == 0 ? kDeviation0 : channel == 1 ? kDeviation1 : kDeviation2;
    return from_float<T>((v - mean) / deviation);
}

// body(T{}) with T the element type that `type` names.
template <class Body> void with_type(int32_t type, Body&& body) {
    if (type == TRD_FLOAT16) return body(half_t{});
    if (type == TRD_BFLOAT16) return body(bfloat_t{});
    body(float{});
}

}  // namespace
}  // namespace trd::cuda
