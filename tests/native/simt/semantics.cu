// Kernels that write down what each operation gave; test_simt.cpp compares with plain models of its own.
#include "semantics.hpp"

#include "cuda/device.hpp"

namespace semantics {
namespace {

using namespace trd::cuda;

constexpr unsigned kFull = 0xffffffffu;

// out [4 kinds][32 lanes]
template <class T> __global__ void shuffles(T* out, int argument, int width) {
    const T v = static_cast<T>(threadIdx.x * 3 + 1);
    out[threadIdx.x] = __shfl_sync(kFull, v, argument, width);
    out[32 + threadIdx.x] = __shfl_up_sync(kFull, v, static_cast<unsigned>(argument), width);
    out[64 + threadIdx.x] = __shfl_down_sync(kFull, v, static_cast<unsigned>(argument), width);
    out[96 + threadIdx.x] = __shfl_xor_sync(kFull, v, argument, width);
}

// out [8][threads]; the lanes of `mask` vote on (lane & bit)
__global__ void votes(unsigned* out, unsigned mask, unsigned bit) {
    const unsigned lane = threadIdx.x % 32, n = blockDim.x;
    if (!(mask >> lane & 1)) return;
    out[threadIdx.x] = __ballot_sync(mask, lane & bit);
    out[n + threadIdx.x] = static_cast<unsigned>(__any_sync(mask, lane & bit));
    out[2 * n + threadIdx.x] = static_cast<unsigned>(__all_sync(mask, lane & bit));
    out[3 * n + threadIdx.x] = __reduce_add_sync(mask, lane * 5);
    out[4 * n + threadIdx.x] = __reduce_min_sync(mask, lane ^ 21);
    out[5 * n + threadIdx.x] = __reduce_max_sync(mask, lane ^ 21);
    out[6 * n + threadIdx.x] = static_cast<unsigned>(__reduce_min_sync(mask, static_cast<int>(lane) - 9));
}

// out [3][threads]
__global__ void block_votes(int* out, int divisor) {
    const int p = static_cast<int>(threadIdx.x) % divisor == 0;
    out[threadIdx.x] = __syncthreads_count(p);
    out[blockDim.x + threadIdx.x] = __syncthreads_or(p);
    out[2 * blockDim.x + threadIdx.x] = __syncthreads_and(p);
}

__global__ void atomics(Atomics* a) {
    const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
    atomicAdd(&a->sum, i);
    atomicAdd(&a->unsigned_sum, static_cast<unsigned>(i));
    atomicAdd(&a->long_sum, static_cast<unsigned long long>(i) << 30);
    atomicAdd(&a->float_sum, static_cast<float>(i));
    atomicAdd(&a->double_sum, i * 0.5);
    atomicMax(&a->most, (i * 37) % 101);
    atomicMin(&a->least, (i * 37) % 101 - 50);
    atomicMax(&a->unsigned_most, static_cast<unsigned>(i) ^ 0x80000000u);
    atomicMax(&a->long_most, static_cast<unsigned long long>(i) << 40);
    atomicOr(&a->bits, 1u << i % 32);
    atomicAnd(&a->no_bits, ~(1u << i % 8));
    atomicXor(&a->flips, static_cast<unsigned>(i));
    atomicSub(&a->rest, 2);
    a->tickets[atomicInc(&a->ticket, kTickets - 1)] += 1;
    // A sum by compare-and-swap.
    int seen = a->swapped, expected;
    do {
        expected = seen;
        seen = atomicCAS(&a->swapped, expected, expected + i);
    } while (seen != expected);
    const float before = atomicExch(&a->last_float, static_cast<float>(i));
    atomicAdd(&a->exchanged, static_cast<double>(before));
}

// out [block][thread]: what shared memory held before anything was written
__global__ void fresh_shared(unsigned* out) {
    __shared__ unsigned fixed[64];
    TRD_DYNAMIC_SHARED(unsigned, dynamic);
    const unsigned i = threadIdx.x;
    out[blockIdx.x * 128 + i] = fixed[i];
    out[blockIdx.x * 128 + 64 + i] = dynamic[i];
    __syncthreads();
    fixed[i] = dynamic[i] = 7;
}

// out [5][4]: the destination after the issue, after each wait, with three groups of which the last was never
// committed; [4] zero filled
__global__ void copies(const float* in, float* out) {
    TRD_DYNAMIC_SHARED(float, s);
    const auto look = [&](int row) {
        for (int i = 0; i < 4; ++i) out[row * 4 + i] = s[i * 4];
    };
    for (int i = 0; i < 16; ++i) s[i] = 0.5f;
    cp_async16(s, in);
    cp_async_commit();
    cp_async16(s + 4, in + 4);
    cp_async_commit();
    cp_async16(s + 8, in + 8, false);
    cp_async_commit();
    cp_async16(s + 12, in + 12);
    look(0);
    cp_async_wait<2>();
    look(1);
    cp_async_wait<1>();
    look(2);
    cp_async_wait<0>();
    look(3);
    cp_async_commit();
    cp_async_wait<0>();
    look(4);
}

// in [32][8] 16-bit; out [6][32 lanes][4]: x1, x2, x4, then transposed
__global__ void matrices(const uint16_t* in, uint32_t* out) {
    __shared__ __align__(16) uint16_t tile[32][8];
    const unsigned lane = threadIdx.x;
    for (int i = 0; i < 8; ++i) tile[lane][i] = in[lane * 8 + static_cast<unsigned>(i)];
    __syncwarp();
    uint32_t one[1], two[2], four[4];
    const auto put = [&](unsigned row, const uint32_t* r, unsigned count) {
        for (unsigned i = 0; i < count; ++i) out[(row * 32 + lane) * 4 + i] = r[i];
    };
    // Lanes whose address is not used give one that would be wrong.
    const void* const row = tile[lane];
    const void* const nowhere = nullptr;
    ldmatrix(one, lane < 8 ? row : nowhere);
    put(0, one, 1);
    ldmatrix(two, lane < 16 ? row : nowhere);
    put(1, two, 2);
    ldmatrix(four, row);
    put(2, four, 4);
    ldmatrix_transposed(one, lane < 8 ? row : nowhere);
    put(3, one, 1);
    ldmatrix_transposed(two, lane < 16 ? row : nowhere);
    put(4, two, 2);
    ldmatrix_transposed(four, row);
    put(5, four, 4);
}

// Registers by lane: a [32][4], b [32][2], c [32][4].
template <class T> __global__ void products(const uint32_t* a, const uint32_t* b, float* c, int times) {
    const unsigned lane = threadIdx.x % 32;
    uint32_t ra[4], rb[2];
    float rc[4];
    for (unsigned i = 0; i < 4; ++i) ra[i] = a[lane * 4 + i], rc[i] = c[threadIdx.x * 4 + i];
    for (unsigned i = 0; i < 2; ++i) rb[i] = b[lane * 2 + i];
    for (int t = 0; t < times; ++t) mma<T>(rc, ra, rb);
    for (unsigned i = 0; i < 4; ++i) c[threadIdx.x * 4 + i] = rc[i];
}

// out [block][thread][4]: indices; sequence counts the threads in the order in which they begin
__global__ void indices(int* out, int* sequence) {
    const unsigned thread = (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
    const unsigned block = (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
    int* const o = out + (block * blockDim.x * blockDim.y * blockDim.z + thread) * 4;
    o[0] = static_cast<int>(threadIdx.x + 100 * threadIdx.y + 10000 * threadIdx.z);
    o[1] = static_cast<int>(blockIdx.x + 100 * blockIdx.y + 10000 * blockIdx.z);
    o[2] = static_cast<int>(blockDim.x + 100 * gridDim.x);
    o[3] = atomicAdd(sequence, 1);
}

// A race between the threads: what thread 0 wrote is seen by those that run later.
__global__ void order_matters(int* seen) {
    __shared__ int flag;
    if (threadIdx.x == 31) flag = 1;
    seen[threadIdx.x] = flag == 1;
}

__global__ void uses_shared(unsigned char* out) {
    TRD_DYNAMIC_SHARED(unsigned char, s);
    s[threadIdx.x] = 1;
    out[threadIdx.x] = s[threadIdx.x];
}

}  // namespace

template <class T> void shuffle(T* out, int argument, int width) {
    TRD_LAUNCH(shuffles<T>, 1, 32, 0, nullptr, out, argument, width);
}
template void shuffle(int*, int, int);
template void shuffle(float*, int, int);
template void shuffle(double*, int, int);
template void shuffle(unsigned long long*, int, int);

void vote(unsigned* out, unsigned mask, unsigned bit, unsigned threads) {
    TRD_LAUNCH(votes, 1, threads, 0, nullptr, out, mask, bit);
}
void block_vote(int* out, int divisor, unsigned threads) {
    TRD_LAUNCH(block_votes, 1, threads, 0, nullptr, out, divisor);
}
void count(Atomics* a, unsigned blocks, unsigned threads) { TRD_LAUNCH(atomics, blocks, threads, 0, nullptr, a); }
void fresh(unsigned* out, unsigned blocks) {
    TRD_LAUNCH(fresh_shared, blocks, 64, 64 * sizeof(unsigned), nullptr, out);
}
void copy(const float* in, float* out) { TRD_LAUNCH(copies, 1, 1, 64, nullptr, in, out); }
void load(const uint16_t* in, uint32_t* out) { TRD_LAUNCH(matrices, 1, 32, 0, nullptr, in, out); }
void multiply_half(const uint32_t* a, const uint32_t* b, float* c, unsigned threads, int times) {
    TRD_LAUNCH(products<half_t>, 1, threads, 0, nullptr, a, b, c, times);
}
void multiply_bfloat(const uint32_t* a, const uint32_t* b, float* c, unsigned threads, int times) {
    TRD_LAUNCH(products<bfloat_t>, 1, threads, 0, nullptr, a, b, c, times);
}
void multiply_tf32(const uint32_t* a, const uint32_t* b, float* c, unsigned threads, int times) {
    TRD_LAUNCH(products<tf32_t>, 1, threads, 0, nullptr, a, b, c, times);
}
void index(dim3 grid, dim3 block, int* out, int* sequence) {
    TRD_LAUNCH(indices, grid, block, 0, nullptr, out, sequence);
}
void race(int* seen) { TRD_LAUNCH(order_matters, 1, 32, 0, nullptr, seen); }
void use_shared(dim3 grid, dim3 block, size_t bytes, unsigned char* out) {
    TRD_LAUNCH(uses_shared, grid, block, bytes, nullptr, out);
}
const void* shared_user() { return reinterpret_cast<const void*>(uses_shared); }

}  // namespace semantics
