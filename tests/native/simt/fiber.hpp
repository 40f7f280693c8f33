// Stacks and the switch between them, x86-64. A switch costs a few nanoseconds; the sanitizer is told of each.
#pragma once
#include <cstddef>

namespace simt {

struct Fiber {
    void* sp = nullptr;      // of the stack, while another fiber runs
    char* bottom = nullptr;  // lowest address of the stack
    size_t bytes = 0;
    void* fake_stack = nullptr;  // AddressSanitizer's
};

// Gives the fiber a stack with a guard page below it, at whose first switch entry() runs; it must never return.
// `colour` moves the stack's top, so that the stacks of a warp's lanes share no cache sets.
void make(Fiber& fiber, unsigned colour, void (*entry)());

// The calling thread's own stack, to come back to.
Fiber this_thread();

// Called first by entry().
void entered();

// Continues `to`; returns when somebody switches back to `from`.
void switch_fiber(Fiber& from, Fiber& to);

}  // namespace simt
