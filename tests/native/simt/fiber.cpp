#include "fiber.hpp"

#include <pthread.h>
#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#ifdef TRD_SIMT_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

// Saves the callee-saved registers, swaps the stacks. The return of every fiber that waits in the same place goes to
// the same address: the processor predicts it.
extern "C" __attribute__((visibility("hidden"))) void simt_switch(void** from, void* to);
asm(R"(.text
.globl simt_switch
.hidden simt_switch
.type simt_switch, @function
simt_switch:
  push %rbp
  push %rbx
  push %r12
  push %r13
  push %r14
  push %r15
  mov %rsp,(%rdi)
  mov %rsi,%rsp
  pop %r15
  pop %r14
  pop %r13
  pop %r12
  pop %rbx
  pop %rbp
  ret
.size simt_switch, .-simt_switch
)");

namespace simt {
namespace {

constexpr size_t kStack = size_t{256} << 10, kGuard = 4096;

}  // namespace

void make(Fiber& fiber, unsigned colour, void (*entry)()) {
    void* memory =
        mmap(nullptr, kStack + kGuard, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED || mprotect(memory, kGuard, PROT_NONE) != 0) {
        std::fprintf(stderr, "simt: no memory for a stack\n");
        std::abort();
    }
    fiber.bottom = static_cast<char*>(memory) + kGuard;
    // An odd multiple of two cache lines: 32 lanes spread over all sets of a first-level cache.
    fiber.bytes = kStack - colour % 32 * 640;
    void** top = reinterpret_cast<void**>(fiber.bottom + fiber.bytes) - 2;
    top[0] = reinterpret_cast<void*>(entry);
    top[1] = nullptr;  // where entry() would return to
    fiber.sp = top - 6;
    for (int i = 1; i <= 6; ++i) top[-i] = nullptr;
}

Fiber this_thread() {
    Fiber fiber;
#ifdef TRD_SIMT_ASAN
    thread_local void* bottom = nullptr;
    thread_local size_t bytes = 0;
    if (bottom == nullptr) {
        pthread_attr_t attributes;
        if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
            pthread_attr_getstack(&attributes, &bottom, &bytes);
            pthread_attr_destroy(&attributes);
        }
    }
    fiber.bottom = static_cast<char*>(bottom);
    fiber.bytes = bytes;
#endif
    return fiber;
}

void entered() {
#ifdef TRD_SIMT_ASAN
    __sanitizer_finish_switch_fiber(nullptr, nullptr, nullptr);
#endif
}

void switch_fiber(Fiber& from, Fiber& to) {
#ifdef TRD_SIMT_ASAN
    __sanitizer_start_switch_fiber(&from.fake_stack, to.bottom, to.bytes);
#endif
    simt_switch(&from.sp, to.sp);
#ifdef TRD_SIMT_ASAN
    __sanitizer_finish_switch_fiber(from.fake_stack, nullptr, nullptr);
#endif
}

}  // namespace simt
