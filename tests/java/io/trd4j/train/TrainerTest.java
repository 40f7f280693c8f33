package io.trd4j.train;

import static io.trd4j.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.SmallModel;
import io.trd4j.calibrate.Calibrator;
import io.trd4j.calibrate.PreparedParts;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.inspect.TrainingDevice;
import io.trd4j.io.InputException;
import io.trd4j.model.Backbone;
import io.trd4j.model.Calibration;
import io.trd4j.model.EpochLoss;
import io.trd4j.model.Geometry;
import io.trd4j.model.Modality;
import io.trd4j.model.Precision;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.model.network.BranchMaps;
import io.trd4j.model.network.Features;
import io.trd4j.model.network.Network;
import io.trd4j.model.network.TorchDevice;
import io.trd4j.model.network.Weights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs are repeatable and resumable to the bit, and learn; calibration is the plain mean and standard deviation. */
class TrainerTest {
    private static final int SIZE = SmallModel.SIZE;
    private static final Trainer.StepListener SILENT = (epoch, step, steps, rgb, depth, rate) -> {};

    @TempDir
    static Path folder;

    private static Dataset dataset;

    @BeforeAll
    static void prepare() throws IOException {
        dataset = SmallModel.category(folder.resolve("cookie"), 5, 3, 7);
    }

    @Test
    void aResumedRunEndsWithTheSameBits() throws IOException {
        TrainingOptions options = options(3, 11);
        Run straight = train(options, null, 3, null);
        Path state = folder.resolve("run.state");
        train(options, null, 2, state);
        assertTrue(Files.size(state) > 0);
        Run resumed = train(options, state, 1, null);
        assertEquals(straight.history, resumed.history, "losses, those of the validation parts included");
        assertEquals(straight.tensors.keySet(), resumed.tensors.keySet());
        straight.tensors.forEach((name, bytes) -> assertEquals(bytes, resumed.tensors.get(name), name));

        Run other = train(options(3, 12), null, 1, null);
        assertNotEquals(
                straight.tensors.get("rgb.bn.conv1.weight"),
                other.tensors.get("rgb.bn.conv1.weight"),
                "another seed, other weights");

        InputException e = assertThrows(InputException.class, () -> train(options(3, 12), state, 1, null));
        assertTrue(e.getMessage().contains("seed is 11 there and 12 now"), e.getMessage());
        e = assertThrows(
                InputException.class, () -> train(options, dataset.validation().subList(0, 2), state, 1, null));
        assertTrue(e.getMessage().contains("the validation parts are others"), e.getMessage());
    }

    @Test
    void aRunByStepsResumesWithTheSameBitsAndCannotBeExtended() throws IOException {
        Precision precision = TrainingDevice.precision(Precision.AUTO, TorchDevice.CPU);
        TrainingOptions options = options(3, 11)
                .withSchedule(new Schedule(Schedule.Kind.STEPS, 3, 0.005))
                .withPrecision(precision);
        Run straight = train(options, null, 3, null);
        Path state = folder.resolve("steps.state");
        train(options, null, 1, state);
        Run resumed = train(options, state, 2, null);
        assertEquals(straight.history, resumed.history);
        straight.tensors.forEach((name, bytes) -> assertEquals(bytes, resumed.tensors.get(name), name));
        assertNotEquals(
                train(options(3, 11).withPrecision(precision), null, 1, null).history,
                straight.history.subList(0, 1),
                "another rate from the second step on");

        InputException e = assertThrows(InputException.class, () -> train(options.withEpochs(4), state, 1, null));
        assertTrue(e.getMessage().contains("epochs is 3 there and 4 now"), e.getMessage());
        e = assertThrows(InputException.class, () -> train(options(3, 11).withPrecision(precision), state, 1, null));
        assertTrue(e.getMessage().contains("schedule is steps there and epochs now"), e.getMessage());
    }

    @Test
    void theValidationLossIsTheMeanOverThePartsAndChangesNothing() throws IOException {
        try (Network network = new Network(Backbone.RESNET18);
                PreparedParts parts = parts(dataset.validation())) {
            RandomTeacher.initialise(network.teacher(), 3, parts, 2);
            // Batches of 2 and 1; and all three parts in one.
            double[] rgb = new double[2];
            double[] depth = new double[2];
            for (int batch = 2; batch <= 3; batch++) {
                TrainingOptions options =
                        new TrainingOptions(Backbone.RESNET18, SIZE, Modality.DEPTH, 5, 1, batch, 0.005, 1, 2);
                try (Trainer trainer = new Trainer(network, options, parts)) {
                    ByteBuffer before = network.studentRgb().weights().bytes("bn.bn1.running_mean");
                    ValidationLoss loss = trainer.validationLoss(trainer.features(), parts.count());
                    assertEquals(loss, trainer.validationLoss(trainer.features(), parts.count()));
                    assertEquals(before, network.studentRgb().weights().bytes("bn.bn1.running_mean"));
                    rgb[batch - 2] = loss.rgb();
                    depth[batch - 2] = loss.depth();
                }
            }
            assertClose("rgb", rgb[0], rgb[1], 1e-5);
            assertClose("depth", depth[0], depth[1], 1e-5);
        }
    }

