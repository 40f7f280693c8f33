package io.trd4j.inspect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.Needs;
import io.trd4j.data.Part;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.engine.NetworkTimer;
import io.trd4j.engine.cpu.CompiledPlan;
import io.trd4j.engine.cpu.CpuRunner;
import io.trd4j.engine.cpu.CpuSupport;
import io.trd4j.engine.cpu.FeatureRanges;
import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.model.Backbone;
import io.trd4j.model.Geometry;
import io.trd4j.model.Modality;
import io.trd4j.model.Precision;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Networks for measurements: real, repeatable, in range in every precision. */
class RandomNetworkTest {
    private static final Part PART = SyntheticParts.part(SyntheticProduct.RING, 96, 5);

    private static Inspection inspect(Backbone backbone, Modality modality, Precision precision) {
        try (Inspector inspector =
                Inspector.random(backbone, 64, Geometry.unmeasured(modality, 64), new InspectorOptions(2, precision))) {
            assertEquals(precision, inspector.precision());
            assertFalse(inspector.model().thresholds().any());
            Inspection inspection = inspector.newInspection();
            inspector.inspect(PART, inspection);
            assertEquals(Verdict.NONE, inspection.verdict());
            return inspection;
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FP32", "BF16", "INT8"})
    void everyPrecisionGivesTheSameFiniteMapAgain(Precision precision) {
        Needs.precision(precision);
        float[] map = inspect(Backbone.RESNET18, Modality.NORMALS, precision).map();
        boolean different = false;
        for (float value : map) {
            assertTrue(
                    Float.isFinite(value) && value >= -1e-3 && value <= 12 + 1e-3,
                    "not a sum of six distances: " + value);
            different |= value != map[0];
        }
        assertTrue(different, "a constant map");
        assertArrayEquals(
                map, inspect(Backbone.RESNET18, Modality.NORMALS, precision).map());
    }

    /** Residual sums grow from block to block: the deepest backbone must still be in range. */
    @Test
    void theDeepestBackboneIsInRange() {
        Needs.oneDnn();
        assertTrue(Float.isFinite(
                inspect(Backbone.RESNET50, Modality.DEPTH, Precision.FP32).score()));
    }

    /** Half precision ends at 65504; a larger input has rarer, larger values than this one. */
    @ParameterizedTest
    @EnumSource(
            value = Backbone.class,
            names = {"RESNET34", "RESNET50"})
    void featuresFitIntoHalfPrecision(Backbone backbone) throws IOException {
        Needs.oneDnn();
        ExecutionPlan plan = ExecutionPlan.of(backbone, 64);
        FeatureRanges ranges = new FeatureRanges();
        try (CpuRunner runner =
                new CpuRunner(new CompiledPlan(plan, RandomNetwork.weights(plan), Precision.FP32, null, 2))) {
            NetworkTimer.fill(runner, NetworkTimer.noise(plan.size(), 1));
            runner.run(ranges);
        }
        double largest = ranges.ranges().values().stream()
                .mapToDouble(Float::doubleValue)
                .max()
                .orElseThrow();
        assertTrue(largest > 1 && largest < 65504 / 64.0, "largest magnitude " + largest);
    }

    @Test
    void autoIsTheFastestOfThisCpu() {
        Needs.oneDnn();
        try (Inspector inspector =
                Inspector.random(Backbone.RESNET18, 32, Geometry.DEPTH, InspectorOptions.defaults())) {
            assertEquals(
                    CpuSupport.supports(Precision.INT8)
                            ? Precision.INT8
                            : CpuSupport.supports(Precision.BF16) ? Precision.BF16 : Precision.FP32,
                    inspector.precision());
        }
    }

    @Test
    void aSizeThatNoModelCanHaveIsRefused() {
        for (int size : new int[] {0, -32, 100, 8192}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Inspector.random(Backbone.RESNET18, size, Geometry.DEPTH, InspectorOptions.defaults()));
        }
    }
}
