package io.trd4j.engine.cpu;

import io.trd4j.jni.NativeLibraries;
import io.trd4j.model.Precision;
import org.bytedeco.dnnl.global.dnnl;

/** Arithmetic that this machine's CPU supports through oneDNN. */
public final class CpuSupport {
    private static final boolean PACKED = NativeLibraries.has(dnnl.class);

    private CpuSupport() {}

    /**
     * Whether there is oneDNN for this platform, which is then loaded.
     *
     * @throws io.trd4j.jni.NativeException when it cannot be loaded
     */
    public static boolean isAvailable() {
        if (PACKED) {
            NativeLibraries.load("oneDNN", dnnl.class);
        }
        return PACKED;
    }

    /**
     * Whether the CPU has instructions for a precision; without them oneDNN would convert or emulate: slower than FP32,
     * or inexact. FP32 is always supported, by LibTorch where oneDNN is not.
     */
    public static boolean supports(Precision precision) {
        if (precision == Precision.FP32 || precision == Precision.AUTO) {
            return true;
        }
        if (!isAvailable() || precision == Precision.FP16 || precision == Precision.TF32) {
            return false;
        }
        int isa = dnnl.dnnl_get_effective_cpu_isa();
        return precision == Precision.BF16
                ? has(isa, dnnl.dnnl_cpu_isa_avx512_core_bf16)
                // Some of INT8's layers are BF16, which oneDNN converts on any AVX-512, but on AVX2 only with the
                // second VNNI set.
                : has(isa, dnnl.dnnl_cpu_isa_avx512_core_vnni) || has(isa, dnnl.dnnl_cpu_isa_avx2_vnni_2);
    }

    // Each instruction set's number holds the bits of all those it includes.
    private static boolean has(int isa, int wanted) {
        return (isa & wanted) == wanted;
    }

    /** oneDNN's version. */
    public static String version() {
        return dnnl.DNNL_VERSION_MAJOR + "." + dnnl.DNNL_VERSION_MINOR + "." + dnnl.DNNL_VERSION_PATCH;
    }
}
