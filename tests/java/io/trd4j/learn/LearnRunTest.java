package io.trd4j.learn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.calibrate.PreparedParts;
import io.trd4j.calibrate.Rate;
import io.trd4j.calibrate.ThresholdPlan;
import io.trd4j.calibrate.ThresholdRun;
import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.data.RgbImage;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.inspect.DeviceChoice;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.inspect.Verdict;
import io.trd4j.io.InputException;
import io.trd4j.io.Progress;
import io.trd4j.io.Sha256;
import io.trd4j.model.LearningHistory;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Precision;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import io.trd4j.model.network.Network;
import io.trd4j.threshold.ToleranceBound;
import io.trd4j.train.Align;
import io.trd4j.train.Schedule;
import io.trd4j.train.TrainingOptions;
import io.trd4j.train.TrainingPlan;
import io.trd4j.train.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that learns parts which somebody calls OK, and the gate before it. */
class LearnRunTest {
    private static final int VALIDATION = 20;
    private static final double RATE = 0.2;
    private static final double CONFIDENCE = 0.9;
    private static final InspectorOptions INSPECTION =
            new InspectorOptions(2, Precision.FP32).withDevice(DeviceChoice.CPU);
    private static final LearnOptions LIMITS =
            LearnOptions.defaults().withInspection(INSPECTION).withThreads(2);

    @TempDir
    private static Path folder;

    private static Path model;
    private static String sha256;
    private static Dataset category;
    /** Normal parts of a lighter shade. */
    private static List<PartSource> lighter;

    @BeforeAll
    static void train() throws IOException {
        Path parts = folder.resolve("plate");
        SyntheticParts.write(parts, SyntheticProduct.PLATE, 8, VALIDATION, 18, 64, 7, done -> {});
        category = Dataset.open(parts);
        model = folder.resolve("model.safetensors");
        TrainingOptions options = TrainingOptions.defaults()
                .withSize(64)
                .withBatch(4)
                .withThreads(2)
                .withSchedule(new Schedule(Schedule.Kind.STEPS, 12, 0.005));
        new TrainingRun(TrainingPlan.of(options).withChoosesEpochs(false).withAlign(Align.NONE)).run(category, model);
        new ThresholdRun(ThresholdPlan.exact(new Rate(RATE)).withConfidence(new Rate(CONFIDENCE)), category)
                .run(model, INSPECTION, Progress.NONE);
        sha256 = Sha256.of(model);
        Path others = folder.resolve("others");
        SyntheticParts.write(others, SyntheticProduct.PLATE, 0, 5, 0, 64, 11, done -> {});
        lighter = new ArrayList<>();
        for (PartFiles part : Dataset.open(others).validation()) {
            Part loaded = part.load();
            byte[] rgb = loaded.rgb().rgb().clone();
            for (int i = 0; i < rgb.length; i++) {
                rgb[i] = (byte) Math.min(255, Math.round((rgb[i] & 0xff) * (i % 3 == 0 ? 1.25 : 1.1)));
            }
            lighter.addAll(PartSource.inMemory(List.of(Part.of(
                    "lighter/" + part.id(),
                    new RgbImage(loaded.rgb().width(), loaded.rgb().height(), rgb),
                    loaded.xyz()))));
        }
    }

