package io.trd4j.inspect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.SmallModel;
import io.trd4j.calibrate.CalibrationRun;
import io.trd4j.data.Part;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.engine.PartMaps;
import io.trd4j.io.Progress;
import io.trd4j.model.Calibration;
import io.trd4j.model.HighestPlaces;
import io.trd4j.model.HighestPlaces.Usual;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Precision;
import io.trd4j.model.RegionOfInterest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The combined map that is more than the sum of both branches', against the formula in double precision. */
class RaisedSumTest {
    private static final int SIZE = SmallModel.SIZE;
    private static final InspectorOptions OPTIONS =
            new InspectorOptions(2, Precision.FP32).withDevice(DeviceChoice.CPU);
    private static final HighestPlaces HIGHEST =
            new HighestPlaces(new Usual(4.5, 0.7), new Usual(3.5, 0.4), new Usual(2.5, 1.1));

    @TempDir
    private static Path folder;

    private static Path model;
    private static Dataset category;

    @BeforeAll
    static void make() throws IOException {
        model = SmallModel.write(folder.resolve("model.safetensors"), Modality.METRIC, 1.0);
        category = SmallModel.category(folder.resolve("cookie"), 1, 5, 3);
        CalibrationRun.run(model, category, 2, Progress.NONE);
    }

    /** Section 4 of the specification. */
    private static double expected(double sum, double rgb, double depth, HighestPlaces highest) {
        double most = sum;
        for (double[] branch : new double[][] {
            {rgb, highest.rgb().median(), highest.rgb().spread()},
            {depth, highest.depth().median(), highest.depth().spread()}
        }) {
            double above = (branch[0] - branch[1]) / branch[2] - 0.5;
            most = Math.max(most, highest.sum().median() + highest.sum().spread() * (above >= 0 ? above : 10 * above));
        }
        return most;
    }

    private static Inspection inspected(Inspector inspector, Part part) {
        Inspection result = inspector.newInspection();
        inspector.inspect(part, result);
        return result;
    }

    private static float highest(float[] map) {
        float highest = Float.NEGATIVE_INFINITY;
        for (float value : map) {
            highest = Math.max(highest, value);
        }
        return highest;
    }

    @Test
    void mapsAreTheFormulasAndScoresTheirMaxima() {
        Random random = new Random(3);
        for (int round = 0; round < 40; round++) {
            PartMaps maps = new PartMaps(SIZE);
            for (int i = 0; i < SIZE * SIZE; i++) {
                maps.mapRgb[i] = (float) (random.nextGaussian() * 2 + (round % 3 == 0 ? 4 : 0));
                maps.mapDepth[i] = (float) (random.nextGaussian() * 2 + (round % 3 == 1 ? 4 : 0));
                maps.map[i] = maps.mapRgb[i] + maps.mapDepth[i];
            }
            maps.score = highest(maps.map);
            maps.scoreRgb = highest(maps.mapRgb);
            maps.scoreDepth = highest(maps.mapDepth);
            float[] sum = maps.map.clone();
            PartMaps scoresAlone = new PartMaps(SIZE);
            scoresAlone.score = maps.score;
            scoresAlone.scoreRgb = maps.scoreRgb;
            scoresAlone.scoreDepth = maps.scoreDepth;
            RaisedSum raised = new RaisedSum(HIGHEST);
            raised.apply(maps, true);
            for (int i = 0; i < sum.length; i++) {
                double expected = expected(sum[i], maps.mapRgb[i], maps.mapDepth[i], HIGHEST);
                assertEquals(expected, maps.map[i], 2e-5 * (1 + Math.abs(expected)), "pixel " + i);
            }
            assertEquals(highest(maps.map), maps.score, 0);
            raised.apply(scoresAlone, false);
            assertEquals(maps.score, scoresAlone.score, 0);
            assertArrayEquals(new float[SIZE * SIZE], scoresAlone.map);
        }
    }

    @Test
    void oneBranchThatIsHigherThanOnNormalPartsIsNotLostInTheOthersNoise() {
        PartMaps maps = new PartMaps(SIZE);
        maps.scoreRgb = 3.5f + 10 * 0.4f;
        maps.score = 4.5f;
        new RaisedSum(HIGHEST).apply(maps, false);
        assertEquals(4.5 + 9.5 * 0.7, maps.score, 1e-4);
        maps.scoreRgb = 3.4f;
        maps.scoreDepth = 2.4f;
        maps.score = 4.4f;
        new RaisedSum(HIGHEST).apply(maps, false);
        assertEquals(4.4f, maps.score, 0, "as on normal parts");
        maps.scoreDepth = Float.NaN;
        new RaisedSum(HIGHEST).apply(maps, false);
        assertTrue(Float.isNaN(maps.score), "a fault must not be lost");
    }

