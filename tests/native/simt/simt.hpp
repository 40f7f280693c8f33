// Runs CUDA kernels, compiled as plain C++, on the CPU: one fiber per CUDA thread, one block after the other.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <tuple>
#include <utility>
#include <vector>
#include <sys/mman.h>
#ifdef SIMT_UCONTEXT
#include <ucontext.h>
#endif
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#define SIMT_ASAN 1
#else
#define SIMT_ASAN 0
#endif

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __align__(n) __attribute__((aligned(n)))
// Blocks run one after the other, so a static object is what a block's shared memory is; the section lets the
// harness refill it with garbage before each block (build with -fsanitize-sections=simt_shared to keep redzones).
#define __shared__ static __attribute__((section("simt_shared")))
#define TRD_DYNAMIC_SHARED(T, name) T* name = reinterpret_cast<T*>(simt::block.dyn)

struct uint3 { unsigned x, y, z; };
struct dim3 { unsigned x, y, z; constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {} };
using cudaStream_t = void*;

extern "C" { extern char __start_simt_shared[] __attribute__((weak)); extern char __stop_simt_shared[] __attribute__((weak)); }

namespace simt {
constexpr size_t STACK = 128 << 10;
enum State : uint8_t { READY, WAITING, DONE };
struct Copy { void* dst; const void* src; unsigned n; };
struct Fiber {
  void* sp = nullptr; char* stack = nullptr; void* fake = nullptr;
#ifdef SIMT_UCONTEXT
  ucontext_t uc;
#endif
  uint3 tid; unsigned lane, warp; State state = DONE; const char* file = ""; int line = 0;
  std::deque<std::vector<Copy>> groups; std::vector<Copy> open;          // cp.async
};
struct Pending { unsigned mask = 0, arrived = 0; int line = 0; const void* in[32]; void* out[32]; };
struct Block {
  uint3 bid; dim3 dim, grid; void* dyn = nullptr; unsigned threads = 0, alive = 0, arrived = 0; int line = 0;
  std::vector<Fiber> fibers; std::vector<Pending> pending; std::vector<unsigned> exited; std::function<void()> body;
};
inline Block block;
inline Fiber* self = nullptr;
inline bool strict = true;                     // hardware tolerates early exits, the manual does not promise it
inline unsigned order = 0;                     // 0 ascending, 1 descending, else a seed
inline unsigned long switches = 0;
// Named: a variable of an unnamed type would be another one in every source file.
struct Host { void* sp; void* fake; const void* bottom; size_t size;
#ifdef SIMT_UCONTEXT
  ucontext_t uc;
#endif
};
inline Host host;

#ifndef SIMT_UCONTEXT
extern "C" void simt_switch(void** from, void* to);
#endif

inline void to_host(bool = false) {            // fiber -> scheduler
  Fiber* f = self;
#if SIMT_ASAN
  __sanitizer_start_switch_fiber(&f->fake, host.bottom, host.size);
#endif
#ifdef SIMT_UCONTEXT
  swapcontext(&f->uc, &host.uc);
#else
  simt_switch(&f->sp, host.sp);
#endif
#if SIMT_ASAN
  __sanitizer_finish_switch_fiber(f->fake, &host.bottom, &host.size);
#endif
}
inline void to_fiber(Fiber* f) {               // scheduler -> fiber
  self = f; switches++;
#if SIMT_ASAN
  __sanitizer_start_switch_fiber(&host.fake, f->stack, STACK);
#endif
#ifdef SIMT_UCONTEXT
  swapcontext(&host.uc, &f->uc);
#else
  simt_switch(&host.sp, f->sp);
#endif
#if SIMT_ASAN
  __sanitizer_finish_switch_fiber(host.fake, nullptr, nullptr);
#endif
  self = nullptr;
}
[[noreturn]] inline void fail(const char* what) {
  fprintf(stderr, "simt: %s in block (%u,%u,%u)\n", what, block.bid.x, block.bid.y, block.bid.z);
  unsigned shown = 0;
  for (auto& f : block.fibers)
    if (f.state == WAITING && shown++ < 8) fprintf(stderr, "  thread %u waits at %s:%d\n", unsigned(&f - &block.fibers[0]), f.file, f.line);
  abort();
}
inline void wait_here(const char* file, int line) { self->state = WAITING; self->file = file; self->line = line; to_host(); }
inline void release_block() {
  block.arrived = 0;
  for (unsigned i = 0; i < block.threads; i++) if (block.fibers[i].state == WAITING) block.fibers[i].state = READY;
}
inline void sync_block(const char* file, int line) {
  if (block.arrived == 0) block.line = line;
  else if (block.line != line) { self->state = WAITING; self->file = file; self->line = line; fail("two different __syncthreads met"); }
  if (strict && block.alive != block.threads) fail("__syncthreads after some threads have left");
  if (++block.arrived == block.alive) { release_block(); return; }
  wait_here(file, line);
}
// The last lane of the mask to arrive runs f once for all lanes: f(mask, in[32], out[32]).
template <class Out, class In, class F> inline Out warp_op(const char* file, int line, unsigned mask, const In& in, F f) {
  Out out; unsigned lane = self->lane;
  if (!(mask >> lane & 1)) fail("lane not in its own mask");
  if (mask & block.exited[self->warp]) fail("mask names an exited lane");
  Pending& p = block.pending[self->warp * 32 + __builtin_ctz(mask)];
  if (!p.arrived) { p.mask = mask; p.line = line; }
  else if (p.mask != mask || p.line != line) fail("lanes of one warp meet with different masks or in different places");
  p.in[lane] = &in; p.out[lane] = &out; p.arrived |= 1u << lane;
  if (p.arrived != mask) { wait_here(file, line); return out; }
  f(mask, reinterpret_cast<const In* const*>(p.in), reinterpret_cast<Out* const*>(p.out));
  p.arrived = 0;
  for (unsigned m = mask & ~(1u << lane); m; m &= m - 1) block.fibers[self->warp * 32 + __builtin_ctz(m)].state = READY;
  return out;
}
inline void flush(size_t keep) {
  auto& g = self->groups;
  for (; g.size() > keep; g.pop_front()) for (auto& c : g.front()) c.src ? memcpy(c.dst, c.src, c.n) : memset(c.dst, 0, c.n);
}
inline void entry() {
#if SIMT_ASAN
  __sanitizer_finish_switch_fiber(nullptr, &host.bottom, &host.size);
#endif
  for (;;) {
    block.body();
    Fiber* f = self;
    f->state = DONE; f->groups.clear(); f->open.clear();
    block.exited[f->warp] |= 1u << f->lane;
    if (strict && block.arrived) fail("a thread left while others wait in __syncthreads");
    if (--block.alive && block.arrived == block.alive) release_block();
    to_host();
  }
}
inline void make(Fiber& f) {
  f.stack = static_cast<char*>(mmap(nullptr, STACK + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  mprotect(f.stack, 4096, PROT_NONE); f.stack += 4096;              // a guard page below the stack
#ifdef SIMT_UCONTEXT
  getcontext(&f.uc); f.uc.uc_stack.ss_sp = f.stack; f.uc.uc_stack.ss_size = STACK; f.uc.uc_link = nullptr;
  makecontext(&f.uc, entry, 0);
#else
  void** sp = reinterpret_cast<void**>(f.stack + STACK) - 2;
  sp[0] = reinterpret_cast<void*>(&entry); sp[1] = nullptr;
  f.sp = sp - 6;
#endif
}
__attribute__((no_sanitize("address"))) inline void spoil(char* from, char* to) {
  for (volatile char* p = from; p < to; p++) *p = char(0xff);        // NaN in every floating type
}
inline void launch(dim3 grid, dim3 dim, size_t smem, std::function<void()> body) {
  unsigned n = dim.x * dim.y * dim.z;
  if (!n || n > 1024 || smem > 227 << 10) fail("bad launch configuration");
  block.fibers.reserve(1024);                                       // a fiber that waits for its next block knows its address
  while (block.fibers.size() < n) { block.fibers.emplace_back(); }
  for (auto& f : block.fibers) if (!f.stack) make(f);
  block.pending.assign((n + 31) / 32 * 32, {}); block.body = std::move(body);
  block.threads = n; block.dim = dim; block.grid = grid;
  std::vector<unsigned> perm(n);
  unsigned rng = order * 2654435761u | 1;
  for (unsigned z = 0; z < grid.z; z++) for (unsigned y = 0; y < grid.y; y++) for (unsigned x = 0; x < grid.x; x++) {
    block.bid = {x, y, z}; block.alive = n; block.arrived = 0; block.exited.assign((n + 31) / 32, 0);
    if (n % 32) block.exited.back() = ~0u << (n % 32);
    if (__start_simt_shared) spoil(__start_simt_shared, __stop_simt_shared);
    block.dyn = smem ? malloc(smem) : nullptr;
    if (smem) memset(block.dyn, 0xff, smem);
    for (unsigned i = 0; i < n; i++) {
      auto& f = block.fibers[i]; f.tid = {i % dim.x, i / dim.x % dim.y, i / dim.x / dim.y}; f.lane = i & 31; f.warp = i >> 5; f.state = READY;
      perm[i] = order == 1 ? n - 1 - i : i;
    }
    while (block.alive) {
      if (order > 1) for (unsigned i = n - 1; i; i--) { rng = rng * 1664525u + 1013904223u; std::swap(perm[i], perm[(rng >> 8) % (i + 1)]); }
      bool ran = false;
      for (unsigned i : perm) if (block.fibers[i].state == READY) { ran = true; to_fiber(&block.fibers[i]); }
      if (!ran) fail("deadlock");
    }
    free(block.dyn);
  }
}
// Arguments are evaluated once and converted to the kernel's parameter types, as a real launch does.
template <class... P, class... A> inline std::function<void()> bound(void (*k)(P...), A&&... a) {
  return [k, t = std::tuple<P...>(std::forward<A>(a)...)] { std::apply(k, t); };
}
}  // namespace simt

#define threadIdx (simt::self->tid)
#define blockIdx (simt::block.bid)
#define blockDim (simt::block.dim)
#define gridDim (simt::block.grid)
#define TRD_LAUNCH(k, grid, block_, smem, stream, ...) ((void)(stream), simt::launch(grid, block_, smem, simt::bound(k, ##__VA_ARGS__)))

#define __syncthreads() simt::sync_block(__FILE__, __LINE__)
#define __syncwarp(...) simt::syncwarp_(__FILE__, __LINE__, ##__VA_ARGS__)
#define __shfl_xor_sync(m, v, ...) simt::shfl(__FILE__, __LINE__, m, v, [](int l, int x) { return l ^ x; }, __VA_ARGS__)
#define __shfl_down_sync(m, v, ...) simt::shfl(__FILE__, __LINE__, m, v, [](int l, int x) { return l + x; }, __VA_ARGS__)
#define __shfl_sync(m, v, ...) simt::shfl(__FILE__, __LINE__, m, v, [](int, int x) { return x; }, __VA_ARGS__)
#define __ballot_sync(m, p) simt::ballot(__FILE__, __LINE__, m, p)
namespace simt {
struct None {};
inline void syncwarp_(const char* f, int l, unsigned m = ~0u) { warp_op<None>(f, l, m, None{}, [](unsigned, auto, auto) {}); }
template <class T, class S> inline T shfl(const char* file, int line, unsigned m, T v, S pick, int arg, int width = 32) {
  struct A { T v; int arg; };
  return warp_op<T>(file, line, m, A{v, arg}, [=](unsigned mask, const A* const* in, T* const* out) {
    for (unsigned r = mask; r; r &= r - 1) {
      int l = __builtin_ctz(r), base = l & ~(width - 1), s = pick(l - base, in[l]->arg);
      s = s < 0 || s >= width ? l : base + s;
      if (!(mask >> s & 1)) fail("shuffle reads a lane outside the mask");
      *out[l] = in[s]->v;
    }
  });
}
inline unsigned ballot(const char* file, int line, unsigned m, bool p) {
  return warp_op<unsigned>(file, line, m, p, [](unsigned mask, const bool* const* in, unsigned* const* out) {
    unsigned b = 0;
    for (unsigned r = mask; r; r &= r - 1) b |= unsigned(*in[__builtin_ctz(r)]) << __builtin_ctz(r);
    for (unsigned r = mask; r; r &= r - 1) *out[__builtin_ctz(r)] = b;
  });
}
}  // namespace simt
// One OS thread runs everything, so plain operations are atomic.
template <class T> inline T atomicAdd(T* p, T v) { T o = *p; *p = o + v; return o; }
template <class T> inline T atomicMax(T* p, T v) { T o = *p; *p = o > v ? o : v; return o; }
template <class T> inline T atomicMin(T* p, T v) { T o = *p; *p = o < v ? o : v; return o; }
template <class T> inline T atomicCAS(T* p, T c, T v) { T o = *p; if (o == c) *p = v; return o; }
template <class T> inline T __ldg(const T* p) { return *p; }
inline void __threadfence() {}

// The CUDA runtime, as far as libtrd calls it: device memory is the host's, everything has happened when a call returns.
using cudaError_t = int;
enum : int { cudaSuccess = 0, cudaErrorInvalidDevice = 101 };
enum cudaDeviceAttr { cudaDevAttrMultiProcessorCount, cudaDevAttrMaxSharedMemoryPerBlockOptin };
enum cudaFuncAttribute { cudaFuncAttributeMaxDynamicSharedMemorySize };
struct cudaDeviceProp { int major, minor, multiProcessorCount; size_t totalGlobalMem, sharedMemPerBlockOptin; char name[256]; };
inline cudaError_t cudaGetLastError() { return cudaSuccess; }
inline cudaError_t cudaGetDevice(int* device) { *device = 0; return cudaSuccess; }
inline cudaError_t cudaSetDevice(int device) { return device == 0 ? cudaSuccess : cudaErrorInvalidDevice; }
inline cudaError_t cudaGetDeviceCount(int* count) { *count = 1; return cudaSuccess; }
inline cudaError_t cudaDriverGetVersion(int* version) { *version = 13000; return cudaSuccess; }
inline cudaError_t cudaRuntimeGetVersion(int* version) { *version = 13000; return cudaSuccess; }
inline cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr which, int) {
  *value = which == cudaDevAttrMultiProcessorCount ? 8 : 227 << 10;
  return cudaSuccess;
}
inline cudaError_t cudaGetDeviceProperties(cudaDeviceProp* p, int) {
  *p = {9, 0, 8, size_t{1} << 34, 227 << 10, "SIMT harness"};
  return cudaSuccess;
}
inline cudaError_t cudaFuncSetAttribute(const void*, cudaFuncAttribute, int bytes) { return bytes <= 227 << 10 ? cudaSuccess : 1; }
inline const char* cudaGetErrorString(cudaError_t) { return "invalid argument"; }
inline const char* cudaGetErrorName(cudaError_t) { return "cudaErrorInvalidValue"; }

// What device.hpp declares over CUDA's own intrinsics.
namespace trd::cuda {

struct half_t { _Float16 v; };
struct bfloat_t { uint16_t bits; };
inline float to_float(float v) { return v; }
inline float to_float(half_t v) { return static_cast<float>(v.v); }
inline float to_float(bfloat_t v) { uint32_t b = uint32_t{v.bits} << 16; float f; memcpy(&f, &b, 4); return f; }
template <class T> inline T from_float(float v);
template <> inline float from_float<float>(float v) { return v; }
template <> inline half_t from_float<half_t>(float v) { return {static_cast<_Float16>(v)}; }
template <> inline bfloat_t from_float<bfloat_t>(float v) {
  uint32_t b; memcpy(&b, &v, 4);
  if (v != v) return {0x7fff};
  return {static_cast<uint16_t>((b + 0x7fff + (b >> 16 & 1)) >> 16)};
}
inline void cp_async16(void* s, const void* g, bool valid = true) {
  if (reinterpret_cast<uintptr_t>(s) % 16 || (valid && reinterpret_cast<uintptr_t>(g) % 16)) simt::fail("cp_async16 is not 16-byte aligned");
  simt::self->open.push_back({s, valid ? g : nullptr, 16});
}
inline void cp_async4(void* s, const void* g) {
  if (reinterpret_cast<uintptr_t>(s) % 4 || reinterpret_cast<uintptr_t>(g) % 4) simt::fail("cp_async4 is not 4-byte aligned");
  simt::self->open.push_back({s, g, 4});
}
inline void cp_async_commit() { auto* f = simt::self; f->groups.push_back(std::move(f->open)); f->open.clear(); }
template <int N> inline void cp_async_wait() { simt::flush(N); }
template <int N> inline void ldmatrix(uint32_t (&r)[N], const void* row) {
  struct R { uint32_t v[N]; };
  if (reinterpret_cast<uintptr_t>(row) % 16) simt::fail("ldmatrix row is not 16-byte aligned");
  R o = simt::warp_op<R>("ldmatrix", N, ~0u, row, [](unsigned, const void* const* const* in, R* const* out) {
    for (int l = 0; l < 32; l++) for (int i = 0; i < N; i++)
      memcpy(&out[l]->v[i], static_cast<const char*>(*in[i * 8 + l / 4]) + l % 4 * 4, 4);
  });
  memcpy(r, o.v, sizeof r);
}
template <class T> inline void mma(float (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
  struct I { T a[8], b[4]; float c[4]; }; struct O { float c[4]; };
  I in; memcpy(in.a, a, 16); memcpy(in.b, b, 8); memcpy(in.c, c, 16);
  O o = simt::warp_op<O>("mma16816", 16816, ~0u, in, [](unsigned, const I* const* in, O* const* out) {
    float A[16][16], B[8][16];
    for (int l = 0; l < 32; l++) {
      for (int i = 0; i < 8; i++) A[l / 4 + (i / 2 & 1) * 8][l % 4 * 2 + (i & 1) + (i / 4) * 8] = to_float(in[l]->a[i]);
      for (int i = 0; i < 4; i++) B[l / 4][l % 4 * 2 + (i & 1) + (i / 2) * 8] = to_float(in[l]->b[i]);
    }
    for (int l = 0; l < 32; l++) for (int i = 0; i < 4; i++) {
      const float* x = A[l / 4 + (i / 2) * 8]; const float* y = B[l % 4 * 2 + (i & 1)];
      float s = 0; for (int k = 0; k < 16; k++) s += x[k] * y[k];
      out[l]->c[i] = in[l]->c[i] + s;
    }
  });
  memcpy(c, o.c, 16);
}

}  // namespace trd::cuda
