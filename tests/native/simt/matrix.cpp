#include "matrix.hpp"

#include <immintrin.h>
#ifdef TRD_SIMT_ASAN
#include <sanitizer/asan_interface.h>
#endif

#include "races.hpp"

namespace simt {
namespace {

void require_readable(const void* p, [[maybe_unused]] size_t bytes, const char* what) {
#ifdef TRD_SIMT_ASAN
    if (__asan_region_is_poisoned(const_cast<void*>(p), bytes) != nullptr) fail(what);
#else
    (void)p;
    (void)what;
#endif
}

void require_shared(const void* p, size_t bytes, const char* what) {
    if (!is_shared(p, bytes)) fail(what);
}

float widened(uint16_t bits, Product kind) {
    if (kind == Product::kBfloat) return simt::bits<float>(uint32_t{bits} << 16);
    _Float16 h;
    std::memcpy(&h, &bits, 2);
    return static_cast<float>(h);
}

// The products of two operands are exact in float32, so fused or not gives the same bits; the sum runs over k in order.
void multiply_portable(Exchange& e, Product kind) {
    const int depth = kind == Product::kTf32 ? 8 : 16;
    const auto* narrow = reinterpret_cast<const uint16_t*>(e.b);
    for (int row = 0; row < 16; ++row) {
        for (int k = 0; k < depth; ++k) {
            const uint32_t pair = e.a[row][kind == Product::kTf32 ? k : k / 2];
            const float a = kind == Product::kTf32 ? simt::bits<float>(pair & ~0x1fffu)
                                                   : widened(static_cast<uint16_t>(pair >> k % 2 * 16), kind);
            for (int column = 0; column < 8; ++column) {
                const float b = kind == Product::kTf32 ? simt::bits<float>(e.b[k * 8 + column] & ~0x1fffu)
                                                       : widened(narrow[k * 8 + column], kind);
                e.c[row][column] += a * b;
            }
        }
    }
}

template <bool kHalf> __attribute__((target("avx2,fma,f16c"))) inline __m256 widened8(const void* p) {
    const __m128i v = _mm_load_si128(static_cast<const __m128i*>(p));
    if (kHalf) return _mm256_cvtph_ps(v);
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(v), 16));
}

template <bool kHalf> __attribute__((target("avx2,fma,f16c"))) void multiply_avx2(Exchange& e) {
    alignas(32) float a[16][16];
    for (int row = 0; row < 16; ++row)
        for (int k = 0; k < 16; k += 8) _mm256_store_ps(&a[row][k], widened8<kHalf>(&e.a[row][k / 2]));
    const auto* narrow = reinterpret_cast<const uint16_t*>(e.b);
    for (int rows = 0; rows < 16; rows += 8) {
        __m256 c[8];
        for (int i = 0; i < 8; ++i) c[i] = _mm256_load_ps(e.c[rows + i]);
        for (int k = 0; k < 16; ++k) {
            const __m256 b = widened8<kHalf>(narrow + k * 8);
#pragma GCC unroll 8
            for (int i = 0; i < 8; ++i) c[i] = _mm256_fmadd_ps(_mm256_broadcast_ss(&a[rows + i][k]), b, c[i]);
        }
        for (int i = 0; i < 8; ++i) _mm256_store_ps(e.c[rows + i], c[i]);
    }
}

const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");

}  // namespace

void multiply(Product kind) {
    Exchange& e = block.warp[self->warp].exchange;
    if (!has_avx2 || kind == Product::kTf32) multiply_portable(e, kind);
    else if (kind == Product::kHalf) multiply_avx2<true>(e);
    else multiply_avx2<false>(e);
}

void load_matrices(int count, bool transposed, const void* row, uint32_t* registers, const Site& site) {
    Exchange& e = block.warp[self->warp].exchange;
    const unsigned lane = self->lane;
    e.rows[lane] = row;
    if (lane < static_cast<unsigned>(count) * 8) {
        self->waits = site;
        if (reinterpret_cast<uintptr_t>(row) % 16 != 0) fail("a row of ldmatrix is not 16-byte aligned");
        require_shared(row, 16, "a row of ldmatrix is outside of the block's shared memory");
        require_readable(row, 16, "a row of ldmatrix is outside of its array");
        races::read(row, 16);
    }
    if (meet(~0u, "ldmatrix", site)) {
        for (int m = 0; m < count; ++m) {
            uint16_t matrix[8][8];
            for (int r = 0; r < 8; ++r) std::memcpy(matrix[r], e.rows[m * 8 + r], 16);
            for (int l = 0; l < 32; ++l) {
                const int i = l / 4, j = l % 4 * 2;
                const uint32_t low = transposed ? matrix[j][i] : matrix[i][j],
                               high = transposed ? matrix[j + 1][i] : matrix[i][j + 1];
                e.matrices[l][m] = low | high << 16;
            }
        }
        release(~0u);
    }
    std::memcpy(registers, e.matrices[lane], static_cast<size_t>(count) * 4);
}

void copy_async(void* to, const void* from, size_t bytes, const Site& site) {
    self->waits = site;
    const auto aligned = [bytes](const void* p) { return reinterpret_cast<uintptr_t>(p) % bytes == 0; };
    if (!aligned(to)) fail("cp.async to an address that is not aligned to its size");
    require_shared(to, bytes, "cp.async to an address outside of the block's shared memory");
    require_readable(to, bytes, "cp.async to an address outside of its array");
    if (from != nullptr) {
        if (!aligned(from)) fail("cp.async from an address that is not aligned to its size");
        if (is_shared(from, 1)) fail("cp.async from shared memory");
        require_readable(from, bytes, "cp.async from an address outside of its array");
    }
    self->waits.file = nullptr;
    races::write(to, bytes);
    std::memset(to, 0xFF, bytes);
    self->copies.queue.push_back({to, from, bytes});
}

void commit_copies() { self->copies.ends.push_back(self->copies.queue.size()); }

void wait_for_copies(size_t groups_under_way) {
    Copies& c = self->copies;
    while (c.ends.size() - c.groups_done > groups_under_way) {
        const size_t end = c.ends[c.groups_done++];
        for (; c.done < end; ++c.done) {
            const Copy& copy = c.queue[c.done];
            races::write(copy.to, copy.bytes);
            if (copy.from != nullptr) std::memcpy(copy.to, copy.from, copy.bytes);
            else std::memset(copy.to, 0, copy.bytes);
        }
    }
    if (c.groups_done == c.ends.size() && c.done == c.queue.size()) {
        c.queue.clear();
        c.ends.clear();
        c.done = c.groups_done = 0;
    } else if (c.groups_done >= 64) {
        c.queue.erase(c.queue.begin(), c.queue.begin() + static_cast<std::ptrdiff_t>(c.done));
        c.ends.erase(c.ends.begin(), c.ends.begin() + static_cast<std::ptrdiff_t>(c.groups_done));
        for (size_t& end : c.ends) end -= c.done;
        c.done = c.groups_done = 0;
    }
}

}  // namespace simt
