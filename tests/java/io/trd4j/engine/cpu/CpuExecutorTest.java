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
import io.trd4j.model.Network;
import io.trd4j.model.Precision;
import io.trd4j.ops.Ops;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The folded oneDNN plan against the unfolded LibTorch network, on the golden generator's weights, made once per backbone. */
@ParameterizedClass
@MethodSource("backbones")
class CpuExecutorTest {
    /** The plan in FP32, which the lower precisions follow. */
    private record Exact(ExecutionPlan plan, Map<String, Float> ranges, Maps maps) {}

    private static final boolean CAPPED = System.getenv("ONEDNN_MAX_CPU_ISA") != null;
    private static Backbone backbone;
    private static Network network;
    private static Exact exact;

    /** Under a cap (InstructionSetTest) one backbone of each kind of block: depth and width are no matter of instructions. */
    static List<Backbone> backbones() {
        return CAPPED ? List.of(Backbone.RESNET18, Backbone.RESNET50) : List.of(Backbone.values());
    }

    CpuExecutorTest(Backbone backbone) {
        assertEquals(CpuExecutorTest.backbone, backbone);
    }

    @BeforeParameterizedClassInvocation
    static void generate(Backbone next) {
        backbone = next;
        network = GoldenNetwork.network(backbone);
        exact = null;
    }

    @AfterParameterizedClassInvocation
    static void close() {
        network.close();
    }

    private static CpuExecutor executor(ExecutionPlan plan, Precision precision, Quantization quantization, int threads)
            throws IOException {
        return new CpuExecutor(new CompiledPlan(plan, GoldenNetwork.source(network), precision, quantization, threads));
    }

    private static Exact exact() throws IOException {
        if (exact == null) {
            ExecutionPlan plan = ExecutionPlan.of(backbone, backbone == Backbone.RESNET34 ? 96 : 64);
            try (CpuExecutor executor = executor(plan, Precision.FP32, null, 2)) {
                FeatureRanges ranges = new FeatureRanges();
                GoldenNetwork.setImages(executor, plan.size(), "");
                executor.run(ranges);
                exact = new Exact(plan, ranges.ranges(), GoldenNetwork.maps(executor, plan.size()));
            }
        }
        return exact;
    }

    /** Sizes and threads; from S = 96 on, libtrd's Winograd kernel takes its share. */
    static Stream<Arguments> sizes() {
        return switch (backbone) {
            case RESNET18 -> CAPPED ? Stream.of(Arguments.of(32, 1), Arguments.of(96, 3))
                    : Stream.of(Arguments.of(32, 1), Arguments.of(64, 2), Arguments.of(96, 3), Arguments.of(160, 3));
            case RESNET34 -> Stream.of(Arguments.of(96, 2));
            case RESNET50 -> Stream.of(Arguments.of(CAPPED ? 64 : 128, 2));
            case WIDE_RESNET50_2 -> Stream.of(Arguments.of(64, 2));
        };
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void fp32AgreesWithTheUnfoldedNetwork(int size, int threads) throws Exception {
        try (CpuExecutor executor = executor(ExecutionPlan.of(backbone, size), Precision.FP32, null, threads)) {
            Maps expected = GoldenNetwork.reference(network, size, "");
            Maps first = GoldenNetwork.run(executor, size, "");
            double rgb = GoldenNetwork.worst(first.rgb(), expected.rgb()) / GoldenNetwork.std(expected.rgb());
            double depth = GoldenNetwork.worst(first.depth(), expected.depth()) / GoldenNetwork.std(expected.depth());
            assertTrue(rgb <= 1e-4 && depth <= 1e-4, "of the map's deviation: rgb " + rgb + ", depth " + depth);
            long winograd = executor.compiled().steps().stream().filter(Step.Winograd.class::isInstance).count();
            assertEquals(size >= 96 && Ops.winogradPackedBytes(64, 64) > 0, winograd > 20, winograd + " steps by Winograd");
            Maps second = GoldenNetwork.run(executor, size, "");
            assertArrayEquals(first.rgb(), second.rgb(), "the same bits on every run");
            assertArrayEquals(first.depth(), second.depth(), "the same bits on every run");
        }
    }

    @ParameterizedTest
    @EnumSource(value = Precision.class, names = {"BF16", "INT8"})
    void lowerPrecisionsFollowFp32(Precision precision) throws Exception {
        Needs.precision(precision);
        Quantization quantization = new Quantization(exact().ranges(), Set.of());
        try (CpuExecutor executor = executor(exact().plan(), precision, quantization, 2)) {
            assertFollows(precision == Precision.BF16 ? 0.999 : 0.99, executor);
        }
    }

    private static void assertFollows(double least, CpuExecutor executor) throws IOException {
        Maps got = GoldenNetwork.run(executor, exact().plan().size(), "");
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
        try (CpuExecutor mixed = executor(exact().plan(), Precision.INT8, new Quantization(exact().ranges(), kept), 2)) {
            assertFollows(0.99, mixed);
            int convolutions = 0;
            for (Step step : mixed.compiled().steps()) {
                if (step.op() instanceof PlanOp.Convolution convolution) {
                    convolutions++;
                    boolean bf16 = kept.contains(convolution.layer().convolution()) || convolution.layer().in() == 3;
                    ValueType type = step.input().type();
                    assertTrue(bf16 ? type == ValueType.BF16 : type.scaled(), step.name() + " computes in " + type);
                }
            }
            assertEquals(layers.size(), convolutions);
        }
    }
}