    @Test
    void theMeanFeaturesLossIsThatOfAStudentThatGivesIt() throws IOException {
        try (Network network = new Network(Backbone.RESNET18);
                PreparedParts parts = parts(dataset.validation())) {
            RandomTeacher.initialise(network.teacher(), 3, parts, 2);
            ValidationLoss level = MeanFeature.loss(network, parts, 2);
            try (PointerScope scope = new PointerScope();
                    NoGradGuard guard = new NoGradGuard()) {
                Features own = network.teacher()
                        .apply(parts.batch(new int[] {0, 1, 2}, 0, 3))
                        .images(0, 3);
                List<Tensor> means = new ArrayList<>();
                for (Tensor f : own.asList()) {
                    Tensor lengths = f.reshape(3, -1).norm(new ScalarOptional(new Scalar(2)), new long[] {1}, true);
                    means.add(f.div(lengths.reshape(3, 1, 1, 1))
                            .mean(new long[] {0, 2, 3}, true, new ScalarTypeOptional())
                            .expand_as(f));
                }
                Features mean = new Features(means.get(0), means.get(1), means.get(2));
                assertClose("rgb", 4 * DistillationLoss.distance(mean, own).item_double(), level.rgb(), 1e-5);
            }
        }
    }

    @Test
    void theLossFalls() throws IOException {
        try (Network network = new Network(Backbone.RESNET18);
                PreparedParts parts = parts(dataset.train())) {
            RandomTeacher.initialise(network.teacher(), 3, parts, 2);
            List<EpochLoss> history;
            try (Trainer trainer = new Trainer(network, options(4, 1), parts)) {
                for (int i = 0; i < 4; i++) {
                    trainer.epoch(SILENT);
                }
                history = trainer.history();
            }
            assertEquals(4, history.size());
            assertTrue(history.get(3).rgb() < 0.9 * history.get(0).rgb(), history.toString());
            assertTrue(history.get(3).depth() < history.get(0).depth(), history.toString());
        }
    }

    @Test
    void calibrationIsMeanAndPopulationDeviationOfThePixelsThatCount() throws IOException {
        boolean[] stripe = new boolean[SIZE * SIZE];
        Arrays.fill(stripe, 5 * SIZE + 3, 21 * SIZE, true);
        try (Network network = new Network(Backbone.RESNET18);
                PreparedParts parts = parts(dataset.train())) {
            RandomTeacher.initialise(network.teacher(), 3, parts, 2);
            network.studentRgb().weights().initialise(5);
            network.studentDepth().weights().initialise(6);
            for (RegionOfInterest roi :
                    new RegionOfInterest[] {null, RegionOfInterest.of(stripe, "roi.png", "5".repeat(64))}) {
                Calibration calibration = Calibrator.calibrate(network, SIZE, parts, roi, 2, done -> {});
                assertCalibration(calibration, network, parts, roi == null ? null : stripe);
            }
        }
    }

    private static void assertCalibration(
            Calibration calibration, Network network, PreparedParts parts, boolean[] counts) {
        double[] sums = new double[4];
        long pixels = 0;
        try (BranchMaps maps = new BranchMaps(network, SIZE)) {
            for (int i = 0; i < parts.count(); i++) {
                try (PointerScope scope = new PointerScope()) {
                    maps.compute(parts.rgb(i), parts.second(i));
                    FloatPointer rgbMap = maps.rgb();
                    FloatPointer depthMap = maps.depth();
                    for (int p = 0; p < SIZE * SIZE; p++) {
                        if (counts != null && !counts[p]) {
                            continue;
                        }
                        double rgb = rgbMap.get(p);
                        double depth = depthMap.get(p);
                        sums[0] += rgb;
                        sums[1] += rgb * rgb;
                        sums[2] += depth;
                        sums[3] += depth * depth;
                        pixels++;
                    }
                }
            }
        }
        assertClose("mean rgb", calibration.meanRgb(), sums[0] / pixels, 1e-9);
        assertClose("std rgb", calibration.stdRgb(), Math.sqrt(sums[1] / pixels - Math.pow(sums[0] / pixels, 2)), 1e-7);
        assertClose("mean depth", calibration.meanDepth(), sums[2] / pixels, 1e-9);
        assertClose(
                "std depth", calibration.stdDepth(), Math.sqrt(sums[3] / pixels - Math.pow(sums[2] / pixels, 2)), 1e-7);
    }

