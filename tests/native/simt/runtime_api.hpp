// The CUDA runtime, as far as libtrd calls it. Device memory is the host's; everything has happened when a call
// returns. Launches are refused for what a device refuses: empty or too large grids and blocks, too much shared memory,
// more than 48 KiB of dynamic shared memory that cudaFuncSetAttribute did not allow for this kernel.
//
// The device is one with 8 multiprocessors and 227 KiB of shared memory per block; TRD_SIMT_SHARED_KIB=99 makes it a
// smaller one (sm_86, 89, 120), TRD_SIMT_MULTIPROCESSORS=132 a larger.
// TRD_SIMT_FAULT makes it fail, read at each call:
//   no-driver, old-driver, no-device, out-of-memory, launch-failure, lost-device: what the runtime answers then; or
//   FUNCTION=CODE[@N]: that function (cudaLaunchKernel: a launch) answers this error, from its N-th call on (1 = the
//   next)
#pragma once
#include <cstddef>

#include "block.hpp"
#include "language.hpp"

using cudaError_t = int;
enum : int {
    cudaSuccess = 0,
    cudaErrorInvalidValue = 1,
    cudaErrorMemoryAllocation = 2,
    cudaErrorInvalidConfiguration = 9,
    cudaErrorInsufficientDriver = 35,
    cudaErrorDevicesUnavailable = 46,
    cudaErrorNoDevice = 100,
    cudaErrorInvalidDevice = 101,
    cudaErrorLaunchOutOfResources = 701,
    cudaErrorLaunchFailure = 719,
};
enum cudaDeviceAttr {
    cudaDevAttrMultiProcessorCount,
    cudaDevAttrMaxSharedMemoryPerBlockOptin,
    cudaDevAttrComputeCapabilityMajor,
    cudaDevAttrComputeCapabilityMinor,
};
enum cudaFuncAttribute { cudaFuncAttributeMaxDynamicSharedMemorySize, cudaFuncAttributePreferredSharedMemoryCarveout };
enum cudaMemcpyKind {
    cudaMemcpyHostToHost,
    cudaMemcpyHostToDevice,
    cudaMemcpyDeviceToHost,
    cudaMemcpyDeviceToDevice,
    cudaMemcpyDefault
};
struct cudaDeviceProp {
    int major, minor, multiProcessorCount;
    size_t totalGlobalMem, sharedMemPerBlockOptin;
    char name[256];
};

cudaError_t cudaGetLastError();
cudaError_t cudaPeekAtLastError();
cudaError_t cudaGetDevice(int* device);
cudaError_t cudaSetDevice(int device);
cudaError_t cudaGetDeviceCount(int* count);
cudaError_t cudaDriverGetVersion(int* version);
cudaError_t cudaRuntimeGetVersion(int* version);
cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr which, int device);
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device);
cudaError_t cudaFuncSetAttribute(const void* kernel, cudaFuncAttribute which, int value);
cudaError_t cudaMemsetAsync(void* to, int value, size_t bytes, cudaStream_t stream);
cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream);
const char* cudaGetErrorString(cudaError_t error);
const char* cudaGetErrorName(cudaError_t error);

namespace simt {

// Most dynamic shared memory of any device that the harness stands for.
constexpr size_t kMostShared = size_t{227} << 10;

namespace runtime {

// Whether the device takes the launch; if not, cudaGetLastError() says why.
bool accepts(dim3 grid, dim3 dim, const Launch& launch);

}  // namespace runtime
}  // namespace simt
