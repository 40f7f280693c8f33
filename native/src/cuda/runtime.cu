#include "cuda/runtime.hpp"

#include <cstdio>
#include <cstring>

#include "cuda/device.hpp"

#ifndef TRD_CUDA_BUILD
#define TRD_CUDA_BUILD "unknown architectures"
#endif

namespace trd::cuda {
namespace {

constexpr int kMostDevices = 64;
thread_local char text[192];

[[noreturn]] void fail(const char* what, cudaError_t error) {
    std::snprintf(text, sizeof text, "%s: %s (%s)", what, cudaGetErrorString(error), cudaGetErrorName(error));
    throw Failure{text, static_cast<int32_t>(error)};
}

void check(cudaError_t error, const char* what) {
    if (error != cudaSuccess) fail(what, error);
}

int attribute(cudaDeviceAttr which, int device) {
    int value = 0;
    check(cudaDeviceGetAttribute(&value, which, device), "device attribute");
    return value;
}

}  // namespace

void check_launch(const char* kernel) { check(cudaGetLastError(), kernel); }

OnDevice::OnDevice(const trd_exec& exec) {
    int current = 0;
    check(cudaGetDevice(&current), "current device");
    if (current == exec.device) return;
    check(cudaSetDevice(exec.device), "exec->device");
    previous_ = current;
}

OnDevice::~OnDevice() {
    if (previous_ >= 0) cudaSetDevice(previous_);
}

DeviceLimits device_limits(int device) {
    // Racing threads write the same values.
    static DeviceLimits known[kMostDevices];
    if (device < 0 || device >= kMostDevices) fail("device", cudaErrorInvalidDevice);
    DeviceLimits& limits = known[device];
    if (limits.shared_bytes == 0) {
        limits.multiprocessors = attribute(cudaDevAttrMultiProcessorCount, device);
        limits.shared_bytes = attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin, device);
    }
    return limits;
}

void allow_shared(const void* kernel, int bytes) {
    check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes), "shared memory");
}

void probe(int32_t device, trd_cuda_device* info) {
    std::memset(info, 0, sizeof *info);
    int version = 0;
    check(cudaDriverGetVersion(&version), "driver version");
    info->driver_version = version;
    check(cudaRuntimeGetVersion(&version), "runtime version");
    info->runtime_version = version;
    int count = 0;
    check(cudaGetDeviceCount(&count), "device count");
    info->devices = count;
    if (device >= count) fail("no such device", cudaErrorInvalidDevice);
    cudaDeviceProp properties;
    check(cudaGetDeviceProperties(&properties, device), "device properties");
    info->major = properties.major;
    info->minor = properties.minor;
    info->multiprocessors = properties.multiProcessorCount;
    info->memory_bytes = static_cast<int64_t>(properties.totalGlobalMem);
    info->shared_bytes = static_cast<int64_t>(properties.sharedMemPerBlockOptin);
    std::snprintf(info->name, sizeof info->name, "%s", properties.name);
}

const char* build_description() { return ", cuda (" TRD_CUDA_BUILD ")"; }

}  // namespace trd::cuda
