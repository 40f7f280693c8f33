package io.trd4j.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.Golden;
import io.trd4j.Needs;
import io.trd4j.engine.GoldenNetwork;
import io.trd4j.engine.GoldenNetwork.Maps;
import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.engine.plan.Layer;
import io.trd4j.engine.plan.PlanOp;
import io.trd4j.model.Backbone;
import io.trd4j.model.Precision;
import io.trd4j.model.network.Network;
import io.trd4j.ops.Ops;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What holds for the plan of every backbone, on the golden generator's weights, which are made once for all of its
 * tests.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BackboneChecks {
    /** The plan in FP32, which the lower precisions follow. */
    private record Exact(ExecutionPlan plan, Map<String, Float> ranges, Maps maps) {}

    private final Backbone backbone;
    private final Arguments[] sizes;
    private Network network;
    private Exact exact;

    /** @param sizes input sizes and threads; from S = 96 on, libtrd's Winograd kernel takes its share */
    BackboneChecks(Backbone backbone, Arguments... sizes) {
        this.backbone = backbone;
        this.sizes = sizes;
    }

    @BeforeAll
    void generate() {
        network = GoldenNetwork.network(backbone);
    }

    @AfterAll
    void close() {
        network.close();
    }

    Stream<Arguments> sizes() {
        return Stream.of(sizes);
    }

    private CpuRunner runner(ExecutionPlan plan, Precision precision, Quantization quantization, int threads)
            throws IOException {
        return new CpuRunner(new CompiledPlan(plan, GoldenNetwork.source(network), precision, quantization, threads));
    }

    private Exact exact() throws IOException {
        if (exact == null) {
            ExecutionPlan plan = ExecutionPlan.of(backbone, backbone == Backbone.RESNET34 ? 96 : 64);
            try (CpuRunner runner = runner(plan, Precision.FP32, null, 2)) {
                FeatureRanges ranges = new FeatureRanges();
                GoldenNetwork.setImages(runner, plan.size(), "");
                runner.run(ranges);
                exact = new Exact(plan, ranges.ranges(), GoldenNetwork.maps(runner, plan.size()));
            }
        }
        return exact;
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void fp32AgreesWithTheUnfoldedNetwork(int size, int threads) throws Exception {
        try (CpuRunner runner = runner(ExecutionPlan.of(backbone, size), Precision.FP32, null, threads)) {
            Maps expected = GoldenNetwork.reference(network, size, "");
            Maps first = GoldenNetwork.run(runner, size, "");
            double rgb = GoldenNetwork.worst(first.rgb(), expected.rgb()) / GoldenNetwork.std(expected.rgb());
            double depth = GoldenNetwork.worst(first.depth(), expected.depth()) / GoldenNetwork.std(expected.depth());
            assertTrue(rgb <= 1e-4 && depth <= 1e-4, "of the map's deviation: rgb " + rgb + ", depth " + depth);
            long winograd = runner.compiled().steps().stream()
                    .filter(CpuStep.Winograd.class::isInstance)
                    .count();
            assertEquals(
                    size >= 96 && Ops.winogradPackedBytes(64, 64) > 0, winograd > 20, winograd + " steps by Winograd");
            Maps second = GoldenNetwork.run(runner, size, "");
            assertArrayEquals(first.rgb(), second.rgb(), "the same bits on every run");
            assertArrayEquals(first.depth(), second.depth(), "the same bits on every run");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"BF16", "INT8"})
    void lowerPrecisionsFollowFp32(Precision precision) throws Exception {
        Needs.precision(precision);
        Quantization quantization = new Quantization(exact().ranges(), Set.of());
        try (CpuRunner runner = runner(exact().plan(), precision, quantization, 2)) {
            assertFollows(precision == Precision.BF16 ? 0.999 : 0.99, runner);
        }
    }

    private void assertFollows(double least, CpuRunner runner) throws IOException {
        Maps got = GoldenNetwork.run(runner, exact().plan().size(), "");
        double rgb = Golden.correlation(got.rgb(), exact().maps().rgb());
        double depth = Golden.correlation(got.depth(), exact().maps().depth());
        assertTrue(rgb >= least && depth >= least, "correlation rgb " + rgb + ", depth " + depth);
    }

    @Test
    void someLayersMayStayInBf16() throws Exception {
        Needs.precision(Precision.INT8);
        // Every third layer: all kinds of neighbours meet.
        Set<String> kept = new HashSet<>();
        List<Layer> layers = exact().plan().layers();
        for (int i = 0; i < layers.size(); i += 3) {
            kept.add(layers.get(i).convolution());
        }
        try (CpuRunner mixed = runner(exact().plan(), Precision.INT8, new Quantization(exact().ranges(), kept), 2)) {
            assertFollows(0.99, mixed);
            int convolutions = 0;
            for (CpuStep step : mixed.compiled().steps()) {
                if (step.op() instanceof PlanOp.Convolution convolution) {
                    convolutions++;
                    boolean bf16 = kept.contains(convolution.layer().convolution())
                            || convolution.layer().in() == 3;
                    ValueType type = step.input().type();
                    assertTrue(bf16 ? type == ValueType.BF16 : type.scaled(), step.name() + " computes in " + type);
                }
            }
            assertEquals(layers.size(), convolutions);
        }
    }
}
