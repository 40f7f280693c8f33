package io.trd4j.engine.cuda;

import io.trd4j.engine.DeviceException;
import io.trd4j.engine.DeviceException.Reason;
import io.trd4j.jni.NativeException;
import java.util.Set;

/** Translates CUDA errors into reasons that the user of a device can act on. */
final class CudaErrors {
    /** After these the driver refuses all further work of the process on this device. */
    private static final Set<String> LOST = Set.of("cudaErrorIllegalAddress", "cudaErrorLaunchFailure", "cudaErrorLaunchTimeout",
            "cudaErrorHardwareStackError", "cudaErrorIllegalInstruction", "cudaErrorMisalignedAddress",
            "cudaErrorInvalidAddressSpace", "cudaErrorInvalidPc", "cudaErrorAssert", "cudaErrorECCUncorrectable",
            "cudaErrorNvlinkUncorrectable", "cudaErrorContained", "cudaErrorTensorMemoryLeak", "cudaErrorUnknown",
            "cudaErrorDevicesUnavailable", "cudaErrorContextIsDestroyed", "cudaErrorDeviceUninitialized",
            "cudaErrorCudartUnloading", "cudaErrorSystemNotReady", "cudaErrorExternalDevice");

    private CudaErrors() {}

    /** @param name of the runtime's error, {@code cudaErrorMemoryAllocation} for example */
    static Reason reason(String name) {
        return name.equals("cudaErrorMemoryAllocation") ? Reason.OUT_OF_MEMORY : LOST.contains(name) ? Reason.LOST : Reason.OTHER;
    }

    static DeviceException of(String what, String name, String text) {
        Reason reason = reason(name);
        String advice = switch (reason) {
            case OUT_OF_MEMORY -> "the GPU has too little free memory; close what else uses it, or take a smaller model or precision fp16";
            case LOST -> "the GPU is lost to this inspector; close it and open another, and restart the process if that fails too";
            case OTHER -> "close this inspector and open another";
        };
        return new DeviceException(reason, "CUDA failed (" + what + ": " + text + ", " + name + "): " + advice);
    }

    /** The failure as a DeviceException where it is the device's: libtrd and LibTorch say so in their texts. */
    static RuntimeException translated(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        RuntimeException failure = (RuntimeException) thrown;
        String text = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
        if (failure instanceof NativeException && text.contains("cudaError")) {
            String name = text.substring(text.lastIndexOf("cudaError")).replaceAll("\\W.*", "");
            DeviceException translated = of("libtrd", name, text);
            translated.initCause(failure);
            return translated;
        }
        boolean libTorch = failure.getClass() == RuntimeException.class;
        if (libTorch && text.contains("out of memory")) {
            DeviceException translated = of("LibTorch", "cudaErrorMemoryAllocation", text);
            translated.initCause(failure);
            return translated;
        }
        if (libTorch && (text.contains("CUDA") || text.contains("cuDNN"))) {
            DeviceException translated = of("LibTorch", "cudaErrorUnknown", text);
            translated.initCause(failure);
            return translated;
        }
        return failure;
    }
}
