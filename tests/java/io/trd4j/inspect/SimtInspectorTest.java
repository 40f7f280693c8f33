package io.trd4j.inspect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.Golden;
import io.trd4j.SmallModel;
import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.SurfaceNormals;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.engine.DeviceException;
import io.trd4j.engine.cuda.SimtParts;
import io.trd4j.io.InputException;
import io.trd4j.model.HighestPlaces;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.Precision;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.outline.NormalViews;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whole parts, from raw buffers to the verdict, by libtrd's CUDA kernels through the SIMT harness, against the CPU's
 * engine.
 */
@Tag("simt")
class SimtInspectorTest {
    private static final int SIZE = 32;
    private static final int PIXELS = 48;
    /** What lacks a modality is inspected too. */
    private static final InspectorOptions OPTIONS =
            new InspectorOptions(1, Precision.FP32).withDevice(DeviceChoice.CPU).withInputs(InputPolicy.inspectOther());

    @TempDir
    static Path folder;

    private static Path depth;
    private static Path normals;
    private static Path metric;
    private static final Part[] PARTS = {
        SyntheticParts.part(SyntheticProduct.COOKIE, PIXELS, 1), SyntheticParts.part(SyntheticProduct.RING, PIXELS, 2)
    };

    /** What one inspection said. */
    private record Result(
            float score, float scoreRgb, float scoreDepth, float[] map, float[] mapRgb, float[] mapDepth) {
        static Result of(Inspector inspector, Part part) {
            Inspection i = inspector.newInspection();
            inspector.inspect(part, i);
            assertTrue(i.prepareNanos() >= 0 && i.networkNanos() > 0 && i.anomalyMapNanos() >= 0, "times");
            return new Result(
                    i.score(),
                    i.scoreRgb(),
                    i.scoreDepth(),
                    i.map().clone(),
                    i.mapRgb().clone(),
                    i.mapDepth().clone());
        }

        void assertSame(Result other) {
            assertEquals(score, other.score);
            assertEquals(scoreRgb, other.scoreRgb);
            assertEquals(scoreDepth, other.scoreDepth);
            assertArrayEquals(map, other.map);
            assertArrayEquals(mapRgb, other.mapRgb);
            assertArrayEquals(mapDepth, other.mapDepth);
        }

        /**
         * Scores within a share of the score, or of a standard deviation where that is more; maps by their correlation.
         */
        void assertNear(Result expected, double tolerance, double correlation) {
            assertNear("score", score, expected.score, tolerance);
            assertNear("rgb", scoreRgb, expected.scoreRgb, tolerance);
            assertNear("depth", scoreDepth, expected.scoreDepth, tolerance);
            assertNear("map", map, expected.map, correlation);
            assertNear("rgb map", mapRgb, expected.mapRgb, correlation);
            assertNear("depth map", mapDepth, expected.mapDepth, correlation);
        }

        /** The map of a branch that was not inspected is 0 everywhere, which correlates with nothing. */
        private static void assertNear(String what, float[] got, float[] expected, double correlation) {
            if (Arrays.equals(expected, new float[expected.length])) {
                assertArrayEquals(expected, got, what);
            } else {
                assertTrue(
                        Golden.correlation(got, expected) >= correlation,
                        what + " " + Golden.correlation(got, expected));
            }
        }

        private static void assertNear(String what, float got, float expected, double tolerance) {
            double error = Math.abs(got - expected) / Math.max(1, Math.abs(expected));
            assertTrue(error <= tolerance, what + " " + got + " instead of " + expected);
        }
    }

    @BeforeAll
    static void models() throws IOException {
        depth = SmallModel.write(folder.resolve("depth.safetensors"), SIZE, Modality.DEPTH, -1e9);
        normals = SmallModel.write(folder.resolve("normals.safetensors"), SIZE, Modality.NORMALS, null);
        metric = SmallModel.write(folder.resolve("metric.safetensors"), SIZE, Modality.METRIC, null);
        // So low that one branch alone raises the sum.
        HighestPlaces.Usual low = new HighestPlaces.Usual(0.5, 0.2);
        ModelFile.replaceInfo(metric, info -> info.withHighestPlaces(new HighestPlaces(low, low, low)));
    }

    private static Inspector onDevice(SimtParts device, Path model, Precision precision) throws IOException {
        return onDevice(device, model, precision, true);
    }

    private static Inspector onDevice(SimtParts device, Path model, Precision precision, boolean maps)
            throws IOException {
        try (ModelFile file = ModelFile.open(model)) {
            return new Inspector(
                    file.info(), device.open(model, precision, maps), OPTIONS.withMaps(maps), NormalViews.NONE);
        }
    }

    private static Inspector onCpu(Path model) throws IOException {
        return Inspector.open(model, OPTIONS);
    }

