package io.trd4j.inspect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.Needs;
import io.trd4j.calibrate.PreparedParts;
import io.trd4j.engine.cpu.CpuSupport;
import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.engine.plan.PlanOp;
import io.trd4j.engine.plan.PlanTensor;
import io.trd4j.model.Backbone;
import io.trd4j.model.ModelFile;
import io.trd4j.model.Precision;
import io.trd4j.model.PrecisionTests;
import io.trd4j.model.PrecisionTests.Accuracy;
import io.trd4j.model.network.Network;
import io.trd4j.model.network.Weights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What calibration finds out about the lower precisions, on a small trained model. */
class PrecisionCalibrationTest {
    private static final ExecutionPlan PLAN = ExecutionPlan.of(Backbone.RESNET18, TrainedModel.SIZE);
    private static TrainedModel model;

    @BeforeAll
    static void train() throws IOException {
        Needs.oneDnn();
        model = TrainedModel.get();
    }

    private static PrecisionTests run(List<Integer> progress) throws IOException {
        try (ModelFile file = ModelFile.open(model.file);
                Network network = Network.load(file);
                PreparedParts validation = model.validation()) {
            return PrecisionCalibration.run(
                    network,
                    TrainedModel.SIZE,
                    model.calibration,
                    null,
                    TrainedModel.images(validation),
                    TrainedModel.THREADS,
                    progress::add);
        }
    }

    private static void assertPassed(Precision precision, Accuracy accuracy, double correlation, double scoreError) {
        assertEquals(CpuSupport.supports(precision), accuracy != null, "tested where the CPU can do it: " + precision);
        if (accuracy != null) {
            assertEquals(4, accuracy.parts());
            assertTrue(
                    accuracy.passed()
                            && accuracy.correlation() >= correlation
                            && accuracy.correlation() < 1
                            && accuracy.scoreError() <= scoreError
                            && accuracy.scoreError() > 0,
                    precision + ": " + accuracy);
            assertTrue(model.precisions.passed(precision));
        }
    }

    @Test
    void bothPrecisionsAreTestedAndPass() {
        assertPassed(Precision.BF16, model.precisions.bf16(), 0.999, 0.01);
        assertPassed(Precision.INT8, model.precisions.int8(), 0.99, 0.03);
    }

    @Test
    void everyQuantisedFeatureMapHasARange() {
        Map<String, Float> ranges = model.precisions.ranges();
        Set<String> needed = new HashSet<>();
        for (PlanOp op : PLAN.ops()) {
            if (op instanceof PlanOp.Convolution c && c.layer().in() > 3) {
                List<PlanTensor> maps = new ArrayList<>(c.inputs());
                maps.add(c.output());
                maps.forEach(
                        t -> needed.add(t.batch() == null ? t.name() : t.batch().name()));
            }
        }
        assertTrue(needed.size() > 50, needed.size() + " feature maps");
        assertTrue(ranges.keySet().containsAll(needed), () -> {
            needed.removeAll(ranges.keySet());
            return "without a range: " + needed;
        });
        ranges.forEach((name, range) -> assertTrue(range > 0 && Float.isFinite(range), name + " " + range));
        if (CpuSupport.supports(Precision.INT8)) {
            assertEquals(
                    PrecisionCalibration.layers(PLAN, PrecisionCalibration.INT8_EXCEPTIONS.get(0)),
                    model.precisions.int8Exceptions(),
                    "the first attempt passes: the teacher's first stage stays in BF16");
        }
    }

    @Test
    void equalContentGivesEqualFiles() throws IOException {
        List<Integer> progress = new ArrayList<>();
        PrecisionTests again = run(progress);
        assertEquals(model.precisions, again);
        assertArrayEquals(
                Files.readAllBytes(model.file),
                Files.readAllBytes(model.write("again.safetensors", model.info().withPrecisions(again))));
        assertEquals(IntStream.rangeClosed(1, progress.size()).boxed().toList(), progress);
        assertTrue(progress.size() <= PrecisionCalibration.steps(4), progress.size() + " steps");
        try (ModelFile file = ModelFile.open(model.file)) {
            assertEquals(again, file.info().precisions(), "as they come back from the file");
        }
    }

