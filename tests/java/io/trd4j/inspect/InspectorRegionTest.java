package io.trd4j.inspect;

import static io.trd4j.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.Golden;
import io.trd4j.Needs;
import io.trd4j.SmallModel;
import io.trd4j.calibrate.PreparedParts;
import io.trd4j.data.Part;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.engine.CalibratedMaps;
import io.trd4j.model.Calibration;
import io.trd4j.model.Geometry;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.Precision;
import io.trd4j.model.PrecisionTests.Accuracy;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import io.trd4j.model.network.Network;
import io.trd4j.ops.Distances;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Inspection with a region of interest, against plain loops over the results without one. */
class InspectorRegionTest {
    private static final int SIZE = SmallModel.SIZE;
    private static final String SHA256 = "5".repeat(64);

    @TempDir
    private static Path folder;

    private static Path model;
    private static Calibration calibration;
    private static List<PartFiles> files;
    private static final List<Part> PARTS = new ArrayList<>();
    /** Of each part, without a region. */
    private static final List<Inspection> WHOLE = new ArrayList<>();

    private static final InspectorOptions OPTIONS =
            new InspectorOptions(2, Precision.FP32).withDevice(DeviceChoice.CPU);

    @BeforeAll
    static void inspectWithoutRegion() throws IOException {
        model = SmallModel.write(folder.resolve("model.safetensors"), Modality.NORMALS, null);
        calibration = Inspector.describe(model).calibration();
        files = SmallModel.category(folder.resolve("cookie"), 1, 1, 4).test();
        try (Inspector inspector = Inspector.open(model, OPTIONS)) {
            assertNull(inspector.model().regionOfInterest());
            for (PartFiles file : files) {
                PARTS.add(file.load());
                WHOLE.add(inspect(inspector, PARTS.get(PARTS.size() - 1)));
            }
        }
    }

    private static Inspection inspect(Inspector inspector, Part part) {
        Inspection inspection = inspector.newInspection();
        inspector.inspect(part, inspection);
        return inspection;
    }

