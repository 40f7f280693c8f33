package io.trd4j.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.trd4j.Needs;
import io.trd4j.engine.NetworkTimer;
import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.engine.plan.RandomWeights;
import io.trd4j.model.Backbone;
import io.trd4j.model.Precision;
import io.trd4j.ops.Ops;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An inspector changes between all threads and one while it runs: the bits must not. A plan made for another number of
 * threads may give others, since oneDNN then cuts the channels elsewhere; that is why one thread runs the same plan.
 */
class AloneTest {
    private static final int SIZE = 32;
    private static final ExecutionPlan PLAN = ExecutionPlan.of(Backbone.RESNET18, SIZE);
    private static final RandomWeights WEIGHTS = new RandomWeights(PLAN, 7);
    private static final float[] NOISE = NetworkTimer.noise(SIZE, 7);

    private static float[][] run(CpuRunner runner) {
        NetworkTimer.fill(runner, NOISE);
        runner.run();
        float[][] distances = new float[6][];
        for (int i = 0; i < distances.length; i++) {
            FloatPointer map = runner.distances(i / 3).scale(i % 3);
            distances[i] = new float[(int) map.capacity()];
            map.get(distances[i]);
        }
        return distances;
    }

    private static Map<String, Float> ranges() throws IOException {
        FeatureRanges ranges = new FeatureRanges();
        try (CpuRunner fp32 = new CpuRunner(new CompiledPlan(PLAN, WEIGHTS, Precision.FP32, null, 1))) {
            NetworkTimer.fill(fp32, NOISE);
            fp32.run(ranges);
        }
        return ranges.ranges();
    }

    @ParameterizedTest
    @CsvSource({"FP32,2", "FP32,5", "BF16,2", "BF16,5", "INT8,2", "INT8,5"})
    void oneThreadComputesTheBitsOfAll(Precision precision, int threads) throws IOException {
        Needs.precision(precision);
        Quantization quantization = precision == Precision.INT8 ? new Quantization(ranges(), Set.of()) : null;
        try (CpuRunner runner = new CpuRunner(new CompiledPlan(PLAN, WEIGHTS, precision, quantization, threads))) {
            float[][] together = run(runner);
            Ops.setAlone(true);
            try {
                assertArrayEquals(together, run(runner));
            } finally {
                Ops.setAlone(false);
            }
            assertArrayEquals(together, run(runner));
        }
    }
}
