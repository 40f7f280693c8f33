package io.trd4j.sensitivity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.calibrate.Rate;
import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.inspect.DeviceChoice;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.inspect.Verdict;
import io.trd4j.io.OptionException;
import io.trd4j.io.Progress;
import io.trd4j.model.Backbone;
import io.trd4j.model.DefectKind;
import io.trd4j.model.InspectionMode;
import io.trd4j.model.Modality;
import io.trd4j.model.Precision;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Sensitivity;
import io.trd4j.model.SensitivityCurve;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import io.trd4j.model.Thresholds.Limits;
import io.trd4j.train.TrainingOptions;
import io.trd4j.train.TrainingPlan;
import io.trd4j.train.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a tiny model that was really trained: 8 parts, 64 pixels, 8 steps. */
class SensitivityRunTest {
    private static final int SIZE = 64;
    private static final InspectorOptions OPTIONS =
            new InspectorOptions(2, Precision.FP32).withDevice(DeviceChoice.CPU);
    /** Large ones: a map of 64 pixels is blurred by 4. */
    private static final SensitivityPlan PLAN =
            SensitivityPlan.usual().withDiameters(List.of(0.1, 0.25)).withTrials(3);

    @TempDir
    private static Path folder;

    private static Path model;
    private static Dataset dataset;
    private static List<Part> validation;

    @BeforeAll
    static void train() throws IOException {
        Path category = folder.resolve("plate");
        SyntheticParts.write(category, SyntheticProduct.PLATE, 8, 8, 0, SIZE, 7, done -> {});
        dataset = Dataset.open(category);
        model = folder.resolve("model.safetensors");
        TrainingOptions options = new TrainingOptions(Backbone.RESNET18, SIZE, Modality.NORMALS, 5, 4, 4, 0.005, 1, 2);
        new TrainingRun(TrainingPlan.of(options)
                        .withChoosesEpochs(false)
                        .withChoosesAperture(false)
                        .withDriftReference(false))
                .run(dataset, model);
        validation = new ArrayList<>();
        for (PartSource part : dataset.validation()) {
            validation.add(part.load());
        }
    }

    private static Sensitivity measure(List<Part> parts, SensitivityPlan plan) throws IOException {
        try (Inspector inspector = Inspector.open(model, OPTIONS)) {
            return SensitivityRun.measure(inspector, PartSource.inMemory(parts), plan, Progress.NONE)
                    .sensitivity();
        }
    }

    @Test
    void strongerDefectsAreSeenMoreOften() throws IOException {
        SensitivityRun.Result result = SensitivityRun.run(model, dataset, OPTIONS, PLAN, Progress.NONE);
        assertNull(result.note());
        Sensitivity found = result.sensitivity();
        assertEquals(found, Inspector.describe(model).sensitivity(), "it is kept in the model's file");
        assertEquals(InspectionMode.BOTH, found.mode());
        assertEquals(8, found.normal());
        // 0.05 = (1 - rate)^7: seven other parts promise no lower rate.
        assertEquals(1 - Math.pow(0.05, 1 / 7.0), found.rate(), 1e-12);
        assertEquals(8, found.series().size());
        assertTrue(found.series().stream().allMatch(s -> s.trials().size() == 3));
        assertTrue(found.series().stream()
                .flatMap(s -> s.trials().stream())
                .allMatch(trial -> trial.probes().size() == 3));
        for (SensitivityCurve curve : found.curves(Thresholds.NONE)) {
            assertTrue(curve.exact());
            for (int level = 1; level < curve.levels().size(); level++) {
                assertTrue(curve.seen().get(level) >= curve.seen().get(level - 1));
            }
        }
        for (SensitivityCurve curve : found.curves(Thresholds.NONE)) {
            int most = curve.seen().get(curve.seen().size() - 1);
            if (curve.diameter() == 0.25 && !curve.relief() && curve.kinds().size() > 1) {
                assertTrue(most > 0, "half of black to white, a quarter of the image wide: " + curve);
                assertTrue(curve.seen().get(0) < most, "2 grey levels: " + curve);
            }
        }
        // The parts' own limits have no share in them: the highest part's is below it, so that it takes no defects.
        assertTrue(found.parts().stream().allMatch(part -> part.scores().score() <= part.limit()));
        assertTrue(found.parts().size() == 3);
    }

