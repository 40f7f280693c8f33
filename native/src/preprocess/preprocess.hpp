// Data preparation (SPEC section 5). Arguments are already validated (entry/preprocess.cpp); the contract stands in
// trd.h.
//
// A workspace starts with a PlanHeader that says what it was planned for; tables and scratch follow, each 64-byte
// aligned.
#pragma once
#include <cstdint>

namespace trd {

enum class Preparation : int64_t {
    rgb = 0x7472642d726762,
    depth = 0x7472642d7a,
    normals = 0x7472642d6e,
    metric = 0x7472642d6d
};

struct alignas(64) PlanHeader {
    Preparation op;
    int64_t width, height, size, kernel;
    int64_t across_taps, down_taps;  // rgb: derived from the sizes
    int64_t bytes;                   // of the workspace; set when it is planned
    bool operator==(const PlanHeader& o) const {
        return op == o.op && width == o.width && height == o.height && size == o.size && kernel == o.kernel;
    }
};

// What a sensor gave; stride in bytes from one row to the next.
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
// The network's input, [size, size, 3].
struct Prepared {
    void* data;
    int32_t type;  // TRD_FLOAT32, TRD_BFLOAT16, on CUDA also TRD_FLOAT16
    int64_t size;
};

// Of what a sensor gave, columns or rows and all pixels; of an output, pixels along a side.
constexpr int64_t kMaxSide = int64_t{1} << 20, kMaxPixels = int64_t{1} << 30, kMaxSize = 4096;

constexpr double kMaxDeviation = 170;  // of a Gaussian of the metric geometry, pixels

// Scales of the metric geometry, which its workspace is planned for.
struct MetricScales {
    double smooth, relief;          // deviations of the Gaussians, pixels of the output
    double slope_gain;              // slope in the image for a height that changes by 1 m from a pixel to the next
    double relief_metres;           // height over the surroundings at which the relief is tanh(1)
    double ground_metres;           // nothing is shown of what is no higher above the plane, or lower; 0 = all is
};

// Why a part cannot be prepared.
enum class PartFault { none, no_foreground };

int64_t preparation_workspace_bytes(const PlanHeader& plan);
// On the CPU, for both backends.
void plan_preparation(const PlanHeader& plan, void* workspace);
void plan_metric(const PlanHeader& plan, const MetricScales& scales, void* workspace);

namespace cpu {

void prepare_rgb(const ImageView& image, const Prepared& out, void* workspace);
PartFault prepare_depth(const CloudView& cloud, const Prepared& out, uint8_t* mask, void* workspace);
PartFault prepare_normals(const CloudView& cloud, const Prepared& out, uint8_t* mask, void* workspace);
void prepare_metric(const CloudView& cloud, const Prepared& out, const float* plane, void* workspace);
// Channels of a view, float [size, size, 4].
void view_colour(const ImageView& image, float* out, int64_t size);
void view_relief(const CloudView& cloud, float* out, int64_t size, const float* plane);

}  // namespace cpu
}  // namespace trd
