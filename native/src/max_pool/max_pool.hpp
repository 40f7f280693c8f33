// Largest of each 3x3 window, stride 2, padding 1: the stem's pooling.
#pragma once
#include <cstdint>

#include "trd.h"

namespace trd {

struct MaxPool {
    int32_t type;
    const void* in;  // [n, h, w, c]
    void* out;       // [n, out_h, out_w, c]
    int64_t n, h, w, c;
    int64_t out_h() const { return (h + 1) / 2; }
    int64_t out_w() const { return (w + 1) / 2; }
};

namespace cuda {
void max_pool(const trd_exec& exec, const MaxPool& pool);
}
}  // namespace trd