    @ParameterizedTest
    @CsvSource({"FP16,NORMALS,1e-2,0.999", "FP32,DEPTH,1e-4,0.999999", "FP32,METRIC,1e-4,0.999999"})
    void partsAgreeWithTheCpu(Precision precision, Modality modality, double tolerance, double correlation)
            throws IOException {
        Path model = modality == Modality.DEPTH ? depth : modality == Modality.NORMALS ? normals : metric;
        SimtParts device = new SimtParts(precision.ordinal());
        try (Inspector cpu = onCpu(model);
                Inspector inspector = onDevice(device, model, precision)) {
            assertEquals(precision, inspector.precision());
            assertEquals("cuda:0 (host memory)", inspector.device());
            Result first = Result.of(inspector, PARTS[0]);
            first.assertNear(Result.of(cpu, PARTS[0]), tolerance, correlation);
            Result.of(inspector, PARTS[1]).assertNear(Result.of(cpu, PARTS[1]), tolerance, correlation);
            // Without one of its modalities.
            for (Part part : new Part[] {PARTS[0].withoutSecond(), PARTS[0].withoutRgb()}) {
                Result.of(inspector, part).assertNear(Result.of(cpu, part), tolerance, correlation);
            }
            Result.of(inspector, PARTS[0]).assertSame(first);
            // A part that cannot be used fails alone, with the CPU's words.
            PointCloud nothing = new PointCloud(PIXELS, PIXELS, new float[3 * PIXELS * PIXELS]);
            Part empty = Part.ofPoints("empty", nothing);
            InputException got = assertThrows(InputException.class, () -> Result.of(inspector, empty));
            InputException expected = assertThrows(InputException.class, () -> Result.of(cpu, empty));
            assertEquals(expected.getMessage(), got.getMessage());
            // With colour, it is inspected by that.
            Result.of(inspector, Part.of("half", PARTS[0].rgb(), nothing))
                    .assertSame(Result.of(inspector, PARTS[0].withoutSecond()));
            Part tiny = Part.ofPoints("tiny", new PointCloud(2, 2, new float[12]));
            assertEquals(
                    assertThrows(InputException.class, () -> Result.of(cpu, tiny))
                            .getMessage(),
                    assertThrows(InputException.class, () -> Result.of(inspector, tiny))
                            .getMessage());
            Result.of(inspector, PARTS[0]).assertSame(first);
        }
        assertEquals(0, device.allocated(), "bytes still allocated");
        assertEquals(0, device.openHandles(), "streams and events still open");
    }

    /**
     * Scores are the maxima over what counts, with maps or without, of a duplicate too, and of parts that lack a
     * modality.
     */
    @Test
    void aRegionOfInterestIsScoredOnTheDevice() throws IOException {
        boolean[] counts = new boolean[SIZE * SIZE];
        Arrays.fill(counts, 5 * SIZE + 7, 11 * SIZE, true);
        RegionOfInterest roi = RegionOfInterest.of(counts, "roi.png", "5".repeat(64));
        Path model = folder.resolve("roi.safetensors");
        Files.copy(normals, model);
        ModelFile.replaceInfo(model, info -> info.withRegionOfInterest(roi).withCalibration(info.calibration()));
        SimtParts device = new SimtParts(5);
        try (Inspector whole = onDevice(device, normals, Precision.FP16);
                Inspector cut = onDevice(device, model, Precision.FP16);
                Inspector scoresAlone = onDevice(device, model, Precision.FP16, false);
                Inspector duplicate = scoresAlone.duplicate()) {
            for (Part part : new Part[] {PARTS[0], PARTS[1].withoutRgb()}) {
                Result all = Result.of(whole, part);
                Result expected = new Result(
                        kept(all.map, roi),
                        kept(all.mapRgb, roi),
                        kept(all.mapDepth, roi),
                        all.map,
                        all.mapRgb,
                        all.mapDepth);
                assertTrue(expected.score < all.score, "the maximum lies outside");
                Result.of(cut, part).assertSame(expected);
                Result scores = new Result(
                        expected.score,
                        expected.scoreRgb,
                        expected.scoreDepth,
                        new float[SIZE * SIZE],
                        new float[SIZE * SIZE],
                        new float[SIZE * SIZE]);
                // Emulated kernels take their time: each of the two inspects one part.
                Result.of(part == PARTS[0] ? scoresAlone : duplicate, part).assertSame(scores);
            }
        }
        assertEquals(0, device.allocated(), "bytes still allocated");
    }

    /** Zeroes what does not count; returns the maximum of the rest. */
    private static float kept(float[] map, RegionOfInterest roi) {
        float maximum = Float.NEGATIVE_INFINITY;
        for (float value : roi.counted(map)) {
            maximum = Math.max(maximum, value);
        }
        roi.keep(map);
        return maximum;
    }

