#include "runtime_api.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string>

namespace {

thread_local cudaError_t last_error = cudaSuccess;
std::mutex lock;  // of what follows
std::map<const void*, size_t> allowed_shared;
std::map<std::string, long> calls;  // since the fault was set
std::string fault;

struct Named {
    const char *name, *faults;
};
// A driver that is missing or too old answers cudaDriverGetVersion, with 0 or its own version; everything else fails.
constexpr Named kFaults[] = {
    {"no-driver",
     "cudaGetDeviceCount=35,cudaGetDeviceProperties=35,cudaDeviceGetAttribute=35,cudaGetDevice=35,"
     "cudaSetDevice=35,cudaFuncSetAttribute=35,cudaLaunchKernel=35"},
    {"old-driver",
     "cudaGetDeviceCount=35,cudaGetDeviceProperties=35,cudaDeviceGetAttribute=35,cudaGetDevice=35,"
     "cudaSetDevice=35,cudaFuncSetAttribute=35,cudaLaunchKernel=35"},
    {"no-device",
     "cudaGetDeviceCount=100,cudaGetDeviceProperties=100,cudaDeviceGetAttribute=100,cudaGetDevice=100,"
     "cudaSetDevice=100,cudaFuncSetAttribute=100,cudaLaunchKernel=100"},
    {"out-of-memory", "cudaFuncSetAttribute=2,cudaLaunchKernel=2,cudaMemsetAsync=2,cudaMemcpyAsync=2"},
    {"launch-failure", "cudaLaunchKernel=719"},
    {"lost-device",
     "cudaGetDeviceCount=46,cudaGetDeviceProperties=46,cudaDeviceGetAttribute=46,cudaGetDevice=46,"
     "cudaSetDevice=46,cudaFuncSetAttribute=46,cudaLaunchKernel=46,cudaMemsetAsync=46,cudaMemcpyAsync=46"},
};

// The error that TRD_SIMT_FAULT wants of this call.
cudaError_t injected(const char* function) {
    const char* wanted = std::getenv("TRD_SIMT_FAULT");
    if (wanted == nullptr || wanted[0] == 0) return cudaSuccess;
    const std::lock_guard<std::mutex> hold(lock);
    if (fault != wanted) {
        fault = wanted;
        calls.clear();
    }
    const long call = ++calls[function];
    std::string list = wanted;
    for (const Named& n : kFaults)
        if (list == n.name) list = n.faults;
    if (list.find('=') == std::string::npos) {
        std::fprintf(stderr, "simt: TRD_SIMT_FAULT=%s is unknown\n", wanted);
        std::abort();
    }
    list = "," + list + ",";
    const auto at = list.find("," + std::string(function) + "=");
    if (at == std::string::npos) return cudaSuccess;
    char* end;
    const long code = std::strtol(list.c_str() + at + std::strlen(function) + 2, &end, 10);
    const long from = *end == '@' ? std::strtol(end + 1, nullptr, 10) : 1;
    return call >= from ? static_cast<cudaError_t>(code) : cudaSuccess;
}

// Every function's result is also what cudaGetLastError() answers.
cudaError_t answer(cudaError_t error) {
    if (error != cudaSuccess) last_error = error;
    return error;
}

int from_environment(const char* name, int otherwise) {
    const char* value = std::getenv(name);
    return value != nullptr && value[0] != 0 ? std::atoi(value) : otherwise;
}

size_t most_shared() {
    return std::min(simt::kMostShared, static_cast<size_t>(from_environment("TRD_SIMT_SHARED_KIB", 227)) << 10);
}

bool is_fault(const char* name) {
    const char* wanted = std::getenv("TRD_SIMT_FAULT");
    return wanted != nullptr && std::strcmp(wanted, name) == 0;
}

struct Text {
    cudaError_t error;
    const char *name, *text;
};
constexpr Text kTexts[] = {
    {cudaSuccess, "cudaSuccess", "no error"},
    {cudaErrorInvalidValue, "cudaErrorInvalidValue", "invalid argument"},
    {cudaErrorMemoryAllocation, "cudaErrorMemoryAllocation", "out of memory"},
    {cudaErrorInvalidConfiguration, "cudaErrorInvalidConfiguration", "invalid configuration argument"},
    {cudaErrorInsufficientDriver, "cudaErrorInsufficientDriver",
     "CUDA driver version is insufficient for CUDA runtime version"},
    {cudaErrorDevicesUnavailable, "cudaErrorDevicesUnavailable", "CUDA-capable device(s) is/are busy or unavailable"},
    {cudaErrorNoDevice, "cudaErrorNoDevice", "no CUDA-capable device is detected"},
    {cudaErrorInvalidDevice, "cudaErrorInvalidDevice", "invalid device ordinal"},
    {cudaErrorLaunchOutOfResources, "cudaErrorLaunchOutOfResources", "too many resources requested for launch"},
    {cudaErrorLaunchFailure, "cudaErrorLaunchFailure", "unspecified launch failure"},
};

const Text& text_of(cudaError_t error) {
    static constexpr Text kUnknown{-1, "cudaErrorUnknown", "unknown error"};
    for (const Text& t : kTexts)
        if (t.error == error) return t;
    return kUnknown;
}

}  // namespace

