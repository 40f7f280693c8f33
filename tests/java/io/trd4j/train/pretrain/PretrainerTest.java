package io.trd4j.train.pretrain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.io.InputException;
import io.trd4j.model.Backbone;
import io.trd4j.model.TeacherWeights;
import io.trd4j.model.network.Features;
import io.trd4j.model.network.Teacher;
import io.trd4j.model.tensorfile.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PretrainerTest {
    @TempDir
    private Path folder;

    private static PretrainOptions options(Pretext pretext, int steps, double learningRate, long seed) {
        return new PretrainOptions(Backbone.RESNET18, pretext, steps, 2, 32, learningRate, seed, 1);
    }

    private static void run(Pretrainer pretrainer, int upTo) {
        while (pretrainer.stepsDone() < upTo) {
            pretrainer.step();
        }
    }

    @ParameterizedTest
    @EnumSource(Pretext.class)
    void aResumedRunEndsWithTheSameBytes(Pretext pretext) throws IOException {
        PretrainOptions options = options(pretext, 4, 0.001, 7);
        Path whole = folder.resolve("whole.safetensors");
        Path resumed = folder.resolve("resumed.safetensors");
        Path state = folder.resolve("state");
        try (Pretrainer pretrainer = new Pretrainer(options)) {
            run(pretrainer, 4);
            pretrainer.write(whole);
        }
        try (Pretrainer pretrainer = new Pretrainer(options)) {
            run(pretrainer, 2);
            pretrainer.save(state);
            run(pretrainer, 3); // lost in the interruption
        }
        try (Pretrainer pretrainer = new Pretrainer(options)) {
            pretrainer.resume(state);
            assertEquals(2, pretrainer.stepsDone());
            run(pretrainer, 4);
            pretrainer.write(resumed);
        }
        assertArrayEquals(Files.readAllBytes(whole), Files.readAllBytes(resumed));
    }

    @Test
    void aStateFitsItsOwnRunOnly() throws IOException {
        Path state = folder.resolve("state");
        try (Pretrainer pretrainer = new Pretrainer(options(Pretext.DENSE, 4, 0.001, 7))) {
            pretrainer.save(state);
        }
        for (PretrainOptions other : List.of(
                options(Pretext.DENSE, 4, 0.001, 8),
                options(Pretext.DENSE, 5, 0.001, 7),
                options(Pretext.CLASSES, 4, 0.001, 7),
                options(Pretext.DENSE, 4, 0.002, 7))) {
            try (Pretrainer pretrainer = new Pretrainer(other)) {
                String line = assertThrows(InputException.class, () -> pretrainer.resume(state))
                        .getMessage();
                assertTrue(line.contains(" there and ") && line.contains("--resume") && !line.contains("\n"), line);
                assertEquals(0, pretrainer.stepsDone());
            }
        }
    }

    @Test
    void theWeightsServeAsATeacher() throws IOException {
        Path file = folder.resolve("teacher.safetensors");
        try (Pretrainer pretrainer = new Pretrainer(options(Pretext.DENSE, 3, 0.001, 7))) {
            run(pretrainer, 3);
            pretrainer.write(file);
        }
        assertTrue(Files.size(file) < 6_000_000, "convolutions are stored as F16");
        try (Safetensors tensors = Safetensors.open(file)) {
            assertEquals("dense", tensors.metadata().get("trd.pretrain.pretext"));
            assertEquals("7", tensors.metadata().get("trd.pretrain.seed"));
        }
        try (Teacher teacher = new Teacher(Backbone.RESNET18);
                PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            teacher.weights().load(TeacherWeights.load(file, Backbone.RESNET18));
            torch.manual_seed(1);
            // Inputs like the pretraining's: with statistics of its own images, features are neither dead nor
            // saturated.
            Features features = teacher.apply(new FormulaBatch(4, 64, 99, 0).images());
            for (double mean : new double[] {
                features.f1().mean().item_double(),
                features.f2().mean().item_double(),
                features.f3().mean().item_double()
            }) {
                assertTrue(mean > 0.05 && mean < 5, "mean " + mean);
            }
        }
        String line = assertThrows(InputException.class, () -> TeacherWeights.load(file, Backbone.RESNET34))
                .getMessage();
        assertTrue(line.contains("teacher.safetensors") && line.contains("layer1.2.") && !line.contains("\n"), line);
    }

    @Test
    void theLossFalls() {
        double[] losses = new double[70];
        try (Pretrainer pretrainer =
                new Pretrainer(new PretrainOptions(Backbone.RESNET18, Pretext.DENSE, 200, 4, 32, 0.004, 7, 1))) {
            for (int i = 0; i < losses.length; i++) {
                Pretrainer.Loss loss = pretrainer.step();
                losses[i] = loss.classes() + loss.measures();
            }
        }
        double before = Arrays.stream(losses, 0, 20).average().orElseThrow();
        double after = Arrays.stream(losses, 50, 70).average().orElseThrow();
        // It begins near chance, and four scenes a step differ in how hard they are; seeds 7 and 8 end at 0.93 of the
        // beginning.
        assertTrue(after < 0.95 * before, before + " to " + after);
    }

    /**
     * The measure itself: unit vectors in all of 8 directions are less collapsed than in 2, and those than almost one
     * point.
     */
    @Test
    void collapseIsFewDirectionsOrLittleVariance() {
        try (PointerScope scope = new PointerScope()) {
            torch.manual_seed(1);
            Tensor all = torch.randn(4, 8, 8, 8);
            Tensor two = torch.cat(new TensorVector(all.narrow(1, 0, 2), torch.zeros(4, 6, 8, 8)), 1);
            Tensor point = all.mul(new Scalar(0.01)).add(new Scalar(1.0));
            double spread = PretextLoss.collapse(new Features(all, all, all)).item_double();
            double flat = PretextLoss.collapse(new Features(two, two, two)).item_double();
            double still =
                    PretextLoss.collapse(new Features(point, point, point)).item_double();
            // Rank 8 and variance 1 by construction, up to the sample's own accidents: -log 8; in two dimensions -log
            // 2.
            assertEquals(-Math.log(8), spread, 0.1);
            assertEquals(-Math.log(2), flat, 0.1);
            assertTrue(still > 3, "variance 1e-4: " + still);
        }
    }

    @Test
    void divergenceIsSaid() {
        try (Pretrainer pretrainer = new Pretrainer(options(Pretext.DENSE, 50, 1e30, 7))) {
            String line = assertThrows(InputException.class, () -> run(pretrainer, 50))
                    .getMessage();
            assertTrue(line.contains("diverged") && line.contains("--lr"), line);
        }
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        for (int bad : new int[] {0, -1}) {
            refused(bad, 2, 32, 0.1);
            refused(2, bad, 32, 0.1);
            refused(2, 2, bad, 0.1);
            refused(2, 2, 32, bad);
        }
        refused(2, 2, 33, 0.1);
        refused(2, 2, 32, Double.NaN);
    }

    private static void refused(int steps, int scenes, int size, double rate) {
        assertThrows(
                IllegalArgumentException.class,
                () -> new PretrainOptions(Backbone.RESNET18, Pretext.DENSE, steps, scenes, size, rate, 1, 1));
    }
}
