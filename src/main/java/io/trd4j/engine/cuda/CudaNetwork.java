package io.trd4j.engine.cuda;

import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.engine.plan.WeightSource;
import io.trd4j.io.CacheFolder;
import io.trd4j.io.InputException;
import io.trd4j.jni.NativeRuntime;
import io.trd4j.model.Precision;
import io.trd4j.ops.ElementType;
import io.trd4j.ops.OpTarget;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A plan as steps for a device, with its weights there: what all sessions of one model share. Read only after it is made;
 * freed when the last of its users closes it.
 */
public final class CudaNetwork implements AutoCloseable {
    private final Device device;
    private final ExecutionPlan plan;
    private final Precision precision;
    private final NetworkCompiler.Compiled compiled;
    private final ConvolutionLibrary library;
    private final DeviceWeights weights;
    private final PinnedBuffers pinned = new PinnedBuffers();
    private int users = 1;

    CudaNetwork(Device device, ExecutionPlan plan, Precision precision, NetworkCompiler.Compiled compiled,
                ConvolutionLibrary library, DeviceWeights weights) {
        this.device = device;
        this.plan = plan;
        this.precision = precision;
        this.compiled = compiled;
        this.library = library;
        this.weights = weights;
    }

    /**
     * On a GPU that {@link CudaSupport#check} finds usable.
     *
     * @param precision FP32, TF32, FP16 or BF16
     * @param convolver whose convolutions run, where cuDNN can be used; else they are libtrd's
     * @param threads that fold and pack the weights
     * @throws io.trd4j.io.InputException when cuDNN is demanded and cannot be used
     * @throws io.trd4j.engine.DeviceException when the device refuses, or its memory does not suffice
     */
    public static CudaNetwork open(int gpu, ExecutionPlan plan, WeightSource source, Precision precision, ConvolutionBackend convolver,
                                   int threads) throws IOException {
        Device device = CudaSupport.device(gpu);
        ConvolutionLibrary cudnn = convolver == ConvolutionBackend.LIBTRD ? null : CudaSupport.cudnn(device, precision);
        if (cudnn == null && convolver == ConvolutionBackend.CUDNN) {
            throw new InputException("TRD_CUDA_CONVOLUTIONS=cudnn: " + CudaSupport.cudnnProblem());
        }
        return of(device, plan, source, precision, convolver, cudnn, threads);
    }

    /**
     * @param precision FP32, TF32, FP16 or BF16
     * @param convolver whose convolutions run
     * @param library computes what the convolver leaves to it; null where there is none: then all of them are libtrd's
     * @param threads that fold and pack the weights
     * @throws io.trd4j.engine.DeviceException when the device refuses, or its memory does not suffice
     */
    static CudaNetwork of(Device device, ExecutionPlan plan, WeightSource source, Precision precision, ConvolutionBackend convolver,
                          ConvolutionLibrary library, int threads) throws IOException {
        if (library == null && convolver == ConvolutionBackend.CUDNN) {
            throw new IllegalArgumentException("there is no library beside libtrd");
        }
        device.use();
        long stream = device.newStream();
        try (OpTarget exec = OpTarget.cuda(device.index(), stream)) {
            ConvolutionChoice choice = library == null || convolver == ConvolutionBackend.LIBTRD ? ConvolutionChoice.LIBTRD
                    : convolver == ConvolutionBackend.CUDNN ? library::supports
                    : new FastestConvolutions(device, plan, precision, exec, library, choices(device, precision, library),
                            FastestConvolutions.REPETITIONS, FastestConvolutions.RUNS).choose();
            return of(device, plan, source, precision, choice, library, exec, threads);
        } catch (RuntimeException | Error e) {
            throw CudaErrors.translated(e);
        } finally {
            device.closeStream(stream);
        }
    }

    private static MeasuredChoices choices(Device device, Precision precision, ConvolutionLibrary library) {
        Map<String, String> about = new LinkedHashMap<>();
        about.put("device", device.name());
        about.put("precision", precision.key());
        about.put("libtrd", NativeRuntime.description());
        about.put("library", library.version());
        return new MeasuredChoices(CacheFolder.ofThisUser().resolve("cuda-convolutions"), about);
    }

    /** With a choice made before. */
    static CudaNetwork of(Device device, ExecutionPlan plan, WeightSource source, Precision precision, ConvolutionChoice choice,
                          ConvolutionLibrary library, OpTarget exec, int threads) throws IOException {
        ElementType type = type(precision);
        NetworkCompiler.Compiled compiled = new NetworkCompiler(plan, type, exec, choice, library).compile();
        boolean used = compiled.schedule().steps().stream().anyMatch(CudaStep.ByLibrary.class::isInstance);
        return new CudaNetwork(device, plan, precision, compiled, used ? library : null,
                new DeviceWeights(device, compiled.slots(), type, source, threads));
    }

    static ElementType type(Precision precision) {
        return switch (precision) {
            case FP32, TF32 -> ElementType.FLOAT32;
            case FP16 -> ElementType.FLOAT16;
            case BF16 -> ElementType.BFLOAT16;
            default -> throw new IllegalArgumentException("there is no precision " + precision.key() + " on CUDA");
        };
    }

    Device device() {
        return device;
    }

    String deviceName() {
        return "cuda:" + device.index() + " (" + device.name() + ")";
    }

    ExecutionPlan plan() {
        return plan;
    }

    public Precision precision() {
        return precision;
    }

    ElementType type() {
        return type(precision);
    }

    Schedule schedule() {
        return compiled.schedule();
    }

    CudaTensor images() {
        return compiled.images();
    }

    DeviceWeights weights() {
        return weights;
    }

    /** Computes some of the convolutions; null when all are libtrd's. */
    ConvolutionLibrary library() {
        return library;
    }

    PinnedBuffers pinned() {
        return pinned;
    }

    /** One more user, who must close it too. */
    synchronized CudaNetwork share() {
        if (users == 0) {
            throw new IllegalStateException("the network is closed");
        }
        users++;
        return this;
    }

    @Override
    public synchronized void close() {
        if (users > 0 && --users == 0) {
            device.use();
            weights.close();
        }
    }
}