namespace simt::runtime {

bool accepts(dim3 grid, dim3 dim, const Launch& launch) {
    cudaError_t error = injected("cudaLaunchKernel");
    const uint64_t threads = uint64_t{dim.x} * dim.y * dim.z;
    const bool shape = grid.x > 0 && grid.y > 0 && grid.z > 0 && grid.x <= 0x7fffffff && grid.y <= 65535 &&
                       grid.z <= 65535 && dim.x > 0 && dim.y > 0 && dim.z > 0 && dim.x <= 1024 && dim.y <= 1024 &&
                       dim.z <= 64 && threads <= kMostThreads;
    if (error == cudaSuccess && !shape) error = cudaErrorInvalidConfiguration;
    if (error == cudaSuccess && launch.shared_bytes > 48 << 10) {
        const std::lock_guard<std::mutex> hold(lock);
        const auto allowed = allowed_shared.find(launch.function);
        if (allowed == allowed_shared.end() || launch.shared_bytes > allowed->second) error = cudaErrorInvalidValue;
    }
    return answer(error) == cudaSuccess;
}

}  // namespace simt::runtime

cudaError_t cudaGetLastError() {
    const cudaError_t error = last_error;
    last_error = cudaSuccess;
    return error;
}
cudaError_t cudaPeekAtLastError() { return last_error; }

cudaError_t cudaGetDevice(int* device) {
    *device = 0;
    return answer(injected("cudaGetDevice"));
}
cudaError_t cudaSetDevice(int device) {
    const cudaError_t error = injected("cudaSetDevice");
    return answer(error != cudaSuccess ? error : device == 0 ? cudaSuccess : cudaErrorInvalidDevice);
}
cudaError_t cudaGetDeviceCount(int* count) {
    const cudaError_t error = injected("cudaGetDeviceCount");
    *count = error == cudaSuccess ? 1 : 0;
    return answer(error);
}
cudaError_t cudaDriverGetVersion(int* version) {
    *version = is_fault("no-driver") ? 0 : is_fault("old-driver") ? 12040 : 13000;
    return answer(injected("cudaDriverGetVersion"));
}
cudaError_t cudaRuntimeGetVersion(int* version) {
    *version = 13000;
    return answer(injected("cudaRuntimeGetVersion"));
}
cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr which, int device) {
    const cudaError_t error = injected("cudaDeviceGetAttribute");
    if (error != cudaSuccess || device != 0) return answer(error != cudaSuccess ? error : cudaErrorInvalidDevice);
    switch (which) {
        case cudaDevAttrMultiProcessorCount: *value = from_environment("TRD_SIMT_MULTIPROCESSORS", 8); break;
        case cudaDevAttrMaxSharedMemoryPerBlockOptin: *value = static_cast<int>(most_shared()); break;
        case cudaDevAttrComputeCapabilityMajor: *value = most_shared() < simt::kMostShared ? 8 : 9; break;
        case cudaDevAttrComputeCapabilityMinor: *value = most_shared() < simt::kMostShared ? 6 : 0; break;
    }
    return cudaSuccess;
}
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* p, int device) {
    const cudaError_t error = injected("cudaGetDeviceProperties");
    if (error != cudaSuccess || device != 0) return answer(error != cudaSuccess ? error : cudaErrorInvalidDevice);
    std::memset(p, 0, sizeof *p);
    cudaDeviceGetAttribute(&p->major, cudaDevAttrComputeCapabilityMajor, 0);
    cudaDeviceGetAttribute(&p->minor, cudaDevAttrComputeCapabilityMinor, 0);
    cudaDeviceGetAttribute(&p->multiProcessorCount, cudaDevAttrMultiProcessorCount, 0);
    p->totalGlobalMem = size_t{1} << 34;
    p->sharedMemPerBlockOptin = most_shared();
    std::snprintf(p->name, sizeof p->name, "SIMT harness");
    return cudaSuccess;
}
cudaError_t cudaFuncSetAttribute(const void* kernel, cudaFuncAttribute which, int value) {
    const cudaError_t error = injected("cudaFuncSetAttribute");
    if (error != cudaSuccess) return answer(error);
    if (which != cudaFuncAttributeMaxDynamicSharedMemorySize) return cudaSuccess;
    if (value < 0 || static_cast<size_t>(value) > most_shared()) return answer(cudaErrorInvalidValue);
    const std::lock_guard<std::mutex> hold(lock);
    allowed_shared[kernel] = static_cast<size_t>(value);
    return cudaSuccess;
}
cudaError_t cudaMemsetAsync(void* to, int value, size_t bytes, cudaStream_t) {
    const cudaError_t error = injected("cudaMemsetAsync");
    if (error == cudaSuccess) std::memset(to, value, bytes);
    return answer(error);
}
cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind, cudaStream_t) {
    const cudaError_t error = injected("cudaMemcpyAsync");
    if (error == cudaSuccess) std::memcpy(to, from, bytes);
    return answer(error);
}
const char* cudaGetErrorString(cudaError_t error) { return text_of(error).text; }
const char* cudaGetErrorName(cudaError_t error) { return text_of(error).name; }
