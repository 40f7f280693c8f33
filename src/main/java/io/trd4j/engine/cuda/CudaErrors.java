package io.trd4j.engine.cuda;

import static org.bytedeco.cuda.global.cudart.cudaErrorAssert;
import static org.bytedeco.cuda.global.cudart.cudaErrorContained;
import static org.bytedeco.cuda.global.cudart.cudaErrorContextIsDestroyed;
import static org.bytedeco.cuda.global.cudart.cudaErrorCudartUnloading;
import static org.bytedeco.cuda.global.cudart.cudaErrorDeviceUninitialized;
import static org.bytedeco.cuda.global.cudart.cudaErrorDevicesUnavailable;
import static org.bytedeco.cuda.global.cudart.cudaErrorECCUncorrectable;
import static org.bytedeco.cuda.global.cudart.cudaErrorExternalDevice;
import static org.bytedeco.cuda.global.cudart.cudaErrorHardwareStackError;
import static org.bytedeco.cuda.global.cudart.cudaErrorIllegalAddress;
import static org.bytedeco.cuda.global.cudart.cudaErrorIllegalInstruction;
import static org.bytedeco.cuda.global.cudart.cudaErrorInvalidAddressSpace;
import static org.bytedeco.cuda.global.cudart.cudaErrorInvalidPc;
import static org.bytedeco.cuda.global.cudart.cudaErrorLaunchFailure;
import static org.bytedeco.cuda.global.cudart.cudaErrorLaunchTimeout;
import static org.bytedeco.cuda.global.cudart.cudaErrorMemoryAllocation;
import static org.bytedeco.cuda.global.cudart.cudaErrorMisalignedAddress;
import static org.bytedeco.cuda.global.cudart.cudaErrorNvlinkUncorrectable;
import static org.bytedeco.cuda.global.cudart.cudaErrorSystemNotReady;
import static org.bytedeco.cuda.global.cudart.cudaErrorTensorMemoryLeak;
import static org.bytedeco.cuda.global.cudart.cudaErrorUnknown;

import io.trd4j.engine.DeviceException;
import io.trd4j.engine.DeviceException.Reason;
import io.trd4j.jni.NativeException;
import java.util.Set;

/** Translates CUDA errors into reasons that the user of a device can act on. */
final class CudaErrors {
    /** After these the driver refuses all further work of the process on this device. */
    private static final Set<Integer> LOST = Set.of(
            cudaErrorIllegalAddress,
            cudaErrorLaunchFailure,
            cudaErrorLaunchTimeout,
            cudaErrorHardwareStackError,
            cudaErrorIllegalInstruction,
            cudaErrorMisalignedAddress,
            cudaErrorInvalidAddressSpace,
            cudaErrorInvalidPc,
            cudaErrorAssert,
            cudaErrorECCUncorrectable,
            cudaErrorNvlinkUncorrectable,
            cudaErrorContained,
            cudaErrorTensorMemoryLeak,
            cudaErrorUnknown,
            cudaErrorDevicesUnavailable,
            cudaErrorContextIsDestroyed,
            cudaErrorDeviceUninitialized,
            cudaErrorCudartUnloading,
            cudaErrorSystemNotReady,
            cudaErrorExternalDevice);

    private CudaErrors() {}

    /** @param code the runtime's error, {@code cudaErrorMemoryAllocation} for example */
    static Reason reason(int code) {
        if (code == cudaErrorMemoryAllocation) {
            return Reason.OUT_OF_MEMORY;
        }
        return LOST.contains(code) ? Reason.LOST : Reason.OTHER;
    }

    /** @param text what the runtime says about the code, and its name */
    static DeviceException of(String what, int code, String text) {
        Reason reason = reason(code);
        String advice = switch (reason) {
            case OUT_OF_MEMORY ->
                "the GPU has too little free memory; close what else uses it, or take a smaller model or "
                        + "precision fp16";
            case LOST ->
                "the GPU is lost to this inspector; close it and open another, and restart the process if that "
                        + "fails too";
            case OTHER -> "close this inspector and open another";
        };
        return new DeviceException(reason, "CUDA failed (" + what + ": " + text + "): " + advice);
    }

    /**
     * The failure as a DeviceException where it is the device's: libtrd says so by a code, LibTorch only in its text.
     */
    static RuntimeException translated(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        RuntimeException failure = (RuntimeException) thrown;
        String text = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
        if (failure instanceof NativeException failed && failed.code() != 0) {
            DeviceException translated = of("libtrd", failed.code(), text);
            translated.initCause(failure);
            return translated;
        }
        boolean libTorch = failure.getClass() == RuntimeException.class;
        if (libTorch && text.contains("out of memory")) {
            DeviceException translated = of("LibTorch", cudaErrorMemoryAllocation, text);
            translated.initCause(failure);
            return translated;
        }
        if (libTorch && (text.contains("CUDA") || text.contains("cuDNN"))) {
            DeviceException translated = of("LibTorch", cudaErrorUnknown, text);
            translated.initCause(failure);
            return translated;
        }
        return failure;
    }
}
