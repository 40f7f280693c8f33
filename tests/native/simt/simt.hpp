// The SIMT harness: what src/cuda/device.hpp includes instead of CUDA when a kernel file is compiled as C++ (TRD_SIMT).
// A kernel runs on the CPU, one fiber per CUDA thread, one block after the other, in an order that TRD_SIMT_ORDER
// chooses (ascending, descending, random[:seed]). What is undefined on a device is reported here, with kernel, block
// and threads, and ends the process: a barrier that not all threads meet, a shuffle from a lane that does not take
// part, a copy that was not waited for, accesses outside of shared memory, misaligned rows; other accesses are the
// sanitizers' task.
//
//   language.hpp    keywords, built-in variables, vector types, launches, barriers, arithmetic intrinsics
//   warp.hpp        shuffles, votes, reductions: operations of the lanes of a warp
//   atomics.hpp     atomic operations and fences
//   matrix.hpp      half_t, bfloat_t, tf32_t; cp.async, ldmatrix, mma: what device.hpp declares over PTX
//   runtime_api.hpp the CUDA runtime as far as libtrd calls it; TRD_SIMT_FAULT makes it fail
//   block.hpp       the block that runs: threads, warps, shared memory, the report of a fault
//   fiber.hpp       stacks and the switch between them
//   races.hpp       the race detector behind -fsanitize=thread's calls (TRD_SIMT_RACES)
//
// What it cannot show: the order of memory between blocks, bank conflicts, registers, time.
#pragma once
#include "atomics.hpp"
#include "language.hpp"
#include "matrix.hpp"
#include "runtime_api.hpp"
#include "warp.hpp"
