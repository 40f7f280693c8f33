// What device.hpp declares over PTX: the 16-bit types, asynchronous copies, and the tensor cores' operations.
#pragma once
#include <cstdint>
#include <cstring>

#include "block.hpp"
#include "language.hpp"

namespace simt {

// A copy of 4 or 16 bytes is under way from here on: its destination reads as NaN until cp_async_wait(). From null:
// zeros.
void copy_async(void* to, const void* from, size_t bytes, const Site& site);
void commit_copies();
void wait_for_copies(size_t groups_under_way);

// Lane l gives the address of row l % 8 of matrix l / 8; the last to arrive reads all.
void load_matrices(int count, bool transposed, const void* row, uint32_t* registers, const Site& site);

enum class Product { kHalf, kBfloat, kTf32 };
// c += a b, of the operands that all lanes have put down.
void multiply(Product kind);

inline Site here(const char* file, int line) { return {file, line, -1}; }

}  // namespace simt

namespace trd::cuda {

struct half_t {
    _Float16 v;
};
struct bfloat_t {
    uint16_t bits;
};
// Tag of the float32 operands that tensor cores cut to 10 bits of mantissa.
struct tf32_t {};

inline float to_float(float v) { return v; }
inline float to_float(half_t v) { return static_cast<float>(v.v); }
inline float to_float(bfloat_t v) { return simt::bits<float>(uint32_t{v.bits} << 16); }
template <class T> inline T from_float(float v);
template <> inline float from_float<float>(float v) { return v; }
template <> inline half_t from_float<half_t>(float v) { return {static_cast<_Float16>(v)}; }
template <> inline bfloat_t from_float<bfloat_t>(float v) {
    const uint32_t b = simt::bits<uint32_t>(v);
    return {static_cast<uint16_t>(v != v ? 0x7fff : (b + 0x7fff + (b >> 16 & 1)) >> 16)};
}
// cvt.rna: to nearest, ties away from zero.
inline uint32_t to_tf32(float v) {
    const uint32_t b = simt::bits<uint32_t>(v);
    return v != v ? 0x7fffffff : (b & 0x7f800000) == 0x7f800000 ? b : (b + 0x1000) & ~0x1fffu;
}

inline void cp_async16(void* shared, const void* global, bool valid = true, const char* file = __builtin_FILE(),
                       int line = __builtin_LINE()) {
    simt::copy_async(shared, valid ? global : nullptr, 16, simt::here(file, line));
}
#define cp_async16_cached cp_async16  // a cache is no part of a copy's meaning
inline void cp_async4(void* shared, const void* global, const char* file = __builtin_FILE(),
                      int line = __builtin_LINE()) {
    simt::copy_async(shared, global, 4, simt::here(file, line));
}
inline void cp_async_commit() { simt::commit_copies(); }
template <int N> inline void cp_async_wait() { simt::wait_for_copies(N); }

template <int N>
inline void ldmatrix(uint32_t (&r)[N], const void* row, const char* file = __builtin_FILE(),
                     int line = __builtin_LINE()) {
    static_assert(N == 1 || N == 2 || N == 4);
    simt::load_matrices(N, false, row, r, simt::here(file, line));
}
template <int N>
inline void ldmatrix_transposed(uint32_t (&r)[N], const void* row, const char* file = __builtin_FILE(),
                                int line = __builtin_LINE()) {
    static_assert(N == 1 || N == 2 || N == 4);
    simt::load_matrices(N, true, row, r, simt::here(file, line));
}

// Lane l of mma.m16n8k16 has of a the rows l / 4 and l / 4 + 8 in the columns 2 (l % 4) + {0, 1, 8, 9}; of b the column
// l / 4 in the same rows; of c the rows of a in the columns 2 (l % 4) + {0, 1}. m16n8k8 (tf32) has of a the columns l %
// 4 + {0, 4}, of b these rows.
template <class T>
inline void mma(float (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2], const char* file = __builtin_FILE(),
                int line = __builtin_LINE()) {
    constexpr bool kNarrow = sizeof(T) == 2;
    simt::Exchange& e = simt::block.warp[simt::self->warp].exchange;
    const unsigned group = simt::self->lane / 4, place = simt::self->lane % 4;
    for (unsigned i = 0; i < 4; ++i) e.a[group + i % 2 * 8][place + i / 2 * 4] = a[i];
    if constexpr (kNarrow) {
        auto* halves = reinterpret_cast<uint16_t*>(e.b);
        for (unsigned i = 0; i < 2; ++i) {
            halves[(place * 2 + i * 8) * 8 + group] = static_cast<uint16_t>(b[i]);
            halves[(place * 2 + i * 8 + 1) * 8 + group] = static_cast<uint16_t>(b[i] >> 16);
        }
    } else {
        for (unsigned i = 0; i < 2; ++i) e.b[(place + i * 4) * 8 + group] = b[i];
    }
    for (unsigned i = 0; i < 4; ++i) e.c[group + i / 2 * 8][place * 2 + i % 2] = c[i];
    if (simt::meet(~0u, "mma", simt::here(file, line))) {
        simt::multiply(kNarrow ? std::is_same_v<T, half_t> ? simt::Product::kHalf : simt::Product::kBfloat
                               : simt::Product::kTf32);
        simt::release(~0u);
    }
    for (unsigned i = 0; i < 4; ++i) c[i] = e.c[group + i / 2 * 8][place * 2 + i % 2];
}

}  // namespace trd::cuda
