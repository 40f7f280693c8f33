package io.trd4j.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.trd4j.Golden;
import io.trd4j.engine.GoldenNetwork;
import io.trd4j.engine.GoldenNetwork.Maps;
import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.engine.plan.PlanOp;
import io.trd4j.model.Backbone;
import io.trd4j.model.Precision;
import io.trd4j.model.network.Network;
import io.trd4j.ops.Ops;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The folded oneDNN plan against the unfolded LibTorch network, on the golden generator's weights. */
class CpuRunnerTest {
    @ParameterizedTest
    @CsvSource({"RESNET18,32,1", "RESNET18,64,2", "RESNET18,96,3", "RESNET34,96,2", "RESNET18,160,3", "RESNET50,128,2", "WIDE_RESNET50_2,64,2"})
    void fp32AgreesWithTheUnfoldedNetwork(Backbone backbone, int size, int threads) throws Exception {
        try (Network network = GoldenNetwork.network(backbone);
             CpuRunner runner = new CpuRunner(new CompiledPlan(ExecutionPlan.of(backbone, size), GoldenNetwork.source(network),
                     Precision.FP32, null, threads))) {
            Maps expected = GoldenNetwork.reference(network, size, "");
            Maps first = GoldenNetwork.run(runner, size, "");
            double rgb = GoldenNetwork.worst(first.rgb(), expected.rgb()) / GoldenNetwork.std(expected.rgb());
            double depth = GoldenNetwork.worst(first.depth(), expected.depth()) / GoldenNetwork.std(expected.depth());
            assertTrue(rgb <= 1e-4 && depth <= 1e-4, "of the map's deviation: rgb " + rgb + ", depth " + depth);
            long winograd = runner.compiled().steps().stream().filter(CpuStep.Winograd.class::isInstance).count();
            assertEquals(size >= 96 && Ops.winogradPackedBytes(64, 64) > 0, winograd > 20, winograd + " steps by Winograd");
            Maps second = GoldenNetwork.run(runner, size, "");
            assertArrayEquals(first.rgb(), second.rgb(), "the same bits on every run");
            assertArrayEquals(first.depth(), second.depth(), "the same bits on every run");
        }
    }

    @ParameterizedTest
    @CsvSource({"RESNET18,64", "RESNET34,96", "RESNET50,64", "WIDE_RESNET50_2,64"})
    void lowerPrecisionsFollowFp32(Backbone backbone, int size) throws Exception {
        ExecutionPlan plan = ExecutionPlan.of(backbone, size);
        try (Network network = GoldenNetwork.network(backbone);
             CpuRunner exact = new CpuRunner(new CompiledPlan(plan, GoldenNetwork.source(network), Precision.FP32, null, 2))) {
            FeatureRanges ranges = new FeatureRanges();
            GoldenNetwork.setImages(exact, size, "");
            exact.run(ranges);
            Maps expected = GoldenNetwork.maps(exact, size);
            for (Precision precision : new Precision[] {Precision.BF16, Precision.INT8}) {
                if (!CpuSupport.supports(precision)) {
                    continue;
                }
                Quantization quantization = new Quantization(ranges.ranges(), Set.of());
                try (CpuRunner runner = new CpuRunner(new CompiledPlan(plan, GoldenNetwork.source(network), precision, quantization, 2))) {
                    Maps got = GoldenNetwork.run(runner, size, "");
                    double rgb = Golden.correlation(got.rgb(), expected.rgb());
                    double depth = Golden.correlation(got.depth(), expected.depth());
                    double least = precision == Precision.BF16 ? 0.999 : 0.99;
                    assertTrue(rgb >= least && depth >= least, precision + ": correlation rgb " + rgb + ", depth " + depth);
                }
            }
        }
    }

    @Test
    void someLayersMayStayInBf16() throws Exception {
        assumeTrue(CpuSupport.supports(Precision.INT8) && CpuSupport.supports(Precision.BF16));
        ExecutionPlan plan = ExecutionPlan.of(Backbone.RESNET50, 64);
        try (Network network = GoldenNetwork.network(Backbone.RESNET50);
             CpuRunner exact = new CpuRunner(new CompiledPlan(plan, GoldenNetwork.source(network), Precision.FP32, null, 2))) {
            FeatureRanges ranges = new FeatureRanges();
            GoldenNetwork.setImages(exact, 64, "");
            exact.run(ranges);
            Maps expected = GoldenNetwork.maps(exact, 64);
            // Every third layer: all kinds of neighbours meet.
            Set<String> kept = new HashSet<>();
            for (int i = 0; i < plan.layers().size(); i += 3) {
                kept.add(plan.layers().get(i).convolution());
            }
            try (CpuRunner mixed = new CpuRunner(new CompiledPlan(plan, GoldenNetwork.source(network), Precision.INT8,
                    new Quantization(ranges.ranges(), kept), 2))) {
                Maps got = GoldenNetwork.run(mixed, 64, "");
                double rgb = Golden.correlation(got.rgb(), expected.rgb());
                assertTrue(rgb >= 0.99, "correlation " + rgb);
                long bf16 = mixed.compiled().steps().stream().filter(s -> s.op() instanceof PlanOp.Convolution c
                        && kept.contains(c.layer().convolution()) && s.implementation().contains("bf16")).count();
                assertEquals(kept.size(), bf16, "the layers that stay are computed in BF16");
            }
        }
    }

    @Test
    void runnersOfOneModelShareItsWeights() throws Exception {
        try (Network network = GoldenNetwork.network(Backbone.RESNET18)) {
            CompiledPlan compiled = new CompiledPlan(ExecutionPlan.of(Backbone.RESNET18, 64), GoldenNetwork.source(network), Precision.FP32,
                    null, 1);
            CpuRunner first = new CpuRunner(compiled);
            Maps expected = GoldenNetwork.run(first, 64, "");
            try (CpuRunner second = (CpuRunner) first.duplicate()) {
                assertSame(first.compiled(), second.compiled());
                first.close();
                first.close();
                assertArrayEquals(expected.rgb(), GoldenNetwork.run(second, 64, "").rgb(), "the weights live as long as an runner needs them");
            }
            assertThrows(IllegalStateException.class, compiled::share);
        }
    }

    @Test
    void theArenaReusesMemory() throws Exception {
        ExecutionPlan plan = ExecutionPlan.of(Backbone.RESNET18, 256);
        long all = plan.ops().stream().filter(o -> o.output() != null).mapToLong(o -> 4 * o.output().elements()).sum();
        try (Network network = GoldenNetwork.network(Backbone.RESNET18);
             CpuRunner runner = new CpuRunner(new CompiledPlan(ExecutionPlan.of(Backbone.RESNET18, 256), GoldenNetwork.source(network),
                     Precision.FP32, null, 2))) {
            long arena = runner.compiled().arenaBytes();
            assertTrue(arena < all / 4, arena + " bytes for feature maps of " + all);
        }
    }
}
