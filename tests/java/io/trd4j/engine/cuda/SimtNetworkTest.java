package io.trd4j.engine.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.Golden;
import io.trd4j.engine.GoldenNetwork;
import io.trd4j.engine.GoldenNetwork.Maps;
import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.model.Backbone;
import io.trd4j.model.Precision;
import io.trd4j.model.network.Network;
import io.trd4j.ops.OpTarget;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The folded network by libtrd's CUDA kernels, on the CPU through the SIMT harness, against the unfolded one in
 * LibTorch.
 */
@Tag("simt")
class SimtNetworkTest {
    @TempDir
    private Path folder;

    @BeforeAll
    static void harness() {
        Simt.require();
    }

    @ParameterizedTest
    @CsvSource("RESNET18,32")
    void fp32AgreesWithTheUnfoldedNetwork(Backbone backbone, int size) throws Exception {
        HostDevice device = new HostDevice(1);
        try (Network network = GoldenNetwork.network(backbone);
                CudaRunner runner = new CudaRunner(Simt.compile(device, network, size, Precision.FP32))) {
            Maps expected = GoldenNetwork.reference(network, size, "");
            Maps got = GoldenNetwork.run(runner, size, "");
            double rgb = GoldenNetwork.worst(got.rgb(), expected.rgb()) / GoldenNetwork.std(expected.rgb());
            double depth = GoldenNetwork.worst(got.depth(), expected.depth()) / GoldenNetwork.std(expected.depth());
            // As the CPU's plan: float32 sums in another order, through some fifty layers.
            assertTrue(rgb <= 1e-4 && depth <= 1e-4, "of the map's deviation: rgb " + rgb + ", depth " + depth);
        }
        assertEquals(0, device.allocated(), "bytes still allocated");
        assertEquals(0, device.openHandles(), "streams and events still open");
    }

    @ParameterizedTest
    @CsvSource({"RESNET18,32,BF16", "RESNET18,32,FP16", "RESNET50,32,FP16"})
    void lowerPrecisionsFollowFp32(Backbone backbone, int size, Precision precision) throws Exception {
        HostDevice device = new HostDevice(2);
        try (Network network = GoldenNetwork.network(backbone);
                CudaRunner runner = new CudaRunner(Simt.compile(device, network, size, precision))) {
            Maps expected = GoldenNetwork.reference(network, size, "");
            Maps got = GoldenNetwork.run(runner, size, "");
            double rgb = Golden.correlation(got.rgb(), expected.rgb());
            double depth = Golden.correlation(got.depth(), expected.depth());
            assertTrue(rgb >= 0.999 && depth >= 0.999, "correlation rgb " + rgb + ", depth " + depth);
        }
    }

    @Test
    void noOrderOfTheStreamsChangesABit() throws Exception {
        try (Network network = GoldenNetwork.network(Backbone.RESNET18)) {
            Maps first = null;
            Maps other = null;
            for (int seed = 0; seed < 3; seed++) {
                HostDevice device = new HostDevice(seed);
                try (CudaRunner runner = new CudaRunner(Simt.compile(device, network, 32, Precision.FP16))) {
                    Maps a = GoldenNetwork.run(runner, 32, "");
                    Maps b = GoldenNetwork.run(runner, 32, "2");
                    if (first == null) {
                        first = a;
                        other = b;
                        assertTrue(GoldenNetwork.worst(a.rgb(), b.rgb()) > 0, "other images give other maps");
                    }
                    assertArrayEquals(first.rgb(), a.rgb(), "order " + seed);
                    assertArrayEquals(first.depth(), a.depth(), "order " + seed);
                    assertArrayEquals(other.rgb(), b.rgb(), "order " + seed);
                    assertArrayEquals(other.depth(), b.depth(), "order " + seed);
                }
            }
        }
    }

    /** Another library's convolutions among libtrd's, on streams of their own, their results elsewhere. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anotherLibrarysConvolutionsFitIn(boolean measured) throws Exception {
        HostDevice device = new HostDevice(5);
        HostTorchConvolutions library = new HostTorchConvolutions();
        ExecutionPlan plan = ExecutionPlan.of(Backbone.RESNET18, 32);
        try (Network network = GoldenNetwork.network(Backbone.RESNET18);
                OpTarget exec = OpTarget.cuda(0, 1)) {
            ConvolutionChoice choice = measured
                    ? new FastestConvolutions(
                                    device,
                                    plan,
                                    Precision.FP32,
                                    exec,
                                    library,
                                    new MeasuredChoices(folder, Map.of("device", device.name())),
                                    1,
                                    1)
                            .choose()
                    : library::supports;
            assertEquals(0, device.allocated(), "bytes that the measurement left");
            try (CudaRunner runner = new CudaRunner(CudaNetworks.of(
                    device, plan, GoldenNetwork.source(network), Precision.FP32, choice, library, exec, 2))) {
                Maps expected = GoldenNetwork.reference(network, 32, "");
                Maps got = GoldenNetwork.run(runner, 32, "");
                double rgb = GoldenNetwork.worst(got.rgb(), expected.rgb()) / GoldenNetwork.std(expected.rgb());
                double depth = GoldenNetwork.worst(got.depth(), expected.depth()) / GoldenNetwork.std(expected.depth());
                assertTrue(rgb <= 1e-4 && depth <= 1e-4, "of the map's deviation: rgb " + rgb + ", depth " + depth);
                // On the host LibTorch is faster than emulated kernels: the measurement must say so.
                assertTrue(
                        runner.steps().stream().anyMatch(s -> s.implementation().equals(library.name())),
                        "LibTorch computes some");
                assertTrue(
                        runner.steps().stream().anyMatch(s -> s.implementation().equals("libtrd convolutions")),
                        "transposed ones stay libtrd's");
                assertEquals(1, library.pools());
            }
        }
        assertEquals(0, library.pools(), "graphs still open");
        assertEquals(0, device.allocated(), "bytes still allocated");
        assertEquals(0, device.openHandles(), "streams and events still open");
    }
}
