// The background plane through three corners of an organised cloud (SPEC section 5, step 2). One source for both
// backends: the foreground is the same to the bit only if every operation here is (no contraction to fused
// multiply-adds).
#pragma once
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "preprocess/tables.hpp"

namespace trd {

constexpr float kPlaneDistance = 0.005f;  // metres
// Three corners span a plane when the sine of their angle is above this; float rounding stays far below.
constexpr double kMinSine = 1e-5;

// The background plane of an organised cloud whose point (x, y) is point(x, y), a float[3].
class Corners {
public:
    // Adds the 3 x 3 points of one corner; corner 0 = top left, 1 = top right, 2 = bottom left.
    TRD_HOST_DEVICE void add(int corner, const float* point) {
        for (int c = 0; c < 3; ++c)
            if (!(fabsf(point[c]) <= kMaxCoordinate)) return;  // missing: adds nothing
        for (int c = 0; c < 3; ++c) sum_[corner][c] += point[c];
        count_[corner] += point[2] != 0 ? 1 : 0;
    }

    TRD_HOST_DEVICE Plane plane() const {
        float p[3][3];
        for (int i = 0; i < 3; ++i)
            for (int c = 0; c < 3; ++c)
                // Without a valid point the sum is 0 as well, unless x or y were measured without z: no corner then.
                p[i][c] = count_[i] == 0 ? 0 : sum_[i][c] / static_cast<float>(count_[i]);
        const float ax = p[2][0] - p[0][0], ay = p[2][1] - p[0][1], az = p[2][2] - p[0][2];
        const float bx = p[1][0] - p[0][0], by = p[1][1] - p[0][1], bz = p[1][2] - p[0][2];
        Plane plane{ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx, 0, 0};
        plane.offset = -(plane.nx * p[0][0] + plane.ny * p[0][1] + plane.nz * p[0][2]);
        const float length = sqrtf(plane.nx * plane.nx + plane.ny * plane.ny + plane.nz * plane.nz);
        const double sides = sqrt((square(ax) + square(ay) + square(az)) * (square(bx) + square(by) + square(bz)));
        if (!(length > kMinSine * sides && length <= FLT_MAX))
            return Plane{0, 0, 0, 0, 0};  // no plane: every point is apart from it
        // The smallest distance d with d / length > kPlaneDistance, so that the points need no division. Rounded
        // division is monotonic, so stepping to the boundary gives exactly the same decisions.
        plane.threshold = kPlaneDistance * length;
        while (plane.threshold > 0 && plane.threshold / length > kPlaneDistance)
            plane.threshold = neighbour(plane.threshold, -1);
        while (!(plane.threshold / length > kPlaneDistance)) plane.threshold = neighbour(plane.threshold, 1);
        return plane;
    }

private:
    TRD_HOST_DEVICE static double square(float v) { return static_cast<double>(v) * static_cast<double>(v); }
    // The next float up or down, of a float that is neither negative nor leaves the finite ones.
    TRD_HOST_DEVICE static float neighbour(float v, int step) {
        uint32_t bits;
        memcpy(&bits, &v, sizeof bits);
        bits += static_cast<uint32_t>(step);
        memcpy(&v, &bits, sizeof v);
        return v;
    }

    float sum_[3][3] = {};
    int count_[3] = {};
};

}  // namespace trd
