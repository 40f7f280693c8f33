package io.trd4j.ops;

import io.trd4j.jni.NativeRuntime;
import io.trd4j.jni.Status;
import io.trd4j.jni.Trd;
import io.trd4j.jni.TrdCudaDevice;

/**
 * libtrd's findings when it asked for a CUDA device.
 *
 * @param built whether libtrd has its CUDA backend
 * @param refusal the CUDA runtime's reason why the device cannot be used, or null when it can; also null when not built
 * @param devices how many the driver shows
 * @param driverVersion newest CUDA that the driver supports, as the runtime counts it: 13000 is 13.0; 0 = no driver
 * @param runtimeVersion of the CUDA runtime inside libtrd
 * @param major compute capability
 */
public record CudaProbe(
        boolean built,
        String refusal,
        int devices,
        int driverVersion,
        int runtimeVersion,
        int major,
        int minor,
        int multiprocessors,
        long memoryBytes,
        String name) {
    /** Asks for a device; needs no other library than libtrd, and no driver. */
    public static CudaProbe of(int device) {
        NativeRuntime.description();
        try (TrdCudaDevice found = new TrdCudaDevice()) {
            found.zero();
            int status = Trd.trd_cuda_probe(device, found);
            if (status != Trd.TRD_OK && status != Trd.TRD_ERROR_UNSUPPORTED && status != Trd.TRD_ERROR_CUDA) {
                Status.check(status);
            }
            boolean built = status != Trd.TRD_ERROR_UNSUPPORTED;
            String refusal = status == Trd.TRD_ERROR_CUDA ? Trd.trd_last_error().getString() : null;
            return new CudaProbe(
                    built,
                    refusal,
                    found.devices(),
                    found.driver_version(),
                    found.runtime_version(),
                    found.major(),
                    found.minor(),
                    found.multiprocessors(),
                    found.memory_bytes(),
                    found.name().getString());
        }
    }
}
