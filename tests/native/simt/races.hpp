// Data races on shared memory. The kernels are compiled with -fsanitize=thread, whose calls before each load and store
// end here instead of in its own library (which knows nothing of fibers). For each byte of a block's shared memory its
// last write and last reads are kept; two accesses by different threads, one of them a write, need a barrier between
// them: __syncthreads, or __syncwarp within a warp. Shuffles, votes and mma order no memory. Atomic operations do not
// race with each other. Exact whatever the order in which threads run; a __syncwarp of part of a warp counts as one of
// the whole.
#pragma once
#include <cstddef>

namespace simt::races {

#ifdef TRD_SIMT_RACES
void start_block(const void* shared, size_t bytes, const void* dynamic_shared, size_t dynamic_bytes);
void block_barrier();
void warp_barrier(unsigned warp);
void atomic(const void* p, size_t bytes);
// By the harness for the thread that runs: ldmatrix, cp.async.
void read(const void* p, size_t bytes);
void write(const void* p, size_t bytes);
#else
inline void start_block(const void*, size_t, const void*, size_t) {}
inline void block_barrier() {}
inline void warp_barrier(unsigned) {}
inline void atomic(const void*, size_t) {}
inline void read(const void*, size_t) {}
inline void write(const void*, size_t) {}
#endif

}  // namespace simt::races