    @Test
    void usualPlacesAreMedianAnd84thPercentile() {
        Usual five = Usual.of(new float[] {5, 1, 2, 3, 4});
        assertEquals(3, five.median(), 0);
        assertEquals(1.36, five.spread(), 1e-12, "0.84 of the way from the first to the last");
        assertEquals(new Usual(7, 0.1 * 7), Usual.of(new float[] {7}), "one part has no spread");
        assertEquals(new Usual(0, 1e-3), Usual.of(new float[] {0, 0}));
        assertThrows(IllegalArgumentException.class, () -> new Usual(1, 0));
        assertThrows(IllegalArgumentException.class, () -> new Usual(Double.NaN, 1));
        assertThrows(IllegalArgumentException.class, () -> new HighestPlaces(null, new Usual(1, 1), new Usual(1, 1)));
    }

    /** The sum's model and the same one with highest places. */
    private static Path sum() throws IOException {
        Path file = folder.resolve("sum.safetensors");
        Files.copy(model, file, StandardCopyOption.REPLACE_EXISTING);
        ModelFile.replaceInfo(file, info -> info.withHighestPlaces(null));
        return file;
    }

    @Test
    void calibratingMeasuresHowHighNormalPartsReach() throws IOException {
        ModelInfo info = Inspector.describe(model);
        HighestPlaces highest = info.calibration().highest();
        assertNotNull(highest);
        assertNull(info.thresholds().combined().ng(), "the old calibration's");
        float[][] scores = new float[3][category.validation().size()];
        try (Inspector inspector = Inspector.open(sum(), OPTIONS)) {
            for (int i = 0; i < scores[0].length; i++) {
                Inspection normal =
                        inspected(inspector, category.validation().get(i).load());
                scores[0][i] = normal.score();
                scores[1][i] = normal.scoreRgb();
                scores[2][i] = normal.scoreDepth();
            }
        }
        assertEquals(
                new HighestPlaces(Usual.of(scores[0]), Usual.of(scores[1]), Usual.of(scores[2])),
                highest,
                "what an inspection by the sum gives");
        Path again = folder.resolve("again.safetensors");
        Files.copy(model, again);
        assertEquals(
                info.calibration(),
                CalibrationRun.run(again, category, 2, Progress.NONE).model().calibration(),
                "not of maps that are raised already");
    }

    @Test
    void theReferencesImagesKeepTheReferencesSum() throws IOException {
        Path reference = SmallModel.write(folder.resolve("reference.safetensors"), Modality.NORMALS, null);
        assertNull(CalibrationRun.run(reference, category, 2, Progress.NONE)
                .model()
                .calibration()
                .highest());
    }

    @Test
    void inspectionsRaiseTheSumWithAndWithoutMapsAndInARegion() throws IOException {
        boolean[] left = new boolean[SIZE * SIZE];
        for (int i = 0; i < left.length; i++) {
            left[i] = i % SIZE < SIZE / 2;
        }
        RegionOfInterest roi = RegionOfInterest.of(left, "left.png", "5".repeat(64));
        // So low that a branch alone is above them on these parts.
        HighestPlaces low = new HighestPlaces(new Usual(1, 0.5), new Usual(0.2, 0.1), new Usual(0.2, 0.2));
        for (RegionOfInterest region : new RegionOfInterest[] {null, roi}) {
            Path sum = sum();
            Calibration calibration = Inspector.describe(sum).calibration();
            ModelFile.replaceInfo(sum, info -> info.withRegionOfInterest(region).withCalibration(calibration));
            Path raised = folder.resolve("raised.safetensors");
            Files.copy(sum, raised, StandardCopyOption.REPLACE_EXISTING);
            ModelFile.replaceInfo(raised, info -> info.withHighestPlaces(low));
            try (Inspector bySum = Inspector.open(sum, OPTIONS);
                    Inspector inspector = Inspector.open(raised, OPTIONS);
                    Inspector duplicate = inspector.duplicate();
                    Inspector scoresAlone = Inspector.open(raised, OPTIONS.withMaps(false))) {
                Part part = category.test().get(0).load();
                Inspection before = inspected(bySum, part);
                Inspection after = inspected(inspector, part);
                assertTrue(after.score() > before.score(), before.score() + " " + after.score());
                assertArrayEquals(before.mapRgb(), after.mapRgb());
                assertArrayEquals(before.mapDepth(), after.mapDepth());
                float highest = Float.NEGATIVE_INFINITY;
                for (int i = 0; i < left.length; i++) {
                    if (region == null || region.counts(i)) {
                        double expected = expected(before.map()[i], before.mapRgb()[i], before.mapDepth()[i], low);
                        assertEquals(expected, after.map()[i], 2e-5 * (1 + Math.abs(expected)), "pixel " + i);
                        highest = Math.max(highest, after.map()[i]);
                    }
                }
                assertEquals(highest, after.score(), 0);
                for (Inspector other : List.of(duplicate, scoresAlone)) {
                    assertEquals(after.score(), inspected(other, part).score(), 0);
                }
            }
        }
    }
}
