package io.trd4j.inspect;

import io.trd4j.engine.CpuPartEngine;
import io.trd4j.engine.NetworkRunner;
import io.trd4j.engine.PartEngine;
import io.trd4j.engine.cpu.CpuRunner;
import io.trd4j.engine.cuda.ConvolutionBackend;
import io.trd4j.engine.cuda.CudaNetwork;
import io.trd4j.engine.cuda.CudaNetworks;
import io.trd4j.engine.cuda.CudaPartEngine;
import io.trd4j.engine.cuda.CudaRunner;
import io.trd4j.engine.cuda.CudaSupport;
import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.engine.plan.WeightSource;
import io.trd4j.io.InputException;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the device for a model on this machine, and makes its engine. */
final class EngineChoice {
    private static final Logger LOG = LoggerFactory.getLogger(EngineChoice.class);
    private static final AtomicBoolean LOGGED = new AtomicBoolean();
    private static final int CPU = -1;

    private EngineChoice() {}

    /** @throws InputException also when the tensors are not those that were written */
    static PartEngine open(ModelFile file, InspectorOptions options) throws IOException {
        int gpu = gpu(options);
        return file.loaded(() -> open(gpu, file, options));
    }

    private static PartEngine open(int gpu, ModelFile file, InspectorOptions options) throws IOException {
        ModelInfo info = file.info();
        if (gpu == CPU) {
            return cpu(info, CpuRunnerChoice.open(file, options), options);
        }
        return part(network(gpu, plan(info), CpuRunnerChoice.source(file), options), info, options);
    }

    static PartEngine random(ModelInfo info, InspectorOptions options) {
        int gpu = gpu(options);
        ExecutionPlan plan = plan(info);
        if (gpu == CPU) {
            return cpu(info, RandomNetwork.open(plan, options), options);
        }
        try {
            return part(network(gpu, plan, RandomNetwork.weights(plan), options), info, options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The network alone, as {@link #open} would run it. */
    static NetworkRunner runner(ModelFile file, InspectorOptions options) throws IOException {
        int gpu = gpu(options);
        return file.loaded(() -> gpu == CPU
                ? CpuRunnerChoice.open(file, options)
                : new CudaRunner(network(gpu, plan(file.info()), CpuRunnerChoice.source(file), options)));
    }

    static NetworkRunner randomRunner(ExecutionPlan plan, InspectorOptions options) {
        int gpu = gpu(options);
        try {
            return gpu == CPU
                    ? RandomNetwork.open(plan, options)
                    : new CudaRunner(network(gpu, plan, RandomNetwork.weights(plan), options));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ExecutionPlan plan(ModelInfo info) {
        return ExecutionPlan.of(info.backbone(), info.size());
    }

    /** Of LibTorch nobody promises that one thread computes the bits of several. */
    private static PartEngine cpu(ModelInfo info, NetworkRunner runner, InspectorOptions options) {
        boolean adapts = options.threads() == 0 && runner instanceof CpuRunner;
        return new CpuPartEngine(info, runner, options.resolvedThreads(), adapts, options.maps());
    }

    private static PartEngine part(CudaNetwork network, ModelInfo info, InspectorOptions options) {
        return new CudaPartEngine(network, info, options.maps());
    }

    private static CudaNetwork network(int gpu, ExecutionPlan plan, WeightSource source, InspectorOptions options)
            throws IOException {
        return CudaNetworks.open(
                gpu, plan, source, onCuda(options.precision()), convolver(), options.resolvedThreads());
    }

    /** The GPU's index, or {@link #CPU}. */
    private static int gpu(InspectorOptions options) {
        DeviceChoice device = options.device();
        Precision precision = options.precision();
        if (device.kind() == DeviceChoice.Kind.CPU) {
            requireOnCpu(precision, "use --device cuda");
            return CPU;
        }
        if (device.kind() == DeviceChoice.Kind.CUDA) {
            onCuda(precision);
            String reason = CudaSupport.check(device.index()).reason();
            if (reason != null) {
                throw new InputException(
                        "--device " + device.key() + " is not available: " + reason + " (or use --device cpu)");
            }
            requireTf32(precision);
            return device.index();
        }
        if (precision == Precision.INT8) {
            return CPU;
        }
        CudaSupport.Check check = CudaSupport.check(0);
        if (check.reason() == null) {
            requireTf32(precision);
            return 0;
        }
        requireOnCpu(precision, check.reason());
        if (!LOGGED.getAndSet(true)) {
            if (check.noGpu()) {
                LOG.debug("computing on the CPU: {}", check.reason());
            } else {
                LOG.info("computing on the CPU: {}", check.reason());
            }
        }
        return CPU;
    }

    private static void requireOnCpu(Precision precision, String instead) {
        if (precision == Precision.FP16 || precision == Precision.TF32) {
            throw new InputException("--precision " + precision.key() + " needs a GPU: " + instead
                    + "; on the CPU use auto, fp32, bf16 or int8");
        }
    }

    private static void requireTf32(Precision precision) {
        String problem = precision == Precision.TF32 ? CudaSupport.cudnnProblem() : null;
        if (problem != null) {
            throw new InputException(
                    "--precision tf32 needs cuDNN through LibTorch: " + problem + "; or use fp32 or fp16");
        }
    }

    /** The precision on CUDA: AUTO is FP16. */
    static Precision onCuda(Precision precision) {
        if (precision == Precision.INT8) {
            throw new InputException(
                    "--precision int8 is not available on CUDA; use auto, fp16, bf16, tf32 or fp32, or --device cpu");
        }
        return precision == Precision.AUTO ? Precision.FP16 : precision;
    }

    /** For measurements: TRD_CUDA_CONVOLUTIONS says whose convolutions run. */
    private static ConvolutionBackend convolver() {
        String wanted = System.getenv("TRD_CUDA_CONVOLUTIONS");
        if (wanted == null || wanted.isBlank()) {
            return ConvolutionBackend.FASTEST;
        }
        return Arrays.stream(ConvolutionBackend.values())
                .filter(c -> c.name().toLowerCase(Locale.ROOT).equals(wanted))
                .findFirst()
                .orElseThrow(() ->
                        new InputException("TRD_CUDA_CONVOLUTIONS is '" + wanted + "'; use fastest, libtrd or cudnn"));
    }
}
