// Steps 2 to 5 of SPEC section 5 on a plane of float z and bits, and what lies in the workspaces of trd_prepare_depth
// and trd_prepare_normals.
#pragma once
#include "preprocess/background_plane.hpp"
#include "preprocess/preprocess.hpp"
#include "preprocess/tables.hpp"
#include "workspace.hpp"

namespace trd {

// The depth image: rows of width pixels, padded to whole words of 64. z is [height, pitch]; each set of bits [height,
// words].
struct DepthPlane {
    int64_t width = 0, height = 0, words = 0, pitch = 0;
    float* z = nullptr;
    uint64_t *foreground = nullptr, *scratch = nullptr, *valid = nullptr;  // foreground: after the closing
    float* range =
        nullptr;  // smallest and largest foreground z: of each row; on CUDA of each of its kRanges blocks at most

    static constexpr int64_t kRanges = 1024;

    DepthPlane() = default;
    DepthPlane(WorkspaceLayout& layout, int64_t w, int64_t h)
        : width(w), height(h), words((w + 63) / 64), pitch(words * 64), z(layout.take<float>(h * pitch)),
          foreground(layout.take<uint64_t>(h * words)), scratch(layout.take<uint64_t>(h * words)),
          valid(layout.take<uint64_t>(h * words)), range(layout.take<float>(2 * (h > kRanges ? h : kRanges))) {}
};

struct DepthWorkspace {
    int32_t* column;  // [size]: index of the first coordinate of the point that each output column takes, in its row
    DepthPlane plane;
    int64_t bytes;
    DepthWorkspace(const PlanHeader& plan, void* start);
    void fill(const PlanHeader& plan);
};

struct NormalsWorkspace {
    Sobel* sobel;
    int32_t *column, *row;                  // [size]: left and upper pixel of the four that each output takes
    float *column_fraction, *row_fraction;  // [size]: weight of the right and the lower one
    int32_t* tile;  // [size + 2]: [0] = their number, then each one's first output column, then size
    DepthPlane plane;
    int64_t bytes;
    NormalsWorkspace(const PlanHeader& plan, void* start);
    void fill(const PlanHeader& plan);
};

// Where a tile of normals that reads from this column starts.
inline int64_t tile_start(int64_t column) { return column / 16 * 16; }

namespace cpu {

// Runs inside a parallel region, by all its threads: closing, scaling and two fills of plane.z, where plane.foreground
// holds the foreground before the closing, for all rows. Returns whether there is foreground; all threads return the
// same.
bool finish_depth(const DepthPlane& plane, float low, float high);

// The foreground bits as bytes 0 and 1, [height, width]; inside a parallel region.
void write_mask(const DepthPlane& plane, uint8_t* mask);

}  // namespace cpu
}  // namespace trd
