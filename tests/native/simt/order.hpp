// Who runs next. A race hides in one order and shows in another: tests run in three.
//   TRD_SIMT_ORDER=ascending   (default) warp after warp, lane after lane, each as far as it comes; blocks by index
//   TRD_SIMT_ORDER=descending  the other way round, blocks too
//   TRD_SIMT_ORDER=random:SEED any ready warp and lane after each stop, blocks shuffled; the same for the same seed
#pragma once
#include <cstdint>
#include <vector>

namespace simt::order {

// Reads the environment.
void start_launch();

// Which of the ready warps (bits, not 0) continues after `current`, and which of its ready lanes.
unsigned warp(unsigned ready, unsigned current);
unsigned lane(unsigned ready);

// Whether a thread that could go on stops for the others first.
bool pauses();

class Blocks {
public:
    explicit Blocks(uint64_t count);
    uint64_t next();

private:
    uint64_t count_, at_ = 0;
    std::vector<uint64_t> shuffled_;
};

}  // namespace simt::order