    @Test
    void everyEpochVisitsEveryPartOnceInAnOrderOfItsOwn() {
        int[] first = Trainer.shuffled(37, 42, 0);
        int[] second = Trainer.shuffled(37, 42, 1);
        assertArrayEquals(first, Trainer.shuffled(37, 42, 0));
        assertNotEquals(Arrays.toString(first), Arrays.toString(second));
        for (int[] order : List.of(first, second)) {
            int[] sorted = order.clone();
            Arrays.sort(sorted);
            for (int i = 0; i < sorted.length; i++) {
                assertEquals(i, sorted[i]);
            }
        }
    }

    @Test
    void theLastPartialBatchIsKept() {
        assertArrayEquals(new int[] {0, 16, 32, 36}, Trainer.starts(36, 16, 64));
        assertArrayEquals(new int[] {0, 16, 32, 33}, Trainer.starts(33, 16, 64));
        assertArrayEquals(
                new int[] {0, 16, 33}, Trainer.starts(33, 16, 32), "one part at S = 32 cannot be normalised alone");
        assertArrayEquals(new int[] {0, 3}, Trainer.starts(3, 16, 64));
    }

    @Test
    void impossibleOptionsAreNamed() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new TrainingOptions(Backbone.RESNET18, 100, Modality.DEPTH, 5, 1, 8, 0.005, 1, 1));
        assertThrows(
                IllegalArgumentException.class,
                () -> new TrainingOptions(Backbone.RESNET18, 64, Modality.DEPTH, 4, 1, 8, 0.005, 1, 1));
        assertThrows(
                IllegalArgumentException.class,
                () -> new TrainingOptions(Backbone.RESNET18, 64, Modality.DEPTH, 5, 0, 8, 0.005, 1, 1));
        assertThrows(
                IllegalArgumentException.class,
                () -> new TrainingOptions(Backbone.RESNET18, 64, Modality.DEPTH, 5, 1, 0, 0.005, 1, 1));
        assertThrows(
                IllegalArgumentException.class,
                () -> new TrainingOptions(Backbone.RESNET18, 64, Modality.DEPTH, 5, 1, 8, Double.NaN, 1, 1));
    }

    private static TrainingOptions options(int epochs, long seed) {
        return new TrainingOptions(Backbone.RESNET18, SIZE, Modality.DEPTH, 5, epochs, 2, 0.005, seed, 2);
    }

    private static PreparedParts parts(List<PartFiles> files) throws IOException {
        return new PreparedParts(files, SIZE, Geometry.DEPTH, done -> {});
    }

    /** Losses and both students' tensors. */
    private record Run(List<EpochLoss> history, Map<String, ByteBuffer> tensors) {}

    private static Run train(TrainingOptions options, Path resumeFrom, int epochs, Path saveTo) throws IOException {
        return train(options, dataset.validation(), resumeFrom, epochs, saveTo);
    }

    /** Trains some epochs, from a state file or from the beginning. */
    private static Run train(
            TrainingOptions options, List<PartFiles> validation, Path resumeFrom, int epochs, Path saveTo)
            throws IOException {
        try (Network network = new Network(Backbone.RESNET18);
                PreparedParts parts = parts(dataset.train());
                PreparedParts validated = parts(validation)) {
            RandomTeacher.initialise(network.teacher(), 3, parts, options.threads());
            List<EpochLoss> history;
            try (Trainer trainer = new Trainer(network, options, parts, validated, Align.NONE)) {
                if (resumeFrom != null) {
                    trainer.resume(resumeFrom);
                }
                for (int i = 0; i < epochs; i++) {
                    trainer.epoch(SILENT);
                }
                if (saveTo != null) {
                    trainer.save(saveTo);
                }
                history = trainer.history();
            }
            Map<String, ByteBuffer> tensors = new LinkedHashMap<>();
            for (Weights.Entry e : network.studentRgb().weights().entries()) {
                tensors.put("rgb." + e.name(), network.studentRgb().weights().bytes(e.name()));
                tensors.put(
                        "depth." + e.name(), network.studentDepth().weights().bytes(e.name()));
            }
            return new Run(history, tensors);
        }
    }
}
