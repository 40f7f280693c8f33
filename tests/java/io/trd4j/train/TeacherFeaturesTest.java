package io.trd4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.SmallModel;
import io.trd4j.calibrate.PreparedParts;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.model.Backbone;
import io.trd4j.model.Geometry;
import io.trd4j.model.Modality;
import io.trd4j.model.network.Features;
import io.trd4j.model.network.LibTorch;
import io.trd4j.model.network.Network;
import io.trd4j.model.network.TorchDevice;
import io.trd4j.model.network.Weights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Features that are kept have the bits of those that are computed for each batch, and so does what learns from them.
 */
class TeacherFeaturesTest {
    private static final int SIZE = 64;
    /** resnet18 at 64 pixels: two branches of 64 x 16 x 16, 128 x 8 x 8 and 256 x 4 x 4 floats. */
    private static final long BYTES_PER_PART = 2 * (16384 + 8192 + 4096) * 4;

    @TempDir
    private Path folder;

    private PreparedParts parts(int count) throws IOException {
        Dataset dataset = SmallModel.category(folder.resolve("cookie"), count, 1, 7);
        return new PreparedParts(dataset.train(), SIZE, Geometry.DEPTH, done -> {});
    }

    private static List<ByteBuffer> bytes(TeacherFeatures features, int... order) {
        List<ByteBuffer> bytes = new ArrayList<>();
        try (PointerScope scope = new PointerScope()) {
            TeacherFeatures.Batch batch = features.batch(order, 0, order.length);
            for (Features branch : List.of(batch.rgb(), batch.depth())) {
                for (Tensor f : branch.asList()) {
                    assertEquals(order.length, f.size(0));
                    bytes.add(Weights.bytes(f));
                }
            }
        }
        return bytes;
    }

    @Test
    void keptOnesHaveTheBitsOfComputedOnes() throws IOException {
        LibTorch.setThreads(2);
        try (PreparedParts parts = parts(3);
                Network network = new Network(Backbone.RESNET18)) {
            RandomTeacher.initialise(network.teacher(), 3, parts, 2);
            try (TeacherFeatures kept = new TeacherFeatures(network, parts, SIZE, TorchDevice.CPU, 3 * BYTES_PER_PART);
                    TeacherFeatures computed =
                            new TeacherFeatures(network, parts, SIZE, TorchDevice.CPU, 3 * BYTES_PER_PART - 1)) {
                assertEquals(3 * BYTES_PER_PART, kept.bytes());
                assertEquals(0, computed.bytes(), "room for all of them, or none is kept");
                // The second part is known by then, the others are not.
                assertEquals(bytes(computed, 1), bytes(kept, 1));
                List<ByteBuffer> all = bytes(computed, 2, 1, 0);
                assertEquals(all, bytes(kept, 2, 1, 0));
                assertNotEquals(all, bytes(kept, 0, 1, 2), "in the order that was asked for");

                network.teacher().weights().initialise(9);
                assertEquals(all, bytes(kept, 2, 1, 0), "none is computed again");
                assertNotEquals(all, bytes(computed, 2, 1, 0));
            }
        }
    }

    @Test
    void theyAreTheTeachersForAWholeBatch() throws IOException {
        LibTorch.setThreads(2);
        try (PreparedParts parts = parts(3);
                Network network = new Network(Backbone.RESNET18);
                TeacherFeatures features = TeacherFeatures.once(network, parts, SIZE);
                PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            RandomTeacher.initialise(network.teacher(), 3, parts, 2);
            int[] order = {2, 0};
            Features both = network.teacher().apply(parts.batch(order, 0, 2));
            TeacherFeatures.Batch batch = features.batch(order, 0, 2);
            for (int scale = 0; scale < 3; scale++) {
                Tensor whole = both.asList().get(scale);
                assertTrue(whole.narrow(0, 0, 2).allclose(batch.rgb().asList().get(scale)));
                assertTrue(whole.narrow(0, 2, 2).allclose(batch.depth().asList().get(scale)));
            }
        }
    }

    @Test
    void trainingEndsWithTheSameBitsWithoutRoomToKeepThem() throws IOException {
        try (PreparedParts parts = parts(3)) {
            assertEquals(trained(parts, Long.MAX_VALUE), trained(parts, 0));
        }
    }

    /** The bottleneck's first weights of both students after two epochs. */
    private static List<ByteBuffer> trained(PreparedParts parts, long budget) {
        TrainingOptions options = new TrainingOptions(Backbone.RESNET18, SIZE, Modality.DEPTH, 5, 2, 2, 0.005, 1, 2);
        try (Network network = new Network(Backbone.RESNET18)) {
            RandomTeacher.initialise(network.teacher(), 3, parts, 2);
            try (Trainer trainer = new Trainer(network, options, parts, parts, Align.NONE, budget)) {
                for (int epoch = 0; epoch < 2; epoch++) {
                    trainer.epoch((e, step, all, rgb, depth, rate) -> {});
                }
            }
            return List.of(
                    network.studentRgb().weights().bytes("bn.conv1.weight"),
                    network.studentDepth().weights().bytes("bn.conv1.weight"));
        }
    }
}