    @Test
    void duplicatesInTwoThreadsGiveTheSameBits() throws Exception {
        SimtParts device = new SimtParts(7);
        ExecutorService pool = Executors.newFixedThreadPool(2);
        // Metric geometry: of it, the host computes the plane, of each part anew.
        try (Inspector first = onDevice(device, metric, Precision.FP16);
                Inspector second = first.duplicate()) {
            Future<Result> a = pool.submit((Callable<Result>) () -> Result.of(first, PARTS[0]));
            Future<Result> b = pool.submit((Callable<Result>) () -> Result.of(second, PARTS[0]));
            a.get().assertSame(b.get());
            // The weights live as long as one of them.
            first.close();
            // Filled by the caller, read by the device: no copy, another graph, the same result.
            try (InputBuffers buffers = second.newInputBuffers("pinned", PIXELS, PIXELS, PIXELS, PIXELS)) {
                buffers.rgb().put(0, PARTS[0].rgb().rgb());
                buffers.xyz().put(0, PARTS[0].xyz().xyz());
                Result.of(second, buffers.part()).assertSame(a.get());
            }
        } finally {
            pool.shutdownNow();
        }
        assertEquals(0, device.allocated(), "bytes still allocated");
    }

    /** Staged, read from page-locked memory, and made of floats: three graphs, one result. */
    @Test
    void surfaceNormalsOfEveryMemoryGiveTheSameBits() throws IOException {
        ByteBuffer floats =
                ByteBuffer.allocateDirect(3 * Float.BYTES * PIXELS * PIXELS).order(ByteOrder.nativeOrder());
        for (int i = 0; i < PIXELS * PIXELS; i++) {
            double x = 0.3 * Math.sin(i % PIXELS / 5.0);
            double y = 0.4 * Math.cos(i / PIXELS / 7.0);
            floats.putFloat(12 * i, (float) x);
            floats.putFloat(12 * i + 4, (float) y);
            floats.putFloat(12 * i + 8, i % 11 == 0 ? Float.NaN : (float) Math.sqrt(1 - x * x - y * y));
        }
        Part made = Part.of(
                "floats", PARTS[0].rgb(), SurfaceNormals.of(floats.asFloatBuffer(), PIXELS, PIXELS, 3L * PIXELS));
        byte[] bytes = made.normals().image().rgb();
        Part staged = Part.of("bytes", PARTS[0].rgb(), SurfaceNormals.encoded(new RgbImage(PIXELS, PIXELS, bytes)));
        SimtParts device = new SimtParts(4);
        try (Inspector cpu = onCpu(normals);
                Inspector inspector = onDevice(device, normals, Precision.FP32);
                InputBuffers pinned = inspector.newNormalsBuffers("pinned", PIXELS, PIXELS, PIXELS, PIXELS)) {
            Result expected = Result.of(inspector, staged);
            expected.assertNear(Result.of(cpu, staged), 1e-4, 0.999999);
            Result.of(inspector, made).assertSame(expected);
            pinned.rgb().put(0, PARTS[0].rgb().rgb());
            pinned.normals().put(0, bytes);
            Result.of(inspector, pinned.part()).assertSame(expected);
        }
        assertEquals(0, device.allocated(), "bytes still allocated");
    }

    @Test
    void aFailingDeviceIsAnExceptionAndLeavesNothing() throws IOException {
        SimtParts device = new SimtParts(3);
        device.leave(1 << 20);
        DeviceException full = assertThrows(DeviceException.class, () -> onDevice(device, depth, Precision.FP16));
        assertEquals(DeviceException.Reason.OUT_OF_MEMORY, full.reason());
        assertEquals(0, device.allocated(), "what a failed opening allocated is freed");
        assertEquals(0, device.openHandles());
        device.leave(Long.MAX_VALUE);
        try (Inspector inspector = onDevice(device, depth, Precision.FP16)) {
            long before = device.allocated();
            device.leave(1000);
            full = assertThrows(DeviceException.class, () -> Result.of(inspector, PARTS[0]));
            assertEquals(DeviceException.Reason.OUT_OF_MEMORY, full.reason());
            assertEquals(before, device.allocated(), "what a failed part allocated is freed");
            device.leave(Long.MAX_VALUE);
            device.lose();
            DeviceException lost = assertThrows(DeviceException.class, () -> Result.of(inspector, PARTS[0]));
            assertEquals(DeviceException.Reason.LOST, lost.reason());
            DeviceException again = assertThrows(DeviceException.class, () -> Result.of(inspector, PARTS[0]));
            assertEquals(DeviceException.Reason.LOST, again.reason());
            assertTrue(again.getMessage().contains("close this inspector"), again.getMessage());
        }
        assertEquals(0, device.allocated(), "bytes still allocated");
        assertEquals(0, device.openHandles());
    }
}
