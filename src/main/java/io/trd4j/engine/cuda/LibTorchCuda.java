package io.trd4j.engine.cuda;

import io.trd4j.jni.NativeException;
import io.trd4j.jni.NativeLibraries;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * Loads LibTorch's CUDA half. A class of its own: nothing else may touch it before the libraries that it needs are
 * loaded.
 */
final class LibTorchCuda {
    private LibTorchCuda() {}

    /** Why it cannot be used, or null. */
    static String problem() {
        try {
            NativeLibraries.load("LibTorch's CUDA half", torch.class, torch_cuda.class);
        } catch (NativeException e) {
            return e.getMessage();
        }
        if (!Context.hasCUDA() || !Context.hasCuDNN()) {
            return "the LibTorch that was loaded has no CUDA or no cuDNN";
        }
        return null;
    }
}