    @Test
    void moreThanTwentyFourPartsAreSampled() throws IOException {
        try (ModelFile file = ModelFile.open(model.file);
                Network network = Network.load(file);
                PreparedParts validation = model.validation()) {
            Set<Integer> seen = new HashSet<>();
            PrecisionCalibration.Images many = new PrecisionCalibration.Images() {
                @Override
                public int count() {
                    return 100;
                }

                @Override
                public FloatPointer image(int part, int branch) {
                    seen.add(part);
                    return validation.image(part % 4, branch);
                }
            };
            PrecisionTests tests = PrecisionCalibration.run(
                    network, TrainedModel.SIZE, model.calibration, null, many, TrainedModel.THREADS, done -> {});
            assertEquals(24, seen.size());
            assertTrue(seen.stream().anyMatch(part -> part > 90), "spread over all parts: " + seen);
            assertEquals(model.precisions.ranges(), tests.ranges(), "the same four images have the same ranges");
        }
    }

    /**
     * One channel of a hidden feature map is made constant and huge, and its reader deaf to it: nothing changes in FP32
     * and BF16, while 8 bits that cover it leave nothing for the other channels.
     */
    private static void plantOutlier(Weights weights, String norm, String reader) {
        int channels = weights.bytes(norm + ".weight").remaining() / Float.BYTES;
        weights.set(norm + ".weight", copy(weights.bytes(norm + ".weight"), (i, v) -> i == 0 ? 0 : v));
        weights.set(norm + ".bias", copy(weights.bytes(norm + ".bias"), (i, v) -> i == 0 ? 1e5f : v));
        weights.set(
                reader + ".weight", copy(weights.bytes(reader + ".weight"), (i, v) -> i / 9 % channels == 0 ? 0 : v));
    }

    private interface Change {
        float of(int index, float value);
    }

    private static ByteBuffer copy(ByteBuffer from, Change change) {
        from.order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer to = ByteBuffer.allocateDirect(from.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; from.hasRemaining(); i++) {
            to.putFloat(change.of(i, from.getFloat()));
        }
        return to.flip();
    }

    /**
     * First the teacher's first stage stays in BF16, then the whole teacher; what fails with that too is not chosen.
     */
    @Test
    void whatInt8CannotComputeStaysInBf16OrFails() throws IOException {
        Needs.precision(Precision.INT8);
        Needs.precision(Precision.BF16);
        try (ModelFile file = ModelFile.open(model.file);
                Network network = Network.load(file);
                PreparedParts validation = model.validation()) {
            for (String block : List.of("layer2.0", "layer2.1", "layer3.0", "layer3.1")) {
                plantOutlier(network.teacher().weights(), block + ".bn1", block + ".conv2");
            }
            PrecisionTests tests = PrecisionCalibration.run(
                    network,
                    TrainedModel.SIZE,
                    model.calibration,
                    null,
                    TrainedModel.images(validation),
                    TrainedModel.THREADS,
                    done -> {});
            assertTrue(tests.bf16().passed() && tests.int8().passed(), tests.bf16() + ", " + tests.int8());
            assertEquals(PrecisionCalibration.layers(PLAN, "teacher."), tests.int8Exceptions());

            for (Weights student : List.of(
                    network.studentRgb().weights(), network.studentDepth().weights())) {
                for (String block : List.of("decoder.layer1.1", "decoder.layer2.1", "decoder.layer3.1")) {
                    plantOutlier(student, block + ".bn1", block + ".conv2");
                }
            }
            tests = PrecisionCalibration.run(
                    network,
                    TrainedModel.SIZE,
                    model.calibration,
                    null,
                    TrainedModel.images(validation),
                    TrainedModel.THREADS,
                    done -> {});
            assertTrue(tests.bf16().passed() && !tests.int8().passed(), tests.bf16() + ", " + tests.int8());
            assertFalse(tests.passed(Precision.INT8));
            assertEquals(
                    Precision.BF16,
                    CpuRunnerChoice.resolve(Precision.AUTO, model.info().withPrecisions(tests)));
        }
    }
}
