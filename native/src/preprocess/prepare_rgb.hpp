// What lies in the workspace of trd_prepare_rgb.
#pragma once
#include "preprocess/preprocess.hpp"
#include "preprocess/tables.hpp"
#include "workspace.hpp"

namespace trd {

// Sets plan.across_taps and plan.down_taps.
void derive_taps(PlanHeader& plan);

struct RgbWorkspace {
    PillowAxis across, down;
    uint8_t* between;  // [height, pitch]: columns resized, rows not yet
    int64_t pitch, bytes;

    RgbWorkspace(const PlanHeader& plan, void* start);
    void fill(const PlanHeader& plan);

private:
    int32_t *across_first, *across_weights, *down_first, *down_weights;
    int16_t* across_split;
};

}  // namespace trd
