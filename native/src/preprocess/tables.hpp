// Constants of the preparation, and what a plan or a cloud gives it to compute with. One definition for both backends.
#pragma once
#include <cstdint>

#ifdef __CUDACC__
#define TRD_HOST_DEVICE __host__ __device__
#else
#define TRD_HOST_DEVICE
#endif

namespace trd {

constexpr float kMean[3] = {0.485f, 0.456f, 0.406f};
constexpr float kDeviation[3] = {0.229f, 0.224f, 0.225f};

constexpr float kMaxCoordinate =
    1e6f;  // metres; a point with a coordinate beyond is missing, as is one that is not finite

// One axis of Pillow's resize: output i is the weighted sum of the inputs first[i] .. first[i] + taps - 1, in fixed
// point of kPillowBits. taps is the same for all i (weights beyond an output's own are 0) and at most the input's
// extent.
constexpr int kPillowBits = 32 - 8 - 2;
struct PillowAxis {
    int64_t taps;
    const int32_t* first;    // [size]
    const int32_t* weights;  // [size, taps]
    const int16_t*
        split;  // [size, taps / 8, 2, 8]: weight = split[0] * 2^11 + split[1]; only where taps is a multiple of 8
};

// Background plane: a point is foreground where |x nx + y ny + z nz + offset| >= threshold and z != 0.
struct Plane {
    float nx, ny, nz, offset, threshold;
};

// Coefficients c[0..radius] of a Sobel aperture: smoothing is symmetric, slope antisymmetric (slope[0] = 0).
constexpr int kMaxRadius = 15;
struct Sobel {
    int radius;
    float smooth[kMaxRadius + 1], slope[kMaxRadius + 1];
};

}  // namespace trd
