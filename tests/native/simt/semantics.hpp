// What test_simt.cpp launches from semantics.cu; the kernels say what they write.
#pragma once
#include <cstddef>
#include <cstdint>

#include "block.hpp"

namespace semantics {

constexpr unsigned kTickets = 7;
struct Atomics {
    int sum = 0, most = -1, least = 1000, rest = 0, swapped = 0;
    unsigned unsigned_sum = 0, unsigned_most = 0, bits = 0, no_bits = ~0u, flips = 0, ticket = 0,
             tickets[kTickets] = {};
    unsigned long long long_sum = 0, long_most = 0;
    float float_sum = 0, last_float = -1;
    double double_sum = 0, exchanged = 0;
};

template <class T> void shuffle(T* out, int argument, int width);
void vote(unsigned* out, unsigned mask, unsigned bit, unsigned threads);
void block_vote(int* out, int divisor, unsigned threads);
void count(Atomics* a, unsigned blocks, unsigned threads);
void fresh(unsigned* out, unsigned blocks);
void copy(const float* in, float* out);
void load(const uint16_t* in, uint32_t* out);
void multiply_half(const uint32_t* a, const uint32_t* b, float* c, unsigned threads, int times);
void multiply_bfloat(const uint32_t* a, const uint32_t* b, float* c, unsigned threads, int times);
void multiply_tf32(const uint32_t* a, const uint32_t* b, float* c, unsigned threads, int times);
void index(dim3 grid, dim3 block, int* out, int* sequence);
void race(int* seen);
void use_shared(dim3 grid, dim3 block, size_t bytes, unsigned char* out);
const void* shared_user();

}  // namespace semantics
