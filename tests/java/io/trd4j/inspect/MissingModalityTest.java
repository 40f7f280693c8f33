package io.trd4j.inspect;

import static io.trd4j.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.calibrate.PreparedParts;
import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.SurfaceNormals;
import io.trd4j.data.prepare.Preparation;
import io.trd4j.engine.PartEngine;
import io.trd4j.inspect.InputPolicy.OnUnlike;
import io.trd4j.inspect.InputPolicy.OnUnusable;
import io.trd4j.io.InputException;
import io.trd4j.model.Calibration;
import io.trd4j.model.Geometry;
import io.trd4j.model.InspectionMode;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Precision;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import io.trd4j.model.Thresholds.Limits;
import io.trd4j.model.network.BranchMaps;
import io.trd4j.model.network.Network;
import io.trd4j.ops.ElementType;
import io.trd4j.outline.NormalViews;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Parts of which a modality is missing or unusable: what is inspected, what it says, and that nothing is ever silently
 * good.
 */
class MissingModalityTest {
    private static final InspectorOptions OPTIONS =
            new InspectorOptions(TrainedModel.THREADS, Precision.FP32).withDevice(DeviceChoice.CPU);
    private static TrainedModel model;
    private static Part part;
    /** Opened once: inspectors with other thresholds share its weights. */
    private static PartEngine engine;

