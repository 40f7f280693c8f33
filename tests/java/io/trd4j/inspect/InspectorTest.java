package io.trd4j.inspect;

import static io.trd4j.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.SmallModel;
import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.io.InputException;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.Precision;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import io.trd4j.model.network.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The public inference API: results, repeatability, and what happens when it is used wrongly. */
class InspectorTest {
    @TempDir
    static Path folder;

    private static Path model;
    private static List<Part> parts;

    @BeforeAll
    static void prepare() throws IOException {
        model = SmallModel.write(folder.resolve("model.safetensors"), Modality.NORMALS, 1e9);
        Dataset dataset = SmallModel.category(folder.resolve("cookie"), 1, 1, 7);
        parts = new ArrayList<>();
        for (var files : dataset.test()) {
            parts.add(files.load());
        }
    }

    @Test
    void theSamePartGivesTheSameBitsWhateverRanBefore() throws IOException {
        try (Inspector inspector = Inspector.open(model)) {
            Inspection first = inspector.newInspection();
            inspector.inspect(parts.get(0), first);
            float[] map = first.map().clone();
            float score = first.score();
            Inspection other = inspector.newInspection();
            inspector.warmUp();
            inspector.inspect(parts.get(1), other);
            inspector.inspect(parts.get(0), other);
            assertEquals(score, other.score());
            assertArrayEquals(map, other.map());
        }
        try (Inspector again = Inspector.open(model)) {
            Inspection inspection = again.newInspection();
            again.inspect(parts.get(0), inspection);
            assertEquals(Verdict.OK, inspection.verdict(), "the threshold is far above");
            assertTrue(inspection.elapsedNanos() > 0);
            float max = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < inspection.map().length; i++) {
                max = Math.max(max, inspection.map()[i]);
                assertClose(
                        "sum of the branches",
                        inspection.map()[i],
                        inspection.mapRgb()[i] + inspection.mapDepth()[i],
                        1e-5);
            }
            assertEquals(max, inspection.score());
        }
    }

    @Test
    void theThresholdDecides() throws IOException {
        Path low = SmallModel.write(folder.resolve("low.safetensors"), Modality.DEPTH, -1e9);
        Path none = SmallModel.write(folder.resolve("none.safetensors"), Modality.DEPTH, null);
        for (var expected : List.of(Map.entry(low, Verdict.NG), Map.entry(none, Verdict.NONE))) {
            try (Inspector inspector = Inspector.open(expected.getKey())) {
                Inspection inspection = inspector.newInspection();
                inspector.inspect(parts.get(0), inspection);
                assertEquals(expected.getValue(), inspection.verdict());
                assertEquals(inspector.model().thresholds(), inspection.thresholds());
            }
        }
    }

    /** Nothing is loaded or computed anew, and what judged a part is what its result says. */
    @Test
    void thresholdsAreChangedOnAnOpenInspector() throws Exception {
        try (Inspector inspector = Inspector.open(model)) {
            Inspection inspection = inspector.newInspection();
            assertEquals(Thresholds.NONE, inspection.thresholds(), "nothing was judged yet");
            assertThrows(IllegalStateException.class, inspection::calibrationSha256);
            inspector.inspect(parts.get(0), inspection);
            float[] map = inspection.map().clone();
            String asOpened = inspection.calibrationSha256();
            assertEquals(Inspector.describe(model).calibrationSha256(), asOpened);

            Thresholds low = combined(inspection.score() - 1);
            inspector.setThresholds(low);
            assertEquals(asOpened, inspection.calibrationSha256(), "of the part that was judged before");
            assertEquals(Verdict.OK, inspection.verdict());
            try (Inspector duplicate = inspector.duplicate()) {
                inspector.setThresholds(combined(inspection.score() + 1));
                duplicate.inspect(parts.get(0), inspection);
                assertEquals(Verdict.NG, inspection.verdict(), "those that were set when it was made");
                assertEquals(low, inspection.thresholds());
            }
            inspector.inspect(parts.get(0), inspection);
            assertEquals(Verdict.OK, inspection.verdict());
            assertArrayEquals(map, inspection.map());
            assertEquals(inspector.model().calibrationSha256(), inspection.calibrationSha256());
            // As if the model file had them.
            assertEquals(
                    Inspector.describe(model)
                            .withThresholds(combined(inspection.score() + 1))
                            .calibrationSha256(),
                    inspection.calibrationSha256());

            inspector.setThresholds(Thresholds.NONE);
            inspector.inspect(parts.get(0), inspection);
            assertEquals(Verdict.NONE, inspection.verdict());
            assertThrows(NullPointerException.class, () -> inspector.setThresholds(null));
            inspector.close();
            assertThrows(IllegalStateException.class, () -> inspector.setThresholds(low));
        }
        assertEquals(1e9, Inspector.describe(model).thresholds().combined().ng().value(), "the file stays");
    }

    private static Thresholds combined(double ng) {
        return Thresholds.NONE.with(ScoreBranch.COMBINED, new Thresholds.Limits(Threshold.byHand(ng), null));
    }

    /** An operator's thread changes them while the line's thread inspects: each part is judged by one set. */
    @Test
    void thresholdsAreChangedWhileAnotherThreadInspects() throws Exception {
        ExecutorService operator = Executors.newSingleThreadExecutor();
        try (Inspector inspector = Inspector.open(model)) {
            Inspection inspection = inspector.newInspection();
            inspector.inspect(parts.get(0), inspection);
            List<Thresholds> two = List.of(combined(inspection.score() - 1), combined(inspection.score() + 1));
            inspector.setThresholds(two.get(0));
            Future<?> changes = operator.submit(() -> {
                for (int i = 0; i < 3000; i++) {
                    inspector.setThresholds(two.get(i % 2));
                }
            });
            do {
                inspector.inspect(parts.get(0), inspection);
                assertTrue(two.contains(inspection.thresholds()));
                assertEquals(inspection.thresholds() == two.get(0) ? Verdict.NG : Verdict.OK, inspection.verdict());
            } while (!changes.isDone());
            changes.get();
            inspector.inspect(parts.get(0), inspection);
            assertEquals(two.get(1), inspection.thresholds());
        } finally {
            operator.shutdownNow();
        }
    }

    @Test
    void anyScoreAboveItsThresholdDecides() {
        Thresholds.Limits limits = new Thresholds.Limits(Threshold.byHand(3), Threshold.byHand(2));
        VerdictRule all = new VerdictRule(new Thresholds(limits, limits, limits, null, null));
        for (float[] score : new float[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}) {
            float[] expected = {2, 2.0000002f, 3, 3.0000002f};
            Verdict[] verdicts = {Verdict.OK, Verdict.REVIEW, Verdict.REVIEW, Verdict.NG};
            for (int i = 0; i < expected.length; i++) {
                assertEquals(
                        verdicts[i], all.of(expected[i] * score[0], expected[i] * score[1], expected[i] * score[2]));
            }
        }
        assertEquals(Verdict.NG, all.of(2.5f, 3.5f, 0), "the worst of them");
        assertEquals(Verdict.NONE, new VerdictRule(Thresholds.NONE).of(9, 9, 9));
        VerdictRule reviewOnly = new VerdictRule(
                Thresholds.NONE.with(ScoreBranch.DEPTH, new Thresholds.Limits(null, Threshold.byHand(-1))));
        assertEquals(Verdict.REVIEW, reviewOnly.of(9, 9, 9));
        assertEquals(Verdict.OK, reviewOnly.of(9, 9, -1));
        VerdictRule ngOnly = new VerdictRule(
                Thresholds.NONE.with(ScoreBranch.RGB, new Thresholds.Limits(Threshold.byHand(1), null)));
        assertEquals(Verdict.OK, ngOnly.of(9, 1, 9));
        assertEquals(Verdict.NG, ngOnly.of(-9, 1.5f, -9));
    }

    @Test
    void useAfterCloseIsRefusedAndCloseIsIdempotent() throws IOException {
        Inspector inspector = Inspector.open(model);
        Inspection inspection = inspector.newInspection();
        inspector.inspect(parts.get(0), inspection);
        inspector.close();
        inspector.close();
        assertThrows(IllegalStateException.class, () -> inspector.inspect(parts.get(0), inspection));
        assertThrows(IllegalStateException.class, inspector::warmUp);
    }

    @Test
    void manyThreadsOnOneInspectorNeverCrashIt() throws Exception {
        AtomicInteger done = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(6);
        try (Inspector inspector =
                Inspector.open(model, InspectorOptions.defaults().withThreads(1))) {
            float expected = score(inspector, parts.get(0));
            List<Future<?>> futures = new ArrayList<>();
            for (int t = 0; t < 6; t++) {
                futures.add(pool.submit((Callable<Void>) () -> {
                    for (int i = 0; i < 15; i++) {
                        try {
                            assertEquals(expected, score(inspector, parts.get(0)));
                            done.incrementAndGet();
                        } catch (IllegalStateException e) {
                            refused.incrementAndGet();
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> future : futures) {
                future.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertEquals(90, done.get() + refused.get());
        assertTrue(done.get() > 0 && refused.get() > 0, done + " done, " + refused + " refused");
    }

    @Test
    void closingWhileInUseIsRefused() throws Exception {
        Inspector inspector = Inspector.open(model);
        AtomicInteger refused = new AtomicInteger();
        Thread worker = new Thread(() -> {
            Inspection inspection = inspector.newInspection();
            try {
                while (true) {
                    inspector.inspect(parts.get(0), inspection);
                }
            } catch (IllegalStateException closed) {
                refused.incrementAndGet();
            }
        });
        worker.start();
        boolean closed = false;
        int attempts = 0;
        while (!closed) {
            try {
                attempts++;
                inspector.close();
                closed = true;
            } catch (IllegalStateException inUse) {
                Thread.onSpinWait();
            }
        }
        worker.join(60_000);
        assertEquals(1, refused.get(), "the worker ends with an exception, not a crash; attempts " + attempts);
    }

    @Test
    void wrongArgumentsAreNamed() throws IOException {
        Path other = SmallModel.write(folder.resolve("depth.safetensors"), Modality.DEPTH, null);
        try (Inspector inspector = Inspector.open(other)) {
            assertThrows(IllegalArgumentException.class, () -> inspector.inspect(parts.get(0), new Inspection(32)));
            Part empty = Part.of("empty", new RgbImage(8, 8, new byte[192]), new PointCloud(8, 8, new float[192]));
            InputException e =
                    assertThrows(InputException.class, () -> inspector.inspect(empty, inspector.newInspection()));
            assertTrue(e.getMessage().contains("empty"), e.getMessage());
            inspector.inspect(parts.get(0), inspector.newInspection());
        }
        assertThrows(IllegalArgumentException.class, () -> new InspectorOptions(-1, Precision.FP32));
        try (ModelFile file = ModelFile.open(other);
                Network network = Network.load(file)) {
            ModelFile.write(
                    folder.resolve("uncalibrated.safetensors"), file.info().withCalibration(null), network.sources());
        }
        InputException e =
                assertThrows(InputException.class, () -> Inspector.open(folder.resolve("uncalibrated.safetensors")));
        assertTrue(e.getMessage().contains("trd calibrate"), e.getMessage());
    }

    private static float score(Inspector inspector, Part part) {
        Inspection inspection = inspector.newInspection();
        inspector.inspect(part, inspection);
        return inspection.score();
    }
}
