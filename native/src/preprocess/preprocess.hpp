// Data preparation (SPEC section 5) on the CPU; arguments were validated in trd.cpp. The contract stands in trd.h.
//
// A workspace starts with a PlanHeader that says what it was planned for; tables and scratch follow, each 64-byte aligned.
#pragma once
#include <cstdint>

namespace trd::cpu {

enum class Preparation : int64_t { rgb = 0x7472642d726762, depth = 0x7472642d7a, normals = 0x7472642d6e };

struct alignas(64) PlanHeader {
    Preparation op;
    int64_t width, height, size, kernel;
    int64_t across_taps, down_taps;  // rgb: derived from the sizes
    int64_t bytes;                   // of the workspace; set when it is planned
    bool operator==(const PlanHeader& o) const {
        return op == o.op && width == o.width && height == o.height && size == o.size && kernel == o.kernel;
    }
};

// Strided input: stride in bytes. Output: type is a TRD_FLOAT32 or TRD_BFLOAT16.
struct ImageView {
    const uint8_t* data;
    int64_t width, height, stride;
};
struct CloudView {
    const float* data;
    int64_t width, height, stride;
    const float* row(int64_t y) const {
        return reinterpret_cast<const float*>(reinterpret_cast<const uint8_t*>(data) + y * stride);
    }
};
struct Output {
    void* data;
    int32_t type;
    int64_t size;
};

// Why a part cannot be prepared.
enum class PartFault { none, no_foreground };

int64_t preparation_workspace_bytes(const PlanHeader& plan);
void plan_preparation(const PlanHeader& plan, void* workspace);
void prepare_rgb(const ImageView& image, const Output& out, void* workspace);
PartFault prepare_depth(const CloudView& cloud, const Output& out, uint8_t* mask, void* workspace);
PartFault prepare_normals(const CloudView& cloud, const Output& out, uint8_t* mask, void* workspace);

}  // namespace trd::cpu