    /** What lies in a rectangle, or all but that. */
    private static RegionOfInterest rectangle(int x0, int y0, int x1, int y1, boolean inside) {
        boolean[] mask = new boolean[SIZE * SIZE];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = inside == (i % SIZE >= x0 && i % SIZE < x1 && i / SIZE >= y0 && i / SIZE < y1);
        }
        return RegionOfInterest.of(mask, "roi.png", SHA256);
    }

    /** The same weights and calibration with a region, and thresholds of the combined score. */
    private static Path with(RegionOfInterest roi, Double ng) throws IOException {
        Path file = Files.createTempDirectory(folder, "roi").resolve("model.safetensors");
        Files.copy(model, file);
        ModelFile.replaceInfo(
                file,
                info -> info.withRegionOfInterest(roi)
                        .withCalibration(calibration)
                        .withThresholds(
                                ng == null
                                        ? Thresholds.NONE
                                        : Thresholds.NONE.with(
                                                ScoreBranch.COMBINED,
                                                new Thresholds.Limits(Threshold.byHand(ng), null))));
        return file;
    }

    /** The maximum over what counts; the rest of the map becomes 0. */
    private static float cut(float[] map, RegionOfInterest roi) {
        float maximum = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < map.length; i++) {
            if (roi.counts(i)) {
                maximum = Math.max(maximum, map[i]);
            } else {
                map[i] = 0;
            }
        }
        return maximum;
    }

    @Test
    void onlyWhatCountsIsScoredAndDelivered() throws IOException {
        for (RegionOfInterest roi : List.of(rectangle(3, 40, 30, 41, true), rectangle(20, 10, 50, 60, false))) {
            Path file = with(roi, null);
            try (Inspector inspector = Inspector.open(file, OPTIONS);
                    Inspector duplicate = inspector.duplicate();
                    Inspector scoresAlone = Inspector.open(file, OPTIONS.withMaps(false))) {
                for (int i = 0; i < PARTS.size(); i++) {
                    Inspection got = inspect(inspector, PARTS.get(i));
                    assertEquals(roi, got.regionOfInterest());
                    float[][] whole = {
                        WHOLE.get(i).map().clone(),
                        WHOLE.get(i).mapRgb().clone(),
                        WHOLE.get(i).mapDepth().clone()
                    };
                    assertEquals(cut(whole[0], roi), got.score());
                    assertEquals(cut(whole[1], roi), got.scoreRgb());
                    assertEquals(cut(whole[2], roi), got.scoreDepth());
                    assertArrayEquals(whole[0], got.map());
                    assertArrayEquals(whole[1], got.mapRgb());
                    assertArrayEquals(whole[2], got.mapDepth());
                    for (Inspector other : List.of(duplicate, scoresAlone)) {
                        assertEquals(scores(got), scores(inspect(other, PARTS.get(i))));
                    }
                    assertArrayEquals(
                            new float[SIZE * SIZE],
                            inspect(scoresAlone, PARTS.get(i)).map(),
                            "is not brought");
                }
            }
        }
    }

    private static List<Float> scores(Inspection inspection) {
        return List.of(inspection.score(), inspection.scoreRgb(), inspection.scoreDepth());
    }

    /** Its one map is calibrated otherwise, and cut after that. */
    @Test
    void aPartWithoutAModalityIsCutToo() throws IOException {
        RegionOfInterest roi = rectangle(20, 10, 50, 60, false);
        InspectorOptions anything = OPTIONS.withInputs(InputPolicy.inspectOther());
        Part part = PARTS.get(2);
        Path file = with(roi, null);
        try (Inspector whole = Inspector.open(model, anything);
                Inspector cut = Inspector.open(file, anything);
                Inspector scoresAlone = Inspector.open(file, anything.withMaps(false))) {
            for (Part single : List.of(Part.ofRgb("rgb", part.rgb()), Part.ofPoints("points", part.xyz()))) {
                Inspection expected = inspect(whole, single);
                Inspection got = inspect(cut, single);
                assertEquals(scores(got), scores(inspect(scoresAlone, single)));
                assertEquals(cut(expected.map(), roi), got.score());
                assertEquals(cut(expected.mapRgb(), roi), got.scoreRgb());
                assertEquals(cut(expected.mapDepth(), roi), got.scoreDepth());
                assertArrayEquals(expected.map(), got.map());
                assertArrayEquals(expected.mapRgb(), got.mapRgb());
                assertArrayEquals(expected.mapDepth(), got.mapDepth());
            }
        }
    }

    /** A part is NG for the peak of its map; a region without the peak makes it OK. */
    @Test
    void whatIsOutsideDoesNotDecide() throws IOException {
        float[] map = WHOLE.get(0).map();
        int peak = 0;
        for (int i = 0; i < map.length; i++) {
            peak = map[i] > map[peak] ? i : peak;
        }
        int x = peak % SIZE;
        int y = peak / SIZE;
        RegionOfInterest around = rectangle(x - 6, y - 6, x + 7, y + 7, false);
        float outside = cut(map.clone(), around);
        double ng = (outside + map[peak]) / 2;
        assertTrue(outside < ng && ng < map[peak], outside + " " + map[peak]);
        for (RegionOfInterest roi : List.of(rectangle(0, 0, SIZE, SIZE, true), around)) {
            try (Inspector inspector = Inspector.open(with(roi, ng), OPTIONS)) {
                Inspection inspection = inspect(inspector, PARTS.get(0));
                boolean counts = roi.counts(peak);
                assertEquals(counts ? Verdict.NG : Verdict.OK, inspection.verdict());
                assertEquals(counts, !Regions.of(inspection, null).isEmpty());
            }
        }
    }

    /** Pixels that do not count are 0, which is above a negative limit. */
    @Test
    void regionsLieInsideWhateverTheLimit() throws IOException {
        RegionOfInterest roi = rectangle(8, 16, 24, 40, true);
        for (double ng : new double[] {-1e9, 1e9}) {
            try (Inspector inspector = Inspector.open(with(roi, ng), OPTIONS)) {
                Inspection inspection = inspect(inspector, PARTS.get(1));
                List<Region> regions = Regions.of(inspection, PARTS.get(1));
                byte[] mask = Regions.mask(inspection, regions);
                for (int i = 0; i < mask.length; i++) {
                    assertTrue(roi.counts(i) || mask[i] == 0);
                }
                assertEquals(ng < 0 ? Verdict.NG : Verdict.OK, inspection.verdict());
                assertEquals(ng < 0, !regions.isEmpty());
            }
        }
    }

    /**
     * Distances that rise at one place of the finest scale change the map within its blur, 16 pixels, and not a pixel
     * further.
     */
    @Test
    void theBlurCarriesAcrossTheBorderButNoFurther() {
        int side = SIZE / 4;
        RegionOfInterest right = rectangle(SIZE / 2, 0, SIZE, SIZE, true);
        float[][] scores = new float[3][];
        for (int hot = 0; hot < 3; hot++) {
            // None; column 0, whose upsampled footprint ends before pixel 5; column 5, pixels 17 to 25.
            try (FloatPointer fine = zeros(side);
                    FloatPointer middle = zeros(side / 2);
                    FloatPointer coarse = zeros(side / 4);
                    Distances distances = new Distances(fine, side, middle, side / 2, coarse, side / 4);
                    CalibratedMaps whole = new CalibratedMaps(SIZE, new Calibration(0, 1, 0, 1), null);
                    CalibratedMaps cut = new CalibratedMaps(SIZE, new Calibration(0, 1, 0, 1), right)) {
                if (hot > 0) {
                    fine.put(8L * side + (hot == 1 ? 0 : 5), 1);
                }
                whole.compute(distances, distances);
                cut.compute(distances, distances);
                float[] map = new float[SIZE * SIZE];
                cut.map().get(map);
                scores[hot] = new float[] {cut(map, right), whole.score(0)};
                assertEquals(scores[hot][0], cut.score(0));
            }
        }
        assertEquals(scores[0][0], scores[1][0]);
        assertTrue(scores[1][1] > 0 && scores[2][0] > 0, "the whole map's, and near the border");
        assertTrue(scores[2][0] < scores[2][1]);
    }

    @Test
    void aMapThatIsNotANumberIsNotHidden() {
        int side = SIZE / 4;
        try (FloatPointer fine = zeros(side);
                FloatPointer middle = zeros(side / 2);
                FloatPointer coarse = zeros(side / 4);
                Distances distances = new Distances(fine, side, middle, side / 2, coarse, side / 4);
                CalibratedMaps maps =
                        new CalibratedMaps(SIZE, new Calibration(0, 1, 0, 1), rectangle(0, 0, 9, 9, true))) {
            maps.compute(distances, distances);
            assertTrue(Float.isFinite(maps.score(0)));
            fine.put(1, Float.NaN);
            maps.compute(distances, distances);
            for (int i = 0; i < 3; i++) {
                assertTrue(Float.isNaN(maps.score(i)), "score " + i);
            }
        }
    }

    private static FloatPointer zeros(int side) {
        FloatPointer values = new FloatPointer((long) side * side);
        values.put(new float[side * side]);
        return values;
    }

    /** A NaN would be no test result. */
    @Test
    void onePixelShowsNoPrecision() {
        assertEquals(0, PrecisionCalibration.correlation(new float[] {3}, new float[] {3.1f}));
        assertEquals(0, PrecisionCalibration.correlation(new float[] {3, 4}, new float[] {3, 3}));
        assertEquals(1, PrecisionCalibration.correlation(new float[] {3, 4}, new float[] {1, 3}), 1e-12);
    }

    /** bf16's test compares what counts: as two inspectors with that region give it. */
    @Test
    void precisionsAreTestedOnWhatCounts() throws IOException {
        Needs.precision(Precision.BF16);
        RegionOfInterest roi = rectangle(5, 5, 40, 20, true);
        Accuracy accuracy;
        try (ModelFile file = ModelFile.open(model);
                Network network = Network.load(file);
                PreparedParts prepared = new PreparedParts(files, SIZE, Geometry.normals(5), done -> {})) {
            accuracy = PrecisionCalibration.run(
                            network, SIZE, calibration, roi, TrainedModel.images(prepared), 2, done -> {})
                    .bf16();
        }
        double correlation = 1;
        double scoreError = 0;
        try (Inspector fp32 = Inspector.open(with(roi, null), OPTIONS);
                Inspector bf16 = Inspector.open(with(roi, null), OPTIONS.withPrecision(Precision.BF16))) {
            for (Part part : PARTS) {
                Inspection expected = inspect(fp32, part);
                Inspection got = inspect(bf16, part);
                correlation =
                        Math.min(correlation, Golden.correlation(roi.counted(got.map()), roi.counted(expected.map())));
                scoreError = Math.max(
                        scoreError, Math.abs(got.score() - expected.score()) / Math.max(1, Math.abs(expected.score())));
            }
        }
        assertTrue(correlation < 1 && scoreError > 0);
        assertClose("correlation", accuracy.correlation(), correlation, 1e-3 * (1 - correlation));
        assertClose("score error", accuracy.scoreError(), scoreError, 1e-3 * scoreError);
    }
}
