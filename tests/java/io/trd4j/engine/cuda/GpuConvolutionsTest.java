package io.trd4j.engine.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.Golden;
import io.trd4j.Needs;
import io.trd4j.engine.GoldenNetwork;
import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.inspect.Gpu;
import io.trd4j.model.Backbone;
import io.trd4j.model.Precision;
import io.trd4j.model.network.Network;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Both providers of convolutions on a real GPU, and the choice between them, against the unfolded network in LibTorch.
 */
@Tag("gpu")
class GpuConvolutionsTest {
    @BeforeAll
    static void gpu() {
        Gpu.require();
    }

    @ParameterizedTest
    @CsvSource({
        "LIBTRD,FP32,RESNET18",
        "LIBTRD,FP16,RESNET50",
        "LIBTRD,BF16,RESNET18",
        "CUDNN,FP32,RESNET18",
        "CUDNN,FP16,RESNET50",
        "CUDNN,TF32,RESNET18",
        "FASTEST,FP16,RESNET18",
        "FASTEST,FP16,WIDE_RESNET50_2"
    })
    void everyProviderComputesTheNetwork(ConvolutionBackend convolver, Precision precision, Backbone backbone)
            throws Exception {
        Needs.that(convolver != ConvolutionBackend.CUDNN || CudaSupport.cudnnProblem() == null, "cuDNN");
        int size = 128;
        try (Network network = GoldenNetwork.network(backbone);
                CudaRunner runner = new CudaRunner(CudaNetworks.open(
                        0, ExecutionPlan.of(backbone, size), GoldenNetwork.source(network), precision, convolver, 4))) {
            GoldenNetwork.Maps expected = GoldenNetwork.reference(network, size, "");
            GoldenNetwork.Maps got = GoldenNetwork.run(runner, size, "");
            if (precision == Precision.FP32) {
                double worst = Math.max(
                        GoldenNetwork.worst(got.rgb(), expected.rgb()) / GoldenNetwork.std(expected.rgb()),
                        GoldenNetwork.worst(got.depth(), expected.depth()) / GoldenNetwork.std(expected.depth()));
                assertTrue(worst <= 1e-4, "of the map's deviation: " + worst);
            } else {
                double least = precision == Precision.BF16 ? 0.99 : 0.999;
                double rgb = Golden.correlation(got.rgb(), expected.rgb());
                double depth = Golden.correlation(got.depth(), expected.depth());
                assertTrue(rgb >= least && depth >= least, "correlation rgb " + rgb + ", depth " + depth);
            }
            GoldenNetwork.run(runner, size, "2");
            assertArrayEquals(got.rgb(), GoldenNetwork.run(runner, size, "").rgb(), "the same bits on every run");
        }
    }
}
