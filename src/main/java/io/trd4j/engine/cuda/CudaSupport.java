package io.trd4j.engine.cuda;

import io.trd4j.io.OptionalLibrary;
import io.trd4j.model.Precision;
import io.trd4j.ops.CudaProbe;
import java.nio.file.Path;
import java.util.Locale;
import org.bytedeco.javacpp.Loader;

/** Checks whether this process can use a CUDA device, says in one line why not, and opens the device. */
public final class CudaSupport {
    /** cp.async and the tensor cores' instructions that libtrd's kernels use. */
    private static final int MIN_CAPABILITY = 8;

    private static final CudaLibraries LIBRARIES = CudaLibraries.ofThisMachine();

    private CudaSupport() {}

    /**
     * Why a device cannot be used.
     *
     * @param reason one line that says what is missing and what to do; null when the device can be used
     * @param noGpu whether this machine simply has no NVIDIA driver, or the library was built without CUDA: nothing is
     *     wrong then
     */
    public record Check(String reason, boolean noGpu) {}

    /** Checks build, driver, device and the CUDA runtime's library, which it loads. */
    public static Check check(int device) {
        CudaProbe probe = CudaProbe.of(device);
        Check check = check(probe, device);
        if (check.reason() != null) {
            return check;
        }
        if (!hasBinding()) {
            return new Check(
                    "the CUDA runtime's binding (libjnicudart.so) is not on the class path; add "
                            + OptionalLibrary.CUDA.coordinates() + ", or use the GPU bundle",
                    false);
        }
        String missing = LIBRARIES.missing(CudaLibraries.RUNTIME);
        return new Check(missing != null ? missing : LIBRARIES.load(CudaLibraries.RUNTIME), false);
    }

    /** The check as far as the probe alone tells. */
    static Check check(CudaProbe probe, int device) {
        if (!probe.built()) {
            return new Check("libtrd was built without CUDA; build trd4j where nvcc is, or use the GPU bundle", true);
        }
        if (probe.driverVersion() == 0) {
            return new Check(
                    "there is no NVIDIA driver (libcuda.so.1); install one for CUDA " + version(probe.runtimeVersion())
                            + " or newer",
                    true);
        }
        // Within a major version, newer runtimes run on older drivers.
        if (probe.runtimeVersion() > 0 && probe.driverVersion() / 1000 < probe.runtimeVersion() / 1000) {
            return new Check(
                    "the NVIDIA driver is too old: it supports CUDA " + version(probe.driverVersion()) + ", CUDA "
                            + version(probe.runtimeVersion()) + " is needed; install a newer driver",
                    false);
        }
        if (probe.devices() == 0) {
            return new Check(
                    "the NVIDIA driver shows no GPU" + (probe.refusal() == null ? "" : " (" + probe.refusal() + ")")
                            + "; check nvidia-smi and CUDA_VISIBLE_DEVICES",
                    false);
        }
        if (device >= probe.devices()) {
            return new Check(
                    "there is no GPU " + device + ": the NVIDIA driver shows " + probe.devices() + ", numbered from 0",
                    false);
        }
        if (probe.refusal() != null) {
            return new Check("GPU " + device + " cannot be used: " + probe.refusal(), false);
        }
        if (probe.major() < MIN_CAPABILITY) {
            return new Check(
                    probe.name() + " has compute capability " + probe.major() + "." + probe.minor() + "; "
                            + MIN_CAPABILITY + ".0 or newer is needed",
                    false);
        }
        return new Check(null, false);
    }

    private static String version(int cuda) {
        return String.format(Locale.ROOT, "%d.%d", cuda / 1000, cuda % 1000 / 10);
    }

    private static boolean hasBinding() {
        String file = "libjnicudart.so";
        return packed("org/bytedeco/cuda/" + Loader.getPlatform() + "/" + file)
                || new CudaLibraries(CudaLibraries.folders(
                                System.getProperty("java.library.path", ""), name -> null, Path.of("/")))
                        .find(file)
                        .isPresent();
    }

    /** Whether a jar has the file; asked of the class loader, as on the module path other jars are other modules. */
    private static boolean packed(String file) {
        return CudaSupport.class.getClassLoader().getResource(file) != null;
    }

    /** The device, after {@link #check} found nothing wrong. */
    public static Device device(int index) {
        return new CudaDevice(index, CudaProbe.of(index).name());
    }

    /** Bytes of a usable device that nobody has taken. */
    public static long freeBytes(int index) {
        return CudaDevice.freeBytes(index);
    }

    /**
     * Why LibTorch's cuDNN cannot be used, or null when it can; loads its libraries.
     *
     * <p>Without it libtrd computes all convolutions, except those of {@link Precision#TF32}, which it does not have.
     */
    public static String cudnnProblem() {
        if (!packed("org/bytedeco/pytorch/" + Loader.getPlatform() + "-gpu/libtorch_cuda.so")
                && LIBRARIES.find("libtorch_cuda.so").isEmpty()) {
            return "this build of trd4j has LibTorch for the CPU (no libtorch_cuda.so); build it with -Pgpu, or "
                    + "use the GPU bundle";
        }
        String missing = LIBRARIES.missing(CudaLibraries.LIBTORCH);
        if (missing == null) {
            LIBRARIES.loadIfFound(CudaLibraries.HELPERS);
            missing = LIBRARIES.load(CudaLibraries.LIBTORCH);
        }
        return missing != null ? missing : LibTorchCuda.problem();
    }
}