    @BeforeAll
    static void model() throws IOException {
        model = TrainedModel.get();
        part = model.parts.get(0);
        try (ModelFile file = ModelFile.open(model.file)) {
            engine = EngineChoice.open(file, OPTIONS);
        }
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static Part missing(InspectionMode mode) {
        return mode == InspectionMode.RGB_ONLY ? Part.ofRgb("a", part.rgb()) : Part.ofPoints("a", part.xyz());
    }

    private static InspectorOptions anything() {
        return OPTIONS.withInputs(InputPolicy.inspectOther());
    }

    private static Inspector inspector(Thresholds thresholds, InspectorOptions options) throws IOException {
        return new Inspector(model.info().withThresholds(thresholds), engine.duplicate(), options, NormalViews.NONE);
    }

    private static Limits limits(double ng, Double review) {
        return new Limits(Threshold.byHand(ng), review == null ? null : Threshold.byHand(review));
    }

    @Test
    void theCalibrationOfABranchAloneIsThatOfItsMapsBesideABlackImage() throws IOException {
        double[] sum = new double[2];
        double[] squares = new double[2];
        float[] map = new float[TrainedModel.SIZE * TrainedModel.SIZE];
        // Black of another size than the one that stands in.
        Part black = Part.of(
                "black", new RgbImage(7, 5, new byte[105]), SurfaceNormals.encoded(new RgbImage(7, 5, new byte[105])));
        int parts;
        try (ModelFile file = ModelFile.open(model.file);
                Network network = Network.load(file);
                PreparedParts validation = model.validation();
                BranchMaps maps = new BranchMaps(network, TrainedModel.SIZE);
                Preparation preparation = new Preparation(TrainedModel.SIZE, Geometry.normals(5), ElementType.FLOAT32);
                FloatPointer image = new FloatPointer(3L * map.length)) {
            preparation.second(black, image);
            Tensor nothing = torch.from_blob(image, 1, TrainedModel.SIZE, TrainedModel.SIZE, 3)
                    .permute(0, 3, 1, 2);
            parts = validation.count();
            for (int i = 0; i < parts; i++) {
                try (PointerScope scope = new PointerScope()) {
                    maps.compute(validation.rgb(i), nothing);
                    maps.rgb().get(map);
                    add(map, sum, squares, 0);
                    maps.compute(nothing, validation.second(i));
                    maps.depth().get(map);
                    add(map, sum, squares, 1);
                }
            }
        }
        double pixels = (double) parts * map.length;
        Calibration.Alone alone = model.calibration.alone();
        assertClose("rgb mean", alone.meanRgb(), sum[0] / pixels, 1e-6);
        assertClose("depth mean", alone.meanDepth(), sum[1] / pixels, 1e-6);
        assertClose("rgb std", alone.stdRgb(), Math.sqrt(squares[0] / pixels - Math.pow(sum[0] / pixels, 2)), 1e-6);
        assertClose("depth std", alone.stdDepth(), Math.sqrt(squares[1] / pixels - Math.pow(sum[1] / pixels, 2)), 1e-6);
        assertNotEquals(model.calibration.meanRgb(), alone.meanRgb());
    }

    private static void add(float[] map, double[] sum, double[] squares, int branch) {
        for (float v : map) {
            sum[branch] += v;
            squares[branch] += (double) v * v;
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = InspectionMode.class,
            names = {"RGB_ONLY", "DEPTH_ONLY"})
    void mapAndScoreAreThoseOfTheBranchAlone(InspectionMode mode) throws IOException {
        // A model whose calibration of both is that of the branches alone: nothing is left to convert.
        ModelInfo info = model.info();
        Calibration.Alone a = info.calibration().alone();
        Path direct = model.write(
                "direct-" + mode.key() + ".safetensors",
                info.withCalibration(new Calibration(a.meanRgb(), a.stdRgb(), a.meanDepth(), a.stdDepth(), a))
                        .withPrecisions(model.precisions));
        try (Inspector expected = Inspector.open(direct, anything());
                Inspector inspector = Inspector.open(model.file, anything())) {
            Inspection want = expected.newInspection();
            expected.inspect(missing(mode), want);
            Inspection got = inspector.newInspection();
            inspector.inspect(part, got);
            assertEquals(InspectionMode.BOTH, got.mode());
            assertEquals(Set.of(), got.warnings());
            inspector.inspect(missing(mode), got);
            assertEquals(mode, got.mode());
            assertEquals(Verdict.NONE, got.verdict());
            boolean rgb = mode == InspectionMode.RGB_ONLY;
            float[] own = rgb ? got.mapRgb() : got.mapDepth();
            assertClose("map", own, rgb ? want.mapRgb() : want.mapDepth(), 1e-4);
            assertArrayEquals(own, got.map(), "the combined map is the branch's");
            assertArrayEquals(new float[own.length], rgb ? got.mapDepth() : got.mapRgb());
            float max = Float.NEGATIVE_INFINITY;
            for (float v : own) {
                max = Math.max(max, v);
            }
            assertEquals(max, got.score(), "the score is the map's maximum to the last bit");
            assertEquals(max, got.map()[got.peak()]);
            assertEquals(rgb ? got.score() : 0, got.scoreRgb());
            assertEquals(rgb ? 0 : got.score(), got.scoreDepth());
            // The same bits whether the modality is missing, or there and black.
            Part black = rgb
                    ? Part.of("a", part.rgb(), new PointCloud(9, 9, new float[243]))
                    : Part.of("a", new RgbImage(9, 9, new byte[243]), part.xyz());
            Inspection other = inspector.newInspection();
            inspector.inspect(black, other);
            assertEquals(got.score(), other.score());
            assertArrayEquals(got.map(), other.map());
            // And both modalities again afterwards.
            inspector.inspect(part, other);
            assertEquals(InspectionMode.BOTH, other.mode());
            assertTrue(other.scoreRgb() != 0 && other.scoreDepth() != 0);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = InspectionMode.class,
            names = {"RGB_ONLY", "DEPTH_ONLY"})
    void aPartThatLacksAModalityHasThresholdsOfItsOwn(InspectionMode mode) throws IOException {
        ScoreBranch alone = mode.score();
        Thresholds far = Thresholds.NONE
                .with(ScoreBranch.COMBINED, limits(1e9, null))
                .with(ScoreBranch.RGB, limits(-1e9, null))
                .with(ScoreBranch.DEPTH, limits(-1e9, null));
        assertVerdict(
                far,
                mode,
                Verdict.REVIEW,
                mode == InspectionMode.RGB_ONLY
                        ? EnumSet.of(Warning.NO_DEPTH, Warning.NO_THRESHOLD)
                        : EnumSet.of(Warning.NO_RGB, Warning.NO_THRESHOLD));
        Set<Warning> flagged = EnumSet.of(mode == InspectionMode.RGB_ONLY ? Warning.NO_DEPTH : Warning.NO_RGB);
        assertVerdict(far.with(alone, limits(1e9, null)), mode, Verdict.OK, flagged);
        assertVerdict(far.with(alone, limits(1e9, -1e9)), mode, Verdict.REVIEW, flagged);
        assertVerdict(far.with(alone, limits(-1e9, null)), mode, Verdict.NG, flagged);
        // Thresholds for such parts alone do not make others good.
        Thresholds only = Thresholds.NONE.with(alone, limits(1e9, null));
        assertVerdict(only, mode, Verdict.OK, flagged);
        assertVerdict(only, InspectionMode.BOTH, Verdict.REVIEW, EnumSet.of(Warning.NO_THRESHOLD));
    }

    private static void assertVerdict(
            Thresholds thresholds, InspectionMode mode, Verdict verdict, Set<Warning> warnings) throws IOException {
        try (Inspector inspector = inspector(thresholds, anything())) {
            Inspection result = inspector.newInspection();
            inspector.inspect(mode == InspectionMode.BOTH ? part : missing(mode), result);
            assertEquals(verdict, result.verdict());
            assertEquals(warnings, result.warnings());
            boolean ng = verdict == Verdict.NG;
            assertEquals(ng, !Regions.of(result, null).isEmpty(), "regions are those of the verdict");
        }
    }

    /** A part whose two inputs are in the given states. */
    private static Part part(String rgb, String depth) {
        RgbImage colour = part.rgb();
        byte[] bytes = colour.rgb().clone();
        RgbImage image = switch (rgb) {
            case "good" -> colour;
            case "missing" -> null;
            case "black" -> new RgbImage(colour.width(), colour.height(), new byte[bytes.length]);
            case "saturated" -> {
                Arrays.fill(bytes, (byte) 255);
                yield new RgbImage(colour.width(), colour.height(), bytes);
            }
            case "rows" -> { // the upper three quarters never arrived
                Arrays.fill(bytes, 0, bytes.length / 4 * 3, (byte) 0);
                yield new RgbImage(colour.width(), colour.height(), bytes);
            }
            case "size" -> new RgbImage(3, 2, Arrays.copyOf(bytes, 18));
            default -> throw new IllegalArgumentException(rgb);
        };
        float[] xyz = part.xyz().xyz().clone();
        int width = part.xyz().width();
        int height = part.xyz().height();
        switch (depth) {
            case "zero" -> Arrays.fill(xyz, 0);
            case "nan" -> Arrays.fill(xyz, Float.NaN);
            case "infinite" -> Arrays.fill(xyz, Float.POSITIVE_INFINITY);
            case "rows" -> Arrays.fill(xyz, xyz.length / 4, xyz.length, Float.NaN);
            case "plane" -> {
                for (int i = 0; i < xyz.length; i++) {
                    xyz[i] = i % 3 == 2 ? 0.5f : 1e-3f * (i % 3 == 0 ? i / 3 % width : i / 3 / width);
                }
            }
            default -> {}
        }
        PointCloud cloud = depth.equals("missing")
                ? null
                : depth.equals("size")
                        ? new PointCloud(2, 2, Arrays.copyOf(xyz, 12))
                        : new PointCloud(width, height, xyz);
        return cloud == null
                ? Part.ofRgb("it", image)
                : image == null ? Part.ofPoints("it", cloud) : Part.of("it", image, cloud);
    }

    /** Every state of both inputs, with every policy: what happens follows from what is usable and what is allowed. */
    @ParameterizedTest
    @CsvSource({"REFUSE,REFUSE", "INSPECT_OTHER,REFUSE", "REFUSE,INSPECT_OTHER", "INSPECT_OTHER,INSPECT_OTHER"})
    void everyCombinationIsInspectedFlaggedOrRefused(OnUnusable onDepth, OnUnusable onRgb) throws IOException {
        Thresholds all = Thresholds.NONE.with(ScoreBranch.COMBINED, limits(1e9, null));
        try (Inspector inspector =
                inspector(all, OPTIONS.withInputs(new InputPolicy(onDepth, onRgb, 0.5, OnUnlike.REFUSE)))) {
            Inspection result = inspector.newInspection();
            for (String rgb : new String[] {"good", "missing", "black", "saturated", "rows", "size"}) {
                boolean rgbUsable = rgb.equals("good") || rgb.equals("rows") || rgb.equals("size");
                // A quarter of the rows is fewer points than the half that is demanded.
                for (String depth :
                        new String[] {"good", "missing", "zero", "nan", "infinite", "rows", "plane", "size"}) {
                    if (rgb.equals("missing") && depth.equals("missing")) {
                        continue; // there is no such part
                    }
                    boolean depthUsable = depth.equals("good");
                    InspectionMode expected = rgbUsable && depthUsable
                            ? InspectionMode.BOTH
                            : rgbUsable && onDepth == OnUnusable.INSPECT_OTHER
                                    ? InspectionMode.RGB_ONLY
                                    : depthUsable && onRgb == OnUnusable.INSPECT_OTHER
                                            ? InspectionMode.DEPTH_ONLY
                                            : null;
                    String what = "rgb " + rgb + ", depth " + depth;
                    if (expected == null) {
                        String message = assertThrows(
                                        InputException.class, () -> inspector.inspect(part(rgb, depth), result), what)
                                .getMessage();
                        assertTrue(message.contains("part it") && !message.contains("\n"), message);
                        if (depthUsable) {
                            assertTrue(message.contains("--on-bad-rgb depth-only"), message);
                        }
                        continue;
                    }
                    inspector.inspect(part(rgb, depth), result);
                    assertEquals(expected, result.mode(), what);
                    for (float[] map : new float[][] {result.map(), result.mapRgb(), result.mapDepth()}) {
                        for (float v : map) {
                            assertTrue(Float.isFinite(v), what);
                        }
                    }
                    assertTrue(Float.isFinite(result.score() + result.scoreRgb() + result.scoreDepth()), what);
                    assertEquals(expected == InspectionMode.BOTH ? Verdict.OK : Verdict.REVIEW, result.verdict(), what);
                    assertEquals(
                            expected == InspectionMode.BOTH, result.warnings().isEmpty(), what);
                }
            }
        }
    }

    @Test
    void aModelThatWasNeverCalibratedForItIsRefusedWhenOpened() throws IOException {
        ModelInfo info = model.info();
        Calibration c = info.calibration();
        Path old = model.write(
                "old.safetensors",
                info.withCalibration(new Calibration(c.meanRgb(), c.stdRgb(), c.meanDepth(), c.stdDepth())));
        String message = assertThrows(InputException.class, () -> Inspector.open(old, anything()))
                .getMessage();
        assertTrue(message.contains("trd calibrate --model " + old), message);
        try (Inspector inspector = Inspector.open(old, OPTIONS)) {
            Inspection result = inspector.newInspection();
            inspector.inspect(part, result);
            assertThrows(InputException.class, () -> inspector.inspect(missing(InspectionMode.RGB_ONLY), result));
        }
    }

    @Test
    void smallRegionsDoNotCountForTheVerdict() throws IOException {
        try (Inspector inspector = inspector(Thresholds.NONE, OPTIONS)) {
            Inspection result = inspector.newInspection();
            inspector.inspect(part, result);
            // A threshold that the peak alone exceeds, and a review limit that everything does.
            double peak = Math.nextDown(result.score());
            Thresholds strict = Thresholds.NONE.with(ScoreBranch.COMBINED, limits(peak, null));
            Thresholds reviewed = Thresholds.NONE.with(ScoreBranch.COMBINED, limits(peak, -1e9));
            assertSmall(strict, 0, Verdict.NG, false);
            double area = largest(strict);
            assertTrue(area > 0);
            assertSmall(strict, area, Verdict.NG, false);
            assertSmall(strict, 1.01 * area, Verdict.OK, true);
            assertSmall(reviewed, 1e9, Verdict.OK, true);
        }
        assertThrows(IllegalArgumentException.class, () -> OPTIONS.withMinRegion(-1));
        assertThrows(IllegalArgumentException.class, () -> OPTIONS.withMinRegion(Double.NaN));
        assertThrows(
                IllegalArgumentException.class, () -> OPTIONS.withMaps(false).withMinRegion(1));
    }

    private static double largest(Thresholds thresholds) throws IOException {
        try (Inspector inspector = inspector(thresholds, OPTIONS)) {
            Inspection result = inspector.newInspection();
            inspector.inspect(part, result);
            return Regions.of(result, part).stream()
                    .mapToDouble(Region::areaSquareMillimetres)
                    .max()
                    .orElseThrow();
        }
    }

    private static void assertSmall(Thresholds thresholds, double minRegion, Verdict verdict, boolean ignored)
            throws IOException {
        try (Inspector inspector = inspector(thresholds, OPTIONS.withMinRegion(minRegion))) {
            Inspection result = inspector.newInspection();
            inspector.inspect(part, result);
            assertEquals(verdict, result.verdict(), "below " + minRegion + " mm²");
            assertEquals(ignored, result.warnings().contains(Warning.SMALL_REGIONS_IGNORED));
            assertEquals(
                    verdict == Verdict.NG, !Regions.of(result, part, minRegion).isEmpty());
            assertFalse(
                    Regions.of(result, null, minRegion).isEmpty(),
                    "without points nobody knows an area: everything counts");
        }
    }
}
