package io.trd4j.inspect;

import io.trd4j.engine.NetworkRunner;
import io.trd4j.engine.NetworkTimer;
import io.trd4j.engine.cpu.CompiledPlan;
import io.trd4j.engine.cpu.CpuRunner;
import io.trd4j.engine.cpu.CpuSupport;
import io.trd4j.engine.cpu.FeatureRanges;
import io.trd4j.engine.cpu.Quantization;
import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.engine.plan.RandomWeights;
import io.trd4j.engine.plan.WeightSource;
import io.trd4j.io.InputException;
import io.trd4j.model.Backbone;
import io.trd4j.model.Calibration;
import io.trd4j.model.Geometry;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;

/** A runner of a network that was never trained: its times are those of a trained one, its results mean nothing. */
final class RandomNetwork {
    private static final long SEED = 42;

    private RandomNetwork() {}

    /** @throws IllegalArgumentException for a size that no model can have */
    static ModelInfo info(Backbone backbone, int size, Geometry geometry) {
        return ModelInfo.of(backbone, size, geometry, "0".repeat(64))
                .withCalibration(new Calibration(0, 1, 0, 1, new Calibration.Alone(0, 1, 0, 1)));
    }

    static WeightSource weights(ExecutionPlan plan) {
        return new RandomWeights(plan, SEED);
    }

    /** @throws InputException when the CPU lacks the precision, or the platform oneDNN */
    static NetworkRunner open(ExecutionPlan plan, InspectorOptions options) {
        if (!CpuSupport.isAvailable()) {
            throw new InputException(
                    "random weights need oneDNN, which is not available on this platform; use a model file");
        }
        // Without an accuracy test every precision is allowed.
        Precision precision = CpuRunnerChoice.resolve(options.precision(), p -> true);
        CpuRunnerChoice.requireSupport(precision);
        WeightSource weights = weights(plan);
        try {
            Quantization quantization = null;
            if (precision == Precision.INT8) {
                // As for a model that passes the first of the tests.
                Set<String> bf16 =
                        Set.copyOf(PrecisionCalibration.layers(plan, PrecisionCalibration.INT8_EXCEPTIONS.get(0)));
                FeatureRanges ranges = new FeatureRanges();
                try (CpuRunner fp32 = new CpuRunner(
                        new CompiledPlan(plan, weights, Precision.FP32, null, options.resolvedThreads()))) {
                    NetworkTimer.fill(fp32, NetworkTimer.noise(plan.size(), SEED));
                    fp32.run(ranges);
                }
                quantization = new Quantization(ranges.ranges(), bf16);
            }
            return new CpuRunner(new CompiledPlan(plan, weights, precision, quantization, options.resolvedThreads()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
