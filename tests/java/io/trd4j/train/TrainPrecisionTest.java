package io.trd4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.trd4j.SmallModel;
import io.trd4j.calibrate.PreparedParts;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.engine.cpu.CpuSupport;
import io.trd4j.inspect.TrainingDevice;
import io.trd4j.io.InputException;
import io.trd4j.model.Backbone;
import io.trd4j.model.EpochLoss;
import io.trd4j.model.Geometry;
import io.trd4j.model.Modality;
import io.trd4j.model.Precision;
import io.trd4j.model.network.LibTorch;
import io.trd4j.model.network.Network;
import io.trd4j.model.network.TorchDevice;
import io.trd4j.model.network.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training in bfloat16 follows training in float32, and leaves float32 weights. */
class TrainPrecisionTest {
    private static final int SIZE = 64;

    @TempDir
    private Path folder;

    private PreparedParts parts() throws IOException {
        Dataset dataset = SmallModel.category(folder.resolve("cookie"), 5, 1, 7);
        return new PreparedParts(dataset.train(), SIZE, Geometry.DEPTH, done -> {});
    }

    private static void requireBfloat16() {
        assumeTrue(CpuSupport.supports(Precision.BF16), "this CPU has no bfloat16 instructions");
    }

    @Test
    void gradientsPointWhereThoseOfFloat32Do() throws IOException {
        requireBfloat16();
        LibTorch.setThreads(2);
        List<Tensor> exact = new ArrayList<>();
        try (PreparedParts parts = parts();
                Network network = new Network(Backbone.RESNET18);
                PointerScope scope = new PointerScope()) {
            RandomTeacher.initialise(network.teacher(), 3, parts, 2);
            Weights weights = network.studentRgb().weights();
            weights.initialise(4);
            weights.requireGradients(true);
            TeacherFeatures.Batch own;
            try (TeacherFeatures features = TeacherFeatures.once(network, parts, SIZE)) {
                own = features.batch(new int[] {0, 1, 2, 3}, 0, 4);
            }
            double[] fp32 = Trainer.backward(network.studentRgb(), own.rgb(), own.depth(), torch.ScalarType.Float);
            for (Weights.Entry e : weights.trained()) {
                exact.add(e.tensor().grad().clone());
                e.tensor().mutable_grad().reset();
            }
            double[] bf16 = Trainer.backward(network.studentRgb(), own.rgb(), own.depth(), torch.ScalarType.BFloat16);
            for (int i = 0; i < fp32.length; i++) {
                assertEquals(fp32[i], bf16[i], 5e-3 * fp32[i], "loss " + i);
            }
            double[] products = new double[3];
            for (int i = 0; i < exact.size(); i++) {
                Tensor gradient = weights.trained().get(i).tensor().grad();
                assertEquals(torch.ScalarType.Float, gradient.scalar_type().intern());
                double[] here = {
                    exact.get(i).mul(gradient).sum().item_double(),
                    exact.get(i).square().sum().item_double(),
                    gradient.square().sum().item_double()
                };
                assertTrue(cosine(here) > 0.6, weights.trained().get(i).name() + ": " + cosine(here));
                for (int k = 0; k < here.length; k++) {
                    products[k] += here[k];
                }
            }
            assertTrue(cosine(products) > 0.95, "all together: " + cosine(products));
            weights.requireGradients(false);
        }
    }

    private static double cosine(double[] products) {
        return products[0] / Math.sqrt(products[1] * products[2]);
    }

    @Test
    void theLossFallsAsInFloat32() throws IOException {
        requireBfloat16();
        try (PreparedParts parts = parts()) {
            List<EpochLoss> fp32 = train(parts, Precision.FP32);
            List<EpochLoss> bf16 = train(parts, Precision.BF16);
            assertNotEquals(fp32, bf16);
            assertEquals(bf16, train(parts, Precision.BF16), "the same bits again");
            for (int epoch = 0; epoch < fp32.size(); epoch++) {
                assertEquals(
                        fp32.get(epoch).rgb(),
                        bf16.get(epoch).rgb(),
                        0.05 * fp32.get(epoch).rgb());
                assertEquals(
                        fp32.get(epoch).depth(),
                        bf16.get(epoch).depth(),
                        0.05 * fp32.get(epoch).depth());
                assertTrue(Double.isFinite(
                        bf16.get(epoch).validationRgb() + bf16.get(epoch).validationDepth()));
            }
        }
    }

    private static List<EpochLoss> train(PreparedParts parts, Precision precision) {
        TrainingOptions options = new TrainingOptions(Backbone.RESNET18, SIZE, Modality.DEPTH, 5, 2, 2, 0.005, 1, 2);
        try (Network network = new Network(Backbone.RESNET18)) {
            RandomTeacher.initialise(network.teacher(), 3, parts, 2);
            try (Trainer trainer = new Trainer(network, options.withPrecision(precision), parts, parts, Align.NONE)) {
                for (int epoch = 0; epoch < options.epochs(); epoch++) {
                    trainer.epoch((e, step, all, rgb, depth, rate) -> {});
                }
                return trainer.history();
            }
        }
    }

    @Test
    void autoIsWhatTheDeviceHasInstructionsFor() {
        boolean has = CpuSupport.supports(Precision.BF16);
        assertEquals(
                has && LibTorch.hasOneDnn() ? Precision.BF16 : Precision.FP32,
                TrainingDevice.precision(Precision.AUTO, TorchDevice.CPU));
        assertEquals(Precision.FP32, TrainingDevice.precision(Precision.FP32, TorchDevice.CPU));
        assertEquals(Precision.BF16, TrainingDevice.precision(Precision.AUTO, new TorchDevice(0)));
        if (has) {
            assertEquals(Precision.BF16, TrainingDevice.precision(Precision.BF16, TorchDevice.CPU));
        } else {
            assertThrows(InputException.class, () -> TrainingDevice.precision(Precision.BF16, TorchDevice.CPU));
        }
        assertEquals(
                "--train-precision must be auto, fp32 or bf16, not int8",
                assertThrows(InputException.class, () -> TrainingDevice.precision(Precision.INT8, TorchDevice.CPU))
                        .getMessage());
    }
}
