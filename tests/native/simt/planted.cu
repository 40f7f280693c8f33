// Faults that the harness or the sanitizers must report; test_simt.cpp runs each in a process of its own.
#include "planted.hpp"

#include "cuda/device.hpp"

namespace planted {
namespace {

using namespace trd::cuda;

constexpr unsigned kFull = 0xffffffffu;

// Hides from the compiler what would make it warn of the fault.
__device__ int hidden(int v) {
    volatile int h = v;
    return h;
}

__global__ void two_barriers(float* x) {
    if (threadIdx.x < 32) {
        __syncthreads();
        x[0] = 1;
    } else {
        __syncthreads();
        x[1] = 1;
    }
}

__global__ void early_exit(float* x) {
    if (threadIdx.x == 5) return;
    __syncthreads();
    x[threadIdx.x] = 1;
}

__global__ void half_a_warp_waits(float* x) {
    if (threadIdx.x < 16) __syncwarp();
    else __syncthreads();
    x[threadIdx.x] = 1;
}

__global__ void diverged_shuffle(float* x) {
    float v = x[threadIdx.x];
    if (threadIdx.x & 1) v += __shfl_xor_sync(kFull, v, 1);
    else v -= __shfl_xor_sync(kFull, v, 1);
    x[threadIdx.x] = v;
}

__global__ void lane_outside_of_its_mask(float* x) { x[threadIdx.x] = __shfl_sync(0xffffu, x[threadIdx.x], 0); }

__global__ void mask_with_the_departed(float* x) {
    if (threadIdx.x >= 16) return;
    x[threadIdx.x] = __shfl_xor_sync(kFull, x[threadIdx.x], 1);
}

__global__ void last_warp_is_not_full(float* x) { x[threadIdx.x] = __shfl_xor_sync(kFull, x[threadIdx.x], 1); }

__global__ void reads_outside_of_the_mask(float* x) {
    if (threadIdx.x < 16) x[threadIdx.x] = __shfl_xor_sync(0xffffu, x[threadIdx.x], 16);
}

__global__ void bad_width(float* x) { x[threadIdx.x] = __shfl_sync(kFull, x[threadIdx.x], 0, hidden(12)); }

__global__ void misaligned_atomic(float* x) {
    atomicAdd(reinterpret_cast<unsigned*>(reinterpret_cast<char*>(x) + hidden(2)), 1u);
}

__global__ void copy_to_odd_shared(const float* x) {
    TRD_DYNAMIC_SHARED(float, s);
    cp_async16(s + hidden(1), x);
}

__global__ void copy_from_odd_global(const float* x) {
    TRD_DYNAMIC_SHARED(float, s);
    cp_async16(s, x + hidden(1));
}

__global__ void copy_to_global(float* x) { cp_async16(x, x); }

__global__ void copy_from_shared(float* x) {
    TRD_DYNAMIC_SHARED(float, s);
    cp_async16(s, s + 4);
    x[0] = 1;
}

__global__ void copy_behind_shared(const float* x) {
    TRD_DYNAMIC_SHARED(char, s);
    cp_async16(s + hidden(256), x);
}

__global__ void copy_from_behind_global(const float* x) {
    TRD_DYNAMIC_SHARED(float, s);
    cp_async16(s, x + hidden(128));
}

__global__ void odd_row(float* x) {
    __shared__ __align__(16) half_t tile[8 * 9];
    uint32_t r[1];
    ldmatrix(r, tile + threadIdx.x % 8 * 9);
    x[0] = 1;
}

__global__ void row_in_global(float* x) {
    uint32_t r[1];
    ldmatrix(r, x);
}

// One element behind: neighbours of other arrays are not written instead.
__global__ void behind_static(float* x) {
    __shared__ float before[5];
    __shared__ float tile[5];
    __shared__ float behind[5];
    float* volatile t = tile;
    t[threadIdx.x] = 1;
    x[0] = before[0] + behind[0];
}

__global__ void before_static(float* x) {
    __shared__ unsigned char tile[7];
    unsigned char* volatile t = tile;
    x[threadIdx.x] = t[static_cast<int>(threadIdx.x) - 1];
}

template <int kCount> __global__ void behind_static_of_template(float* x) {
    __shared__ unsigned char tile[kCount];
    unsigned char* volatile t = tile;
    x[0] = t[threadIdx.x];
}

__global__ void behind_dynamic(int at) {
    TRD_DYNAMIC_SHARED(unsigned char, s);
    s[at] = 0;
}

__global__ void reads_behind_dynamic(unsigned char* x, int at) {
    TRD_DYNAMIC_SHARED(unsigned char, s);
    x[0] = s[at];
}

__global__ void behind_global(float* x) { x[threadIdx.x + blockIdx.x * blockDim.x] = 1; }

__global__ void misaligned_vector(const float* x, float4* out) {
    out[threadIdx.x] = *reinterpret_cast<const float4*>(x + hidden(1));
}

float* memory() {
    alignas(16) static float x[128];
    return x;
}

float* heap(int floats) { return new float[static_cast<size_t>(floats)](); }

#define RUN(kernel, threads, shared, ...) [] { TRD_LAUNCH(kernel, 1, threads, shared, nullptr, __VA_ARGS__); }

}  // namespace

const std::vector<Fault>& faults() {
    static const std::vector<Fault> all = {
        {"two barriers meet", kAll, "meet at different barriers", RUN(two_barriers, 64, 0, memory())},
        {"exit before a barrier", kAll, "left", RUN(early_exit, 64, 0, memory())},
        {"half a warp waits for the other", kAll, "deadlock", RUN(half_a_warp_waits, 32, 0, memory())},
        {"two shuffles on one line meet", kAll, "diverged", RUN(diverged_shuffle, 32, 0, memory())},
        {"lane outside of its own mask", kAll, "not in the mask", RUN(lane_outside_of_its_mask, 32, 0, memory())},
        {"mask names lanes that left", kAll, "names lanes that have left",
         [] {
             setenv("TRD_SIMT_ORDER", "descending", 1);
             TRD_LAUNCH(mask_with_the_departed, 1, 32, 0, nullptr, memory());
         }},
        {"lanes leave that are waited for", kAll, "deadlock", RUN(mask_with_the_departed, 32, 0, memory())},
        {"mask names lanes that never were", kAll, "names lanes that have left",
         RUN(last_warp_is_not_full, 40, 0, memory())},
        {"shuffle from outside of the mask", kAll, "reads a lane outside",
         RUN(reads_outside_of_the_mask, 32, 0, memory())},
        {"shuffle with a width of 12", kAll, "width", RUN(bad_width, 32, 0, memory())},
        {"misaligned atomic", kAll, "atomic operation is misaligned", RUN(misaligned_atomic, 1, 0, memory())},
        {"copy to odd shared memory", kAll, "cp.async to an address that is not aligned",
         RUN(copy_to_odd_shared, 1, 256, memory())},
        {"copy from odd global memory", kAll, "cp.async from an address that is not aligned",
         RUN(copy_from_odd_global, 1, 256, memory())},
        {"copy to global memory", kAll, "outside of the block's shared memory", RUN(copy_to_global, 1, 256, memory())},
        {"copy from shared memory", kAll, "from shared memory", RUN(copy_from_shared, 1, 256, memory())},
        {"copy behind shared memory", kAll, "outside of the block's shared memory",
         RUN(copy_behind_shared, 1, 256, memory())},
        {"copy from behind global memory", kSanitized, "cp.async from an address outside of its array",
         RUN(copy_from_behind_global, 1, 256, memory())},
        {"row of ldmatrix is odd", kAll, "row of ldmatrix is not 16-byte aligned", RUN(odd_row, 32, 0, memory())},
        {"row of ldmatrix is global", kAll, "row of ldmatrix is outside", RUN(row_in_global, 32, 0, memory())},
        {"write behind a static array", kSanitized, "planted.cu", RUN(behind_static, 6, 0, memory())},
        {"read before a static array", kSanitized, "planted.cu", RUN(before_static, 1, 0, memory())},
        {"read behind a template's static array", kSanitized, "planted.cu",
         RUN((behind_static_of_template<9>), 10, 0, memory())},
        {"write one byte behind dynamic memory", kPlain | kSanitized, "dynamic shared memory\nuse-after-poison",
         RUN(behind_dynamic, 1, 13, 13)},
        {"write one byte before dynamic memory", kPlain | kSanitized, "dynamic shared memory\nuse-after-poison",
         RUN(behind_dynamic, 1, 13, -1)},
        {"dynamic memory that was not asked for", kPlain | kSanitized, "dynamic shared memory\nuse-after-poison",
         RUN(behind_dynamic, 1, 0, 0)},
        {"read one byte behind dynamic memory", kSanitized, "use-after-poison",
         RUN(reads_behind_dynamic, 1, 13, reinterpret_cast<unsigned char*>(memory()), 13)},
        {"write behind a buffer", kSanitized, "heap-buffer-overflow\ninsufficient space",
         RUN(behind_global, 65, 0, heap(64))},
        {"misaligned vector", kSanitized, "misaligned address",
         RUN(misaligned_vector, 1, 0, memory(), reinterpret_cast<float4*>(memory() + 64))},
    };
    return all;
}

}  // namespace planted
