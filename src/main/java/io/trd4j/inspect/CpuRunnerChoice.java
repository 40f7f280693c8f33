package io.trd4j.inspect;

import io.trd4j.engine.NetworkRunner;
import io.trd4j.engine.cpu.CompiledPlan;
import io.trd4j.engine.cpu.CpuRunner;
import io.trd4j.engine.cpu.CpuSupport;
import io.trd4j.engine.cpu.Quantization;
import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.engine.plan.WeightSource;
import io.trd4j.engine.torch.LibTorchRunner;
import io.trd4j.io.InputException;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Precision;
import io.trd4j.model.PrecisionTests;
import java.io.IOException;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the runner and the precision for a model on this machine. */
final class CpuRunnerChoice {
    private static final Logger LOG = LoggerFactory.getLogger(CpuRunnerChoice.class);

    private CpuRunnerChoice() {}

    /** Resolves {@link Precision#AUTO} for this model on this machine. */
    static Precision resolve(Precision wanted, ModelInfo info) {
        return resolve(
                wanted, p -> info.precisions() != null && info.precisions().passed(p));
    }

    /**
     * Resolves {@link Precision#AUTO}: the fastest precision that the CPU supports and that is allowed. FP32 always is.
     */
    static Precision resolve(Precision wanted, Predicate<Precision> allowed) {
        if (wanted != Precision.AUTO) {
            return wanted;
        }
        for (Precision candidate : new Precision[] {Precision.INT8, Precision.BF16}) {
            if (CpuSupport.supports(candidate) && allowed.test(candidate)) {
                return candidate;
            }
        }
        return Precision.FP32;
    }

    /**
     * @throws InputException when the precision cannot be had: the CPU lacks its instructions, or the model its ranges
     */
    static NetworkRunner open(ModelFile file, InspectorOptions options) throws IOException {
        ModelInfo info = file.info();
        Precision precision = resolve(options.precision(), info);
        if (!CpuSupport.isAvailable()) {
            if (precision != Precision.FP32) {
                throw new InputException(
                        "--precision " + precision.key() + " is not available on this platform; use auto or fp32");
            }
            LOG.info("oneDNN is not available on this platform: the network runs in LibTorch");
            return LibTorchRunner.open(file, options.resolvedThreads());
        }
        requireSupport(precision);
        return new CpuRunner(new CompiledPlan(
                ExecutionPlan.of(info.backbone(), info.size()),
                source(file),
                precision,
                precision == Precision.INT8 ? quantization(file, info.precisions()) : null,
                options.resolvedThreads()));
    }

    static void requireSupport(Precision precision) {
        if (!CpuSupport.supports(precision)) {
            throw new InputException(
                    "this CPU has no instructions for the precision " + precision.key() + "; use auto or fp32");
        }
    }

    private static Quantization quantization(ModelFile file, PrecisionTests tests) {
        if (tests == null || tests.ranges().isEmpty()) {
            throw new InputException(
                    file.tensors().path() + " has no ranges for the precision int8; run: trd calibrate --model "
                            + file.tensors().path() + " --data CATEGORY");
        }
        return new Quantization(tests.ranges(), Set.copyOf(tests.int8Exceptions()));
    }

    static WeightSource source(ModelFile file) {
        return (tensor, offset, target) -> file.tensors().read(tensor, 4 * offset, target);
    }
}
