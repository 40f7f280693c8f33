package io.trd4j.model.network;

import io.trd4j.io.OptionalLibrary;
import io.trd4j.jni.NativeLibraries;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.global.torch;

/** LibTorch's settings that hold for the whole process. */
public final class LibTorch {
    private LibTorch() {}

    /**
     * Loads it, when the first of its classes is going to be touched. NNPACK, which LibTorch would ask for convolutions
     * of few pixels, is left out: where it does not know the CPU, as on Zen 5, it says so on standard error with every
     * one of them, and elsewhere the bits would be others.
     */
    static void load() {
        OptionalLibrary.LIBTORCH.require();
        NativeLibraries.load("LibTorch", torch.class, openblas_nolapack.class);
        torch.globalContext().setUserEnabledNNPACK(false);
    }

    /** Its version, and the threads it computes with. */
    public static String describe() {
        load();
        return version() + ", " + torch.get_num_threads() + " threads";
    }

    /** Its name and version, as JavaCPP packed it. */
    public static String version() {
        try {
            return "LibTorch " + Loader.getVersion("org.bytedeco", "pytorch");
        } catch (IOException e) {
            throw new UncheckedIOException("LibTorch's jar does not say its version", e);
        }
    }

    /**
     * Sets the CPU threads of LibTorch's operators. OpenBLAS, which LibTorch calls for small convolutions, has a thread
     * pool of its own that spins against LibTorch's and makes a small network several times slower: it gets one thread.
     */
    public static void setThreads(int threads) {
        load();
        torch.set_num_threads(threads);
        openblas_nolapack.blas_set_num_threads(1);
    }
}
