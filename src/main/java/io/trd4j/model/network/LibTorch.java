package io.trd4j.model.network;

import io.trd4j.io.OptionalLibrary;
import io.trd4j.jni.NativeLibraries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;
import org.slf4j.LoggerFactory;

/** LibTorch's settings that hold for the whole process. */
public final class LibTorch {
    /**
     * Whether convolutions of LibTorch's own oneDNN can be trusted. Where a virtual machine hides its CPU's caches, as
     * some do with AMD's, the one in LibTorch 2.10 chooses blocks of no size: 1x1 convolutions of some channels end the
     * process by a division by zero, and others have wrong values. Linux knows no caches either then. The newer oneDNN
     * that inspects has neither fault (CpuRunnerTest).
     */
    private static final boolean ONE_DNN_IS_SOUND =
            !System.getProperty("os.name").equals("Linux")
                    || !Loader.getPlatform().endsWith("-x86_64")
                    || Files.exists(Path.of("/sys/devices/system/cpu/cpu0/cache/index0"));

    private LibTorch() {}

    /** Whether LibTorch computes with oneDNN here. Without it, bfloat16 is slower than float32. */
    public static boolean hasOneDnn() {
        return ONE_DNN_IS_SOUND;
    }

    /**
     * Loads it, when the first of its classes is going to be touched. NNPACK, which LibTorch would ask for convolutions
     * of few pixels, is left out: where it does not know the CPU, as on Zen 5, it says so on standard error with every
     * one of them, and elsewhere the bits would be others.
     */
    static void load() {
        OptionalLibrary.LIBTORCH.require();
        NativeLibraries.load("LibTorch", torch.class, openblas_nolapack.class);
        Context context = torch.globalContext();
        context.setUserEnabledNNPACK(false);
        if (!ONE_DNN_IS_SOUND) {
            if (context.userEnabledMkldnn()) {
                LoggerFactory.getLogger(LibTorch.class)
                        .info(
                                "this machine hides its CPU's caches, with which LibTorch's oneDNN computes wrong values: "
                                        + "training and calibration do without it, and take longer");
            }
            context.setUserEnabledMkldnn(false);
        }
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
