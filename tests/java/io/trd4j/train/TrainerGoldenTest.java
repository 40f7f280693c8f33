package io.trd4j.train;

import static io.trd4j.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trd4j.Golden;
import io.trd4j.model.Backbone;
import io.trd4j.model.network.Features;
import io.trd4j.model.network.LibTorch;
import io.trd4j.model.network.Network;
import io.trd4j.model.network.Student;
import io.trd4j.model.network.Weights;
import io.trd4j.model.tensorfile.Safetensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Training steps against the reference (SPEC section 3): losses, gradients of the first step, weights after the third.
 * trd4j trains in another memory layout than the reference ran in and rounds elsewhere, so that single ReLUs near zero
 * fall on the other side. Which ones depends on the CPU and on the number of threads: all but few gradients agree, with
 * the reference's float32 and, ten times closer, with double precision.
 */
class TrainerGoldenTest {
    private static final double LEARNING_RATE = 0.005;
    /**
     * How far one ReLU on the other side of zero moves the gradients of small tensors: by 0.22 % on a CPU with AVX2
     * only.
     */
    private static final double FLIPPED = 5e-3;

    private static final double SAME = 1e-3;
    /** Adam divides by the gradient's size: what a flip moved a little, the next steps move more. */
    private static final double AFTER_A_FLIP = 1e-2;

    /** Other tests of this process leave other numbers, and rounding depends on it. */
    @BeforeEach
    void computeWithTwoThreads() {
        LibTorch.setThreads(2);
    }

    @Test
    void threeStepsAgreeWithTheReference() throws IOException {
        train(
                3,
                (golden, students) -> {
                    List<String> far = agree(students, name -> golden.doubles(name)[0], 1e-3, 0.1);
                    return far.isEmpty() ? SAME : AFTER_A_FLIP;
                },
                (golden, students, tolerance) -> {
                    for (int branch = 0; branch < 2; branch++) {
                        for (Weights.Entry e : students.get(branch).weights().entries()) {
                            if (e.kind() != Weights.Kind.BATCHES_TRACKED) {
                                assertNorm("after." + branch + "." + e.name(), e.tensor(), golden, tolerance);
                            }
                        }
                    }
                });
    }

    @Test
    void gradientsAgreeWithDoublePrecision() throws IOException {
        JsonNode exact = new ObjectMapper()
                .readTree(
                        Golden.fixture("golden/train-resnet18-64-float64.json").toFile());
        train(
                1,
                (golden, students) -> {
                    // A single flip moves the gradients of all layers before it by more than that: 45 of 276 were seen,
                    // and 117 where LibTorch does without oneDNN and adds in another order.
                    agree(students, name -> exact.get(name).asDouble(), 1e-4, LibTorch.hasOneDnn() ? 0.25 : 0.5);
                    return SAME;
                },
                (golden, students, tolerance) -> {});
    }

    /** The norm that the reference has for a gradient. */
    private interface Norms {
        double of(String gradient) throws IOException;
    }

    /** Most gradients agree closely, and all but for flips; returns those that flips moved further. */
    private static List<String> agree(List<Student> students, Norms reference, double relative, double moved)
            throws IOException {
        List<String> far = new ArrayList<>();
        int count = 0;
        for (int branch = 0; branch < 2; branch++) {
            for (Weights.Entry e : students.get(branch).weights().trained()) {
                String name = "grad." + branch + "." + e.name();
                double expected = reference.of(name);
                double found = norm(e.tensor().grad());
                assertClose(name + " norm", found, expected, FLIPPED * expected);
                count++;
                if (!(Math.abs(found - expected) <= relative * expected)) {
                    far.add(name);
                }
            }
        }
        assertTrue(
                far.size() <= moved * count,
                far.size() + " of " + count + " gradients are further than " + relative + ": " + far);
        return far;
    }

    /** Returns the tolerance, relative, of what follows. */
    private interface GradientCheck {
        double run(Safetensors golden, List<Student> students) throws IOException;
    }

    private interface WeightCheck {
        void run(Safetensors golden, List<Student> students, double tolerance) throws IOException;
    }

    private static void train(int steps, GradientCheck firstGradients, WeightCheck afterwards) throws IOException {
        try (PointerScope scope = new PointerScope();
                Safetensors golden = Golden.open("train-resnet18-64.safetensors");
                Network network = new Network(Backbone.of(golden.metadata().get("arch")))) {
            int size = Integer.parseInt(golden.metadata().get("size"));
            int n = Integer.parseInt(golden.metadata().get("batch"));
            network.weights().forEach((prefix, weights) -> Golden.fill(weights, prefix));
            List<Student> students = List.of(network.studentRgb(), network.studentDepth());
            double[] expected = golden.doubles("losses");
            double tolerance = SAME;
            try (Adam rgb = new Adam(network.studentRgb().weights());
                    Adam depth = new Adam(network.studentDepth().weights())) {
                students.forEach(s -> s.weights().requireGradients(true));
                for (int step = 0; step < steps; step++) {
                    Features both = teacher(network, step, n, size);
                    List<Features> own = List.of(both.images(0, n), both.images(n, 2L * n));
                    for (int branch = 0; branch < 2; branch++) {
                        double[] losses = Trainer.backward(
                                students.get(branch), own.get(branch), own.get(1 - branch), torch.ScalarType.Float);
                        for (int k = 0; k < 5; k++) {
                            assertClose(
                                    "loss " + k + " of branch " + branch + " in step " + step,
                                    losses[k],
                                    expected[(step * 2 + branch) * 5 + k],
                                    tolerance);
                        }
                    }
                    if (step == 0) {
                        tolerance = firstGradients.run(golden, students);
                    }
                    rgb.step(LEARNING_RATE);
                    depth.step(LEARNING_RATE);
                }
            }
            afterwards.run(golden, students, tolerance);
        }
    }

    private static Features teacher(Network network, int step, int n, int size) throws IOException {
        try (NoGradGuard guard = new NoGradGuard()) {
            Tensor images = torch.cat(
                    new TensorVector(
                            Golden.input("train.rgb." + step, n, size), Golden.input("train.depth." + step, n, size)),
                    0);
            return network.teacher().apply(images);
        }
    }

    private static void assertNorm(String name, Tensor tensor, Safetensors golden, double relative) throws IOException {
        double expected = golden.doubles(name)[0];
        assertClose(name + " norm", norm(tensor), expected, relative * expected);
    }

    private static double norm(Tensor tensor) {
        double squares = 0;
        for (float v : Golden.floats(tensor)) {
            squares += (double) v * v;
        }
        return Math.sqrt(squares);
    }
}
