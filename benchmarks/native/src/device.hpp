// What timing needs of the CUDA runtime.
#pragma once
#include <cuda_runtime.h>

#include <string>
#include <utility>
#include <vector>

namespace trd_kernels {

void check_cuda(cudaError_t error, const char* what);

// What describes the device and its clocks in the results; values are JSON texts without quotes.
std::vector<std::pair<std::string, std::string>> describe_device();

}  // namespace trd_kernels