    /** Whatever happens, the old model is only read, and no half of a file stays. */
    @AfterEach
    void theOldModelIsUntouched() throws IOException {
        assertEquals(sha256, Sha256.of(model));
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(
                    List.of(),
                    left.map(file -> file.getFileName().toString())
                            .filter(name -> name.startsWith("."))
                            .toList());
        }
    }

    private static LearnRun.Result learn(
            List<? extends PartSource> ok, List<? extends PartSource> ng, Path out, LearnOptions options)
            throws IOException {
        return LearnRun.run(model, LearnParts.of(category, ok, ng), out, options, Progress.NONE);
    }

    private static float[] scores(Path by, List<? extends PartSource> parts) throws IOException {
        float[] scores = new float[parts.size()];
        try (Inspector inspector = Inspector.open(by, INSPECTION)) {
            Inspection inspection = inspector.newInspection();
            for (int i = 0; i < scores.length; i++) {
                inspector.inspect(parts.get(i).load(), inspection);
                scores[i] = inspection.score();
            }
        }
        return scores;
    }

    private static TreeMap<String, String> tensors(Path file) throws IOException {
        TreeMap<String, String> sums = new TreeMap<>();
        try (ModelFile opened = ModelFile.open(file)) {
            for (var tensor : opened.tensors().tensors()) {
                sums.put(
                        tensor.name(),
                        new Sha256()
                                .add(opened.tensors().source(tensor.name()).bytes())
                                .hex());
            }
        }
        return sums;
    }

    private static Path out(String name) {
        return folder.resolve(name + ".safetensors");
    }

    @Test
    void limitsAreOrderStatisticsOfValidationAndOkParts() throws IOException {
        Path out = out("limits");
        List<PartSource> all = new ArrayList<>(category.validation());
        all.addAll(lighter);
        float[] scores = scores(model, all);
        LearnRun.Result result = learn(lighter, List.of(), out, LIMITS);
        assertTrue(result.accepted(), result.refused());
        assertEquals(0, result.steps());
        Threshold ng = ModelFile.readInfo(out).thresholds().combined().ng();
        Threshold old = ModelFile.readInfo(model).thresholds().combined().ng();
        ToleranceBound.Bound bound = ToleranceBound.above(scores, RATE, CONFIDENCE);
        int rank = ng.evidence().rank();
        assertTrue(rank <= bound.rank(), rank + " of at most " + bound.rank());
        float[] sorted = scores.clone();
        java.util.Arrays.sort(sorted);
        assertEquals(sorted[sorted.length - rank], ng.value(), "a score of these parts, bit by bit");
        assertEquals(List.of(RATE, CONFIDENCE), List.of(ng.rate(), ng.confidence()));
        assertEquals(VALIDATION + lighter.size(), ng.evidence().normal());
        assertEquals(rank - 1, ng.evidence().falseRejects());
        // As many validation parts are above the limit as were, and a higher rank would reject more or break the rate.
        long before = above(scores, old.value());
        assertTrue(above(scores, ng.value()) <= before);
        assertTrue(rank == bound.rank() || above(scores, sorted[sorted.length - rank - 1]) > before);
        assertEquals(tensors(model), tensors(out), "no weight changes");
        for (JudgedPart part : result.parts()) {
            if (part.role() == PartRole.OK) {
                assertTrue(
                        part.verdictAfter() == Verdict.OK
                                || result.notes().stream()
                                        .anyMatch(note -> note.contains(part.id()) && note.contains("promise")),
                        part + " in " + result.notes());
            }
        }
        LearningHistory.Step step = ModelFile.readInfo(out).learning().steps().get(0);
        assertEquals(sha256, step.modelSha256());
        assertEquals(lighter.size(), step.ok().size());
        assertEquals(
                lighter.get(0).checksums(lighter.get(0).load()),
                step.ok().get(0).sha256());
        assertEquals(result.gate(), step.gate());
        assertEquals(List.of(), ModelFile.readInfo(model).learning().steps());
    }

    private static long above(float[] scores, double limit) {
        long above = 0;
        for (int i = 0; i < VALIDATION; i++) {
            above += scores[i] > limit ? 1 : 0;
        }
        return above;
    }

    /** Validation parts that are called OK are there already: the limits stay to the last bit. */
    @Test
    void partsThatAreKnownChangeNothing() throws IOException {
        Path out = out("known");
        LearnRun.Result result = learn(category.validation().subList(0, 3), List.of(), out, LIMITS);
        assertTrue(result.accepted());
        assertEquals(result.before().thresholds(), result.after().thresholds());
        assertEquals(
                3,
                result.notes().stream()
                        .filter(note -> note.contains("counts already"))
                        .count());
    }

    /** It would count as a part that became OK, and hide one that no longer is. */
    @Test
    void aGoodTestPartThatIsCalledOkIsNotKeptAside() throws IOException {
        List<PartFiles> good = PreparedParts.normal(category.test());
        LearnRun.Result result = learn(good.subList(0, 1), List.of(), out("good"), LIMITS);
        assertEquals(VALIDATION + good.size() - 1, result.gate().normal());
        assertEquals(
                1,
                result.parts().stream()
                        .filter(part ->
                                part.id().equals(result.parts().get(VALIDATION).id()))
                        .count());
    }

    @Test
    void studentStepsAreTheSameEveryTime() throws IOException {
        LearnOptions options = LIMITS.withSteps(4).withLearningRate(1e-4);
        List<TreeMap<String, String>> made = new ArrayList<>();
        for (String name : List.of("once", "again")) {
            LearnRun.Result result = learn(lighter, List.of(), out(name), options);
            assertTrue(result.accepted(), result.refused());
            assertTrue(result.steps() >= 4);
            made.add(tensors(out(name)));
            // Every second part is learnt, and the others set limits with the validation parts.
            assertEquals(3, result.parts().stream().filter(JudgedPart::learnt).count());
            assertEquals(
                    VALIDATION + 2,
                    result.after().thresholds().combined().ng().evidence().normal());
            ModelInfo info = ModelFile.readInfo(out(name));
            assertEquals(result.steps(), info.learning().steps().get(0).studentSteps());
            assertNotEquals(result.before().calibration(), info.calibration());
        }
        assertEquals(made.get(0), made.get(1));
        TreeMap<String, String> before = tensors(model);
        made.get(0).forEach((name, sum) -> {
            if (name.startsWith("teacher.")) {
                assertEquals(before.get(name), sum, name);
            }
        });
        assertNotEquals(before, made.get(0));
        // What has learnt can learn again, and says all of it.
        LearnRun.Result more = LearnRun.run(
                out("once"), LearnParts.of(category, lighter, List.of()), out("more"), LIMITS, Progress.NONE);
        assertEquals(2, more.after().learning().steps().size());
        assertEquals(
                Sha256.of(out("once")), more.after().learning().steps().get(1).modelSha256());
    }

    @Test
    void aWorseModelIsRefused() throws IOException {
        Consumer<Network> rgb = network -> network.studentRgb().weights().initialise(1);
        Consumer<Network> depth = network -> network.studentDepth().weights().initialise(2);
        for (Consumer<Network> sabotage : List.of(rgb, rgb.andThen(depth))) {
            Path out = out("sabotaged");
            LearnRun.Result result = LearnRun.run(
                    model,
                    LearnParts.of(category, lighter, List.of()),
                    out,
                    LIMITS.withSteps(1),
                    sabotage,
                    Progress.NONE);
            assertFalse(result.accepted());
            assertFalse(Files.exists(out));
        }
    }

    /** Defects that are called OK raise the limit above those that are known. */
    @Test
    void defectsThatAreCalledOkAreRefused() throws IOException {
        Path others = folder.resolve("defects");
        SyntheticParts.write(others, SyntheticProduct.PLATE, 0, 0, 40, 64, 19, done -> {});
        List<PartFiles> defects = Dataset.open(others).test().stream()
                .filter(PartFiles::anomalous)
                .toList();
        Path out = out("defects");
        LearnRun.Result result = learn(defects, List.of(), out, LIMITS);
        assertFalse(result.accepted());
        assertTrue(result.refused().contains("known defects"), result.refused());
        assertTrue(result.gate().foundBefore() > 0, "the model finds defects");
        assertFalse(Files.exists(out));
        // A part that is called NG must be, whatever it was.
        PartFiles normal = Dataset.open(folder.resolve("others")).validation().get(0);
        LearnRun.Result called = learn(lighter, List.of(normal), out, LIMITS);
        if (scores(model, List.of(normal))[0]
                <= called.after().thresholds().combined().ng().value()) {
            assertFalse(called.accepted());
            assertTrue(called.refused().contains(normal.id()), called.refused());
        }
    }

    @Test
    void contradictionsAreRefused() throws IOException {
        Path out = out("refused");
        PartFiles defect = category.test().stream()
                .filter(PartFiles::anomalous)
                .findFirst()
                .orElseThrow();
        PartFiles copy = copy(defect);
        assertSaid("is called OK and NG", List.of(defect), List.of(defect));
        assertSaid("is called OK and NG", List.of(copy), List.of(defect));
        assertSaid("the category's part with a defect", List.of(copy), List.of());
        assertSaid(
                "the category's normal part",
                lighter,
                List.of(copy(category.train().get(0))));
        assertSaid("no part to learn", List.of(), List.of());
        assertThrows(InputException.class, () -> learn(lighter, List.of(), model, LIMITS));
        assertFalse(Files.exists(out));
        Path byHand = out("by-hand");
        Files.copy(model, byHand);
        ModelFile.replaceInfo(
                byHand,
                info -> info.withThresholds(
                        Thresholds.NONE.with(ScoreBranch.COMBINED, new Thresholds.Limits(Threshold.byHand(3), null))));
        InputException hand = assertThrows(
                InputException.class,
                () -> LearnRun.run(byHand, LearnParts.of(category, lighter, List.of()), out, LIMITS, Progress.NONE));
        assertTrue(hand.getMessage().contains("by-hand"), hand.getMessage());
    }

    private static void assertSaid(String words, List<? extends PartSource> ok, List<? extends PartSource> ng) {
        InputException refused = assertThrows(InputException.class, () -> learn(ok, ng, out("refused"), LIMITS));
        assertTrue(refused.getMessage().contains(words), refused.getMessage());
    }

    private static PartFiles copy(PartFiles part) throws IOException {
        Path to = Files.createTempDirectory(folder, "copy");
        Path rgb = Files.copy(part.rgb(), to.resolve("a.png"));
        return PartFiles.of(rgb, Files.copy(part.second(), to.resolve("b.tiff")));
    }
}
