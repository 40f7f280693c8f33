// A part's area (trd_area) as rows of the frame.
#pragma once
#include <cstdint>

#include "trd.h"

namespace trd {

// Columns [left, right) of a row that hold all of its area; none: left = right.
struct Extent {
    int32_t left, right;
};

void fill_extents(const trd_area& area, Extent* extents);  // [size]

// Packed values as an image [size, size], 0 beyond the area.
void spread(const float* packed, const trd_area& area, float* image);

}  // namespace trd
