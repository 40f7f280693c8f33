// What libtrd says when the driver, the device or a launch fails: TRD_SIMT_FAULT makes the harness's CUDA runtime do
// so.
#include <cstdlib>
#include <thread>

#include "device.hpp"

using namespace trd_test;

namespace {

trd_status fuse(const std::vector<float>& features, std::vector<float>& distance) {
    const trd_exec exec = cuda();
    return trd_fuse_cosine(&exec, TRD_FLOAT32, features.data(), 1, nullptr, 0, features.data(), distance.data(), 1, 4,
                           8);
}

// The last failure of this thread.
void expect_error(const std::string& what, const char* part, int32_t code) {
    check(std::string(trd_last_error()).find(part) != std::string::npos, what + " says: " + trd_last_error());
    check(trd_last_error_code() == code, what + " has the code " + std::to_string(trd_last_error_code()));
}

}  // namespace

int main() {
    const auto features = uniform(32, 1);
    std::vector<float> distance(4, 5.0f);
    trd_cuda_device info;
    expect_status("healthy", trd_cuda_probe(0, &info), TRD_OK);
    check(info.devices == 1 && info.driver_version == 13000 && info.runtime_version == 13000 && info.major == 9 &&
              info.multiprocessors == 8 && info.shared_bytes == 227 << 10 && std::string(info.name) == "SIMT harness",
          "what the probe tells");
    expect_status("no second device", trd_cuda_probe(1, &info), TRD_ERROR_CUDA);
    expect_error("no second device", "cudaErrorInvalidDevice", 101);
    expect_status("no device -1", trd_cuda_probe(-1, &info), TRD_ERROR_ARGUMENT);
    expect_error("no device -1", "negative", 0);

    struct Fault {
        const char *name, *text;
        int32_t code;
        int driver;
        bool probe_fails;
    };
    for (const Fault& f : {Fault{"no-driver", "cudaErrorInsufficientDriver", 35, 0, true},
                           Fault{"old-driver", "cudaErrorInsufficientDriver", 35, 12040, true},
                           Fault{"no-device", "cudaErrorNoDevice", 100, 13000, true},
                           Fault{"lost-device", "cudaErrorDevicesUnavailable", 46, 13000, true},
                           Fault{"out-of-memory", "cudaErrorMemoryAllocation", 2, 13000, false},
                           Fault{"launch-failure", "cudaErrorLaunchFailure", 719, 13000, false}}) {
        setenv("TRD_SIMT_FAULT", f.name, 1);
        info.driver_version = -1;
        expect_status(std::string("probe, ") + f.name, trd_cuda_probe(0, &info),
                      f.probe_fails ? TRD_ERROR_CUDA : TRD_OK);
        if (f.probe_fails) expect_error(f.name, f.text, f.code);
        check(info.driver_version == f.driver, std::string("driver version, ") + f.name);
        expect_status(std::string("op, ") + f.name, fuse(features, distance), TRD_ERROR_CUDA);
        expect_error(f.name, f.text, f.code);
        check(distance == std::vector<float>(4, 5.0f), std::string("a failed op writes nothing, ") + f.name);
    }
    int32_t elsewhere = -1;
    std::thread([&] { elsewhere = trd_last_error_code(); }).join();
    check(elsewhere == 0, "another thread has not failed");
    setenv("TRD_SIMT_FAULT", "cudaLaunchKernel=2@2", 1);
    expect_status("first launch", fuse(features, distance), TRD_OK);
    expect_status("second launch", fuse(features, distance), TRD_ERROR_CUDA);
    unsetenv("TRD_SIMT_FAULT");
    expect_status("healthy again", fuse(features, distance), TRD_OK);
    const trd_exec second{TRD_BACKEND_CUDA, 1, nullptr};
    expect_status("op on a device that is not there",
                  trd_fuse_cosine(&second, TRD_FLOAT32, features.data(), 1, nullptr, 0, features.data(),
                                  distance.data(), 1, 4, 8),
                  TRD_ERROR_CUDA);
    return finish();
}
