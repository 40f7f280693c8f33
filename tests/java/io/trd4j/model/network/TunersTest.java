package io.trd4j.model.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.Golden;
import io.trd4j.model.Backbone;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Students with fewer tuners, and the fused one: the tensors they have, what they compute, and that all of it is
 * trained.
 */
class TunersTest {
    private static final Backbone BACKBONE = Backbone.RESNET18;
    private static final int SIZE = 64;

    @ParameterizedTest
    @EnumSource(Tuners.class)
    void aStudentHasTheTensorsOfItsTunersInTheShippedOrder(Tuners tuners) {
        try (Student shipped = student(Tuners.BOTH);
                Student student = student(tuners)) {
            List<String> expected = names(shipped.weights()).stream()
                    .filter(n -> tuners.filter() || !n.startsWith("projector_filter."))
                    .filter(n -> tuners.amplifier() || !n.matches("projector_amply\\..*|decoder\\.w_."))
                    .toList();
            assertEquals(expected, names(student.weights()));
            Set<String> narrower = student.weights().entries().stream()
                    .filter(e ->
                            !e.shape().equals(shipped.weights().get(e.name()).shape()))
                    .map(Weights.Entry::name)
                    .collect(Collectors.toSet());
            assertEquals(
                    tuners.filter() ? Set.of() : Set.of("bn.conv1.weight", "bn.conv3.weight", "bn.conv4.weight"),
                    narrower);
            if (!tuners.filter()) {
                assertEquals(
                        List.of(256L, 64L, 3L, 3L),
                        student.weights().get("bn.conv1.weight").shape());
            }
        }
    }

    @Test
    void aNetworkHasBothUnlessToldOtherwise() {
        try (Network network = new Network(BACKBONE);
                Student both = student(Tuners.BOTH)) {
            assertEquals(names(both.weights()), names(network.studentRgb().weights()));
            assertEquals(names(both.weights()), names(network.studentDepth().weights()));
        }
    }

    @ParameterizedTest
    @EnumSource(Tuners.class)
    void whatIsLeftOutIsNullAndTheOtherModalityIsSeenByTunersAlone(Tuners tuners) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard();
                Student student = student(tuners)) {
            Golden.fill(student.weights(), "student.");
            Features own = features("own");
            Student.Output out = student.apply(own, features("other"));
            assertEquals(tuners.filter(), out.filter() != null);
            assertEquals(tuners.amplifier(), out.amplifier() != null);
            if (!tuners.amplifier()) {
                for (int scale = 0; scale < 3; scale++) {
                    assertSame(
                            out.plain().asList().get(scale),
                            out.fused().asList().get(scale));
                }
            }
            shapes(out.fused(), 1);
            float[] elsewhere = Golden.floats(
                    student.apply(own, features("another")).fused().f1());
            assertEquals(
                    tuners == Tuners.NONE,
                    Arrays.equals(Golden.floats(out.fused().f1()), elsewhere));
        }
    }

    @ParameterizedTest
    @EnumSource(Tuners.class)
    void everyTensorOfAStudentIsTrained(Tuners tuners) {
        try (PointerScope scope = new PointerScope();
                Student student = student(tuners)) {
            Golden.fill(student.weights(), "student.");
            student.weights().requireGradients(true);
            Student.Output out = student.train(features("own"), features("other"));
            // Fused outputs depend on everything: a tuner's features reach them through the bottleneck or a blend.
            sum(out.fused()).backward();
            gradients(student.weights());
        }
    }

    @Test
    void theFusedStudentReconstructsBothModalitiesFromBoth() {
        try (PointerScope scope = new PointerScope();
                FusedStudent student = new FusedStudent(BACKBONE)) {
            Golden.fill(student.weights(), "fused.");
            Features rgb = features("own");
            Features second = features("other");
            try (NoGradGuard guard = new NoGradGuard()) {
                Features out = student.apply(rgb, second);
                shapes(out, 2);
                Features changed = student.apply(rgb, features("another"));
                assertTrue(
                        different(out.f1().narrow(1, 0, 64), changed.f1().narrow(1, 0, 64)),
                        "the rgb half sees the second modality");
            }
            student.weights().requireGradients(true);
            sum(student.train(rgb, second)).backward();
            gradients(student.weights());
        }
    }

    @Test
    void theFusedStudentIsLargerThanOneIndependentStudentAndSmallerThanTwo() {
        try (Student one = student(Tuners.NONE);
                FusedStudent fused = new FusedStudent(BACKBONE)) {
            assertTrue(parameters(fused.weights()) > parameters(one.weights()));
            assertTrue(parameters(fused.weights()) < 2 * parameters(one.weights()));
        }
    }

    private static Student student(Tuners tuners) {
        return new Student(BACKBONE, tuners);
    }

    private static List<String> names(Weights weights) {
        return weights.entries().stream().map(Weights.Entry::name).toList();
    }

    private static long parameters(Weights weights) {
        return weights.trained().stream().mapToLong(Weights.Entry::elements).sum();
    }

    /** Features of two parts that a teacher might have made. */
    private static Features features(String name) {
        try (Teacher teacher = new Teacher(BACKBONE);
                NoGradGuard guard = new NoGradGuard()) {
            Golden.fill(teacher.weights(), "teacher.");
            return teacher.apply(Golden.input(name, 2, SIZE));
        }
    }

    private static void shapes(Features features, int times) {
        for (int scale = 0; scale < 3; scale++) {
            long side = SIZE >> (scale + 2);
            assertArrayEquals(
                    new long[] {2, (long) times * BACKBONE.channels(scale + 1), side, side},
                    features.asList().get(scale).sizes().vec().get());
        }
    }

    private static Tensor sum(Features features) {
        return features.f1().sum().add(features.f2().sum()).add(features.f3().sum());
    }

    private static boolean different(Tensor a, Tensor b) {
        return !Arrays.equals(Golden.floats(a), Golden.floats(b));
    }

    private static void gradients(Weights weights) {
        for (Weights.Entry e : weights.trained()) {
            Tensor gradient = e.tensor().grad();
            assertTrue(gradient.defined(), e.name());
            float[] values = Golden.floats(gradient);
            boolean any = false;
            for (float v : values) {
                any |= v != 0;
            }
            assertTrue(any, e.name() + " has a gradient that is zero everywhere");
        }
    }
}
