// The host side that all CUDA ops share: failures, the device of a call, what the build and the machine have.
#pragma once
#include <cstdint>

#include "trd.h"

namespace trd::cuda {

// Thrown when the CUDA runtime refuses; becomes TRD_ERROR_CUDA.
struct Failure {
    const char* what;  // thread-local text: the runtime's reason
    int32_t code = 0;  // its cudaError_t; 0 when libtrd itself refuses the device
};

// After every launch: throws Failure with the kernel's name when the launch was refused.
void check_launch(const char* kernel);

// Makes exec's device current for the calling thread while it lives.
class OnDevice {
public:
    explicit OnDevice(const trd_exec& exec);
    ~OnDevice();
    OnDevice(const OnDevice&) = delete;
    OnDevice& operator=(const OnDevice&) = delete;

private:
    int previous_ = -1;
};

// What of the current device decides how a kernel is launched; asked once per device.
struct DeviceLimits {
    int multiprocessors;
    int shared_bytes;  // most dynamic shared memory that one block may ask for
};
DeviceLimits device_limits(int device);

// Allows a kernel more than 48 KiB of dynamic shared memory; cheap when it was done before.
void allow_shared(const void* kernel, int bytes);

void probe(int32_t device, trd_cuda_device* info);

// For trd_describe: ", cuda 13.0 (sm_80 ... )".
const char* build_description();

}  // namespace trd::cuda