    @Test
    void sameSeedSameBits() throws IOException {
        SensitivityPlan few = PLAN.withTrials(1).withDiameters(List.of(0.25));
        Sensitivity once = measure(validation, few);
        assertEquals(once, measure(validation, few));
        assertNotEquals(once.series(), measure(validation, few.withSeed(43)).series());
        assertNotEquals(
                once.series(),
                measure(validation, few.withDiameters(List.of(0.2))).series());
    }

    @Test
    void theModelsThresholdsJudgeAsInspectionDoes() throws IOException {
        SensitivityPlan few = PLAN.withTrials(2).withDiameters(List.of(0.25));
        try (Inspector inspector = Inspector.open(model, OPTIONS)) {
            Thresholds thresholds = Thresholds.NONE
                    .with(ScoreBranch.RGB, new Limits(Threshold.byHand(6), null))
                    .with(ScoreBranch.DEPTH, new Limits(Threshold.byHand(1e6), null));
            inspector.setThresholds(thresholds);
            List<PartSource> parts = PartSource.inMemory(validation);
            Sensitivity found =
                    SensitivityRun.measure(inspector, parts, few, Progress.NONE).sensitivity();
            assertFalse(found.byOwnLimits(thresholds));
            assertTrue(found.curves(thresholds).stream()
                    .filter(SensitivityCurve::relief)
                    .allMatch(curve -> curve.seen().get(curve.levels().size() - 1) == 0 && curve.exact()));
            // A defect by hand, and its verdict.
            Inspection inspection = inspector.newInspection();
            Part stained = new PastedDefect(DefectKind.DARK_STAIN, 0.5, 0.5, 0.25, 128).paste(validation.get(0));
            inspector.inspect(stained, inspection);
            assertEquals(
                    inspection.verdict() == Verdict.NG,
                    Sensitivity.ng(
                            InspectionMode.BOTH,
                            NormalScores.of(inspection),
                            found.parts().get(0),
                            thresholds));
            inspector.setThresholds(
                    Thresholds.NONE.with(ScoreBranch.COMBINED, new Limits(Threshold.byHand(-1e6), null)));
            SensitivityRun.Result none = SensitivityRun.measure(inspector, parts, few, Progress.NONE);
            assertNull(none.sensitivity());
            assertTrue(none.note().contains("all normal validation parts are NG"), none.note());
        }
    }

    @Test
    void withoutPointsOnlyColourIsGraded() throws IOException {
        List<Part> colour = validation.stream().map(Part::withoutSecond).toList();
        Path copy = folder.resolve("copy.safetensors");
        Files.copy(model, copy);
        SensitivityPlan few = PLAN.withTrials(1).withDiameters(List.of(0.25));
        Sensitivity found = SensitivityRun.run(copy, PartSource.inMemory(colour), OPTIONS, few, Progress.NONE)
                .sensitivity();
        assertEquals(InspectionMode.RGB_ONLY, found.mode());
        assertNull(found.unitMillimetres());
        assertTrue(found.series().stream().noneMatch(s -> s.kind().relief() || s.millimetres() != null));
        assertEquals(2, found.series().size());
        List<Part> points = validation.stream().map(Part::withoutRgb).toList();
        found = SensitivityRun.run(copy, PartSource.inMemory(points), OPTIONS, few, Progress.NONE)
                .sensitivity();
        assertEquals(InspectionMode.DEPTH_ONLY, found.mode());
        assertTrue(found.series().stream().allMatch(s -> s.kind().relief() && s.millimetres() > 0));
    }

    @Test
    void tooFewPartsAreSaid() throws IOException {
        Path copy = folder.resolve("few.safetensors");
        Files.copy(model, copy);
        SensitivityRun.run(copy, dataset, OPTIONS, PLAN.withTrials(1).withDiameters(List.of(0.25)), Progress.NONE);
        assertNotNull(Inspector.describe(copy).sensitivity());
        SensitivityRun.Result few =
                SensitivityRun.run(copy, PartSource.inMemory(validation.subList(0, 4)), OPTIONS, PLAN, Progress.NONE);
        assertNull(few.sensitivity());
        assertEquals(
                "how small a defect would be seen is not known: that takes 5 normal validation parts, and there are "
                        + "4; add some",
                few.note());
        assertNull(Inspector.describe(copy).sensitivity(), "an older one does not stay");
        assertThrows(OptionException.class, () -> PLAN.withTrials(0));
        assertThrows(OptionException.class, () -> PLAN.withDiameters(List.of(0.5)));
        assertThrows(OptionException.class, () -> PLAN.withDiameters(List.of()));
        assertEquals(0.01, PLAN.withRate(new Rate(0.01)).rate().value());
    }
}
