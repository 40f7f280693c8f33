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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes networks for a device: chooses whose convolutions run, compiles the plan, packs and uploads the weights. */
public final class CudaNetworks {
    private static final Logger LOG = LoggerFactory.getLogger(CudaNetworks.class);

    private CudaNetworks() {}

    /**
     * On a GPU that {@link CudaSupport#check} finds usable.
     *
     * @param precision FP32, TF32, FP16 or BF16
     * @param convolver whose convolutions run, where cuDNN can be used; else they are libtrd's
     * @param threads that fold and pack the weights
     * @throws io.trd4j.io.InputException when cuDNN is demanded and cannot be used
     * @throws io.trd4j.engine.DeviceException when the device refuses, or its memory does not suffice
     */
    public static CudaNetwork open(
            int gpu,
            ExecutionPlan plan,
            WeightSource source,
            Precision precision,
            ConvolutionBackend convolver,
            int threads)
            throws IOException {
        Device device = CudaSupport.device(gpu);
        ConvolutionLibrary cudnn = convolver == ConvolutionBackend.LIBTRD ? null : cudnn(device, precision);
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
    static CudaNetwork of(
            Device device,
            ExecutionPlan plan,
            WeightSource source,
            Precision precision,
            ConvolutionBackend convolver,
            ConvolutionLibrary library,
            int threads)
            throws IOException {
        if (library == null && convolver == ConvolutionBackend.CUDNN) {
            throw new IllegalArgumentException("there is no library beside libtrd");
        }
        device.use();
        long stream = device.newStream();
        try (OpTarget exec = OpTarget.cuda(device.index(), stream)) {
            ConvolutionChoice choice = library == null || convolver == ConvolutionBackend.LIBTRD
                    ? ConvolutionChoice.LIBTRD
                    : convolver == ConvolutionBackend.CUDNN
                            ? library::supports
                            : new FastestConvolutions(
                                            device,
                                            plan,
                                            precision,
                                            exec,
                                            library,
                                            choices(device, precision, library),
                                            FastestConvolutions.REPETITIONS,
                                            FastestConvolutions.RUNS)
                                    .choose();
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
    static CudaNetwork of(
            Device device,
            ExecutionPlan plan,
            WeightSource source,
            Precision precision,
            ConvolutionChoice choice,
            ConvolutionLibrary library,
            OpTarget exec,
            int threads)
            throws IOException {
        ElementType type = CudaNetwork.type(precision);
        NetworkCompiler.Compiled compiled = new NetworkCompiler(plan, type, exec, choice, library).compile();
        boolean used = compiled.schedule().steps().stream().anyMatch(CudaStep.ByLibrary.class::isInstance);
        return new CudaNetwork(
                device,
                plan,
                precision,
                compiled,
                used ? library : null,
                new DeviceWeights(device, compiled.slots(), type, source, threads));
    }

    /** LibTorch's cuDNN, or null with the reason in the log where it cannot be used. */
    private static ConvolutionLibrary cudnn(Device device, Precision precision) {
        String problem = CudaSupport.cudnnProblem();
        if (problem != null) {
            LOG.info("libtrd computes all convolutions on the GPU: {}", problem);
            return null;
        }
        return new CudnnConvolutions(device.index(), precision);
    }
}
