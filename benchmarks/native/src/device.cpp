#include "device.hpp"

#include <fstream>

#include "memory.hpp"

namespace trd_kernels {

void check_cuda(cudaError_t error, const char* what) {
    if (error != cudaSuccess)
        fail(std::string(what) + ": " + cudaGetErrorString(error) + " (" + cudaGetErrorName(error) + ")");
}

std::vector<std::pair<std::string, std::string>> describe_device() {
    cudaDeviceProp p;
    check_cuda(cudaGetDeviceProperties(&p, 0), "device properties");
    const auto attribute = [](cudaDeviceAttr which) {
        int value = 0;
        check_cuda(cudaDeviceGetAttribute(&value, which, 0), "device attribute");
        return value;
    };
    int driver = 0, runtime = 0;
    check_cuda(cudaDriverGetVersion(&driver), "driver version");
    check_cuda(cudaRuntimeGetVersion(&runtime), "runtime version");
    std::string kernel_module;
    std::ifstream version("/proc/driver/nvidia/version");
    std::getline(version, kernel_module);
    const auto s = [](int64_t v) { return std::to_string(v); };
    const auto cuda = [&](int v) { return s(v / 1000) + "." + s(v % 1000 / 10); };
    return {{"device", p.name},
            {"compute_capability", s(p.major) + "." + s(p.minor)},
            {"multiprocessors", s(p.multiProcessorCount)},
            {"sm_clock_mhz_max", s(attribute(cudaDevAttrClockRate) / 1000)},
            {"memory_clock_mhz_max", s(attribute(cudaDevAttrMemoryClockRate) / 1000)},
            {"memory_bus_bits", s(attribute(cudaDevAttrGlobalMemoryBusWidth))},
            {"memory_mib", s(static_cast<int64_t>(p.totalGlobalMem >> 20))},
            {"l2_cache_mib", s(p.l2CacheSize >> 20)},
            {"driver", kernel_module},
            {"driver_cuda", cuda(driver)},
            {"runtime_cuda", cuda(runtime)}};
}

}  // namespace trd_kernels
