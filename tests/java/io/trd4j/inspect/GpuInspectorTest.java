package io.trd4j.inspect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.trd4j.Golden;
import io.trd4j.Needs;
import io.trd4j.SmallModel;
import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.engine.DeviceException;
import io.trd4j.engine.cuda.CudaSupport;
import io.trd4j.engine.cuda.Device;
import io.trd4j.io.InputException;
import io.trd4j.model.Backbone;
import io.trd4j.model.Geometry;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.Precision;
import io.trd4j.model.RegionOfInterest;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

/** The whole engine on a real GPU against the CPU's, its repetition, several at once, and its end. */
@Tag("gpu")
class GpuInspectorTest {
    private static final int REPLAYS = 2000;

    @TempDir
    static Path folder;

    private static Path depth;
    private static Path normals;
    private static final Part[] PARTS = {
        SyntheticParts.part(SyntheticProduct.COOKIE, 200, 1),
        SyntheticParts.part(SyntheticProduct.RING, 200, 2),
        SyntheticParts.part(SyntheticProduct.PLATE, 200, 3)
    };

    @BeforeAll
    static void gpu() throws IOException {
        Gpu.require();
        depth = SmallModel.write(folder.resolve("depth.safetensors"), 128, Modality.DEPTH, -1e9);
        normals = SmallModel.write(folder.resolve("normals.safetensors"), 128, Modality.NORMALS, null);
    }

    private static InspectorOptions cuda(Precision precision) {
        return new InspectorOptions(0, precision).withDevice(DeviceChoice.cuda(0));
    }

    private static Inspection inspect(Inspector inspector, Part part) {
        Inspection result = inspector.newInspection();
        inspector.inspect(part, result);
        return result;
    }

    private static void assertNear(Inspection got, Inspection expected, double tolerance, double correlation) {
        double error = Math.abs(got.score() - expected.score()) / Math.max(1, Math.abs(expected.score()));
        assertTrue(error <= tolerance, got.score() + " instead of " + expected.score());
        assertTrue(Golden.correlation(got.map(), expected.map()) >= correlation, "map");
        assertTrue(Golden.correlation(got.mapRgb(), expected.mapRgb()) >= correlation, "rgb map");
        assertTrue(Golden.correlation(got.mapDepth(), expected.mapDepth()) >= correlation, "depth map");
    }

    @ParameterizedTest
    @CsvSource({
        "FP32,true,1e-4,0.99999",
        "TF32,true,1e-2,0.999",
        "FP16,true,1e-2,0.999",
        "FP16,false,1e-2,0.999",
        "BF16,false,3e-2,0.99"
    })
    void partsAgreeWithTheCpu(Precision precision, boolean isDepth, double tolerance, double correlation)
            throws IOException {
        Needs.that(precision != Precision.TF32 || CudaSupport.cudnnProblem() == null, "cuDNN");
        Path model = isDepth ? depth : normals;
        try (Inspector gpu = Inspector.open(model, cuda(precision));
                Inspector cpu =
                        Inspector.open(model, new InspectorOptions(0, Precision.FP32).withDevice(DeviceChoice.CPU))) {
            assertEquals(precision, gpu.precision());
            assertTrue(gpu.device().startsWith("cuda:0 ("), gpu.device());
            for (Part part : PARTS) {
                assertNear(inspect(gpu, part), inspect(cpu, part), tolerance, correlation);
            }
            Part empty =
                    Part.of("empty", new RgbImage(50, 50, new byte[7500]), new PointCloud(50, 50, new float[7500]));
            assertEquals(
                    assertThrows(InputException.class, () -> inspect(cpu, empty))
                            .getMessage(),
                    assertThrows(InputException.class, () -> inspect(gpu, empty))
                            .getMessage());
            assertNear(inspect(gpu, PARTS[0]), inspect(cpu, PARTS[0]), tolerance, correlation);
        }
    }

    /** The kernel takes its scores from what counts, whether the maps are brought to the host or not. */
    @Test
    void aRegionOfInterestIsScoredOnTheDevice() throws IOException {
        boolean[] counts = new boolean[128 * 128];
        Arrays.fill(counts, 30 * 128, 70 * 128 + 50, true);
        RegionOfInterest roi = RegionOfInterest.of(counts, "roi.png", "5".repeat(64));
        Path model = folder.resolve("roi.safetensors");
        Files.copy(depth, model);
        ModelFile.replaceInfo(model, info -> info.withRegionOfInterest(roi).withCalibration(info.calibration()));
        try (Inspector whole = Inspector.open(depth, cuda(Precision.FP16));
                Inspector cut = Inspector.open(model, cuda(Precision.FP16));
                Inspector scoresAlone =
                        Inspector.open(model, cuda(Precision.FP16).withMaps(false))) {
            for (Part part : PARTS) {
                Inspection expected = inspect(whole, part);
                Inspection got = inspect(cut, part);
                Inspection scores = inspect(scoresAlone, part);
                assertEquals(maximum(roi.counted(expected.map())), got.score());
                assertEquals(maximum(roi.counted(expected.mapRgb())), got.scoreRgb());
                assertEquals(maximum(roi.counted(expected.mapDepth())), got.scoreDepth());
                assertEquals(
                        List.of(got.score(), got.scoreRgb(), got.scoreDepth()),
                        List.of(scores.score(), scores.scoreRgb(), scores.scoreDepth()));
                roi.keep(expected.map());
                assertArrayEquals(expected.map(), got.map());
            }
        }
    }

    private static float maximum(float[] values) {
        float maximum = Float.NEGATIVE_INFINITY;
        for (float value : values) {
            maximum = Math.max(maximum, value);
        }
        return maximum;
    }

    @ParameterizedTest
    @CsvSource({"RESNET50", "WIDE_RESNET50_2"})
    void theLargeNetworksAgreeWithTheCpu(Backbone backbone) {
        try (Inspector gpu = Inspector.random(backbone, 256, Geometry.normals(5), cuda(Precision.FP16));
                Inspector cpu = Inspector.random(
                        backbone,
                        256,
                        Geometry.normals(5),
                        new InspectorOptions(0, Precision.FP32).withDevice(DeviceChoice.CPU))) {
            assertNear(inspect(gpu, PARTS[1]), inspect(cpu, PARTS[1]), 1e-2, 0.999);
        }
    }

    @Test
    void thousandsOfReplaysGiveTheSameBitsAndAllocateNothing() throws IOException {
        ThreadMXBean counter = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Inspector inspector = Inspector.open(depth, cuda(Precision.FP16))) {
            List<Inspection> first = new ArrayList<>();
            for (Part part : PARTS) {
                first.add(inspect(inspector, part));
            }
            Inspection result = inspector.newInspection();
            long least = Long.MAX_VALUE;
            for (int i = 0; i < REPLAYS; i++) {
                long before = counter.getCurrentThreadAllocatedBytes();
                inspector.inspect(PARTS[i % PARTS.length], result);
                long allocated = counter.getCurrentThreadAllocatedBytes() - before;
                least = i >= REPLAYS / 2 ? Math.min(least, allocated) : least;
                Inspection expected = first.get(i % PARTS.length);
                assertEquals(expected.score(), result.score(), "replay " + i);
                assertArrayEquals(expected.map(), result.map(), "replay " + i);
                assertArrayEquals(expected.mapRgb(), result.mapRgb(), "replay " + i);
                assertArrayEquals(expected.mapDepth(), result.mapDepth(), "replay " + i);
            }
            assertEquals(0, least, "bytes on the Java heap for a part");
        }
    }

    @Test
    void severalInspectorsAtOnceGiveTheSameBits() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try (Inspector one = Inspector.open(normals, cuda(Precision.FP16));
                Inspector two = one.duplicate();
                Inspector three = one.duplicate();
                Inspector four = Inspector.open(depth, cuda(Precision.BF16))) {
            float[] expected = inspect(one, PARTS[0]).map().clone();
            float[] other = inspect(four, PARTS[0]).map().clone();
            List<Future<?>> done = new ArrayList<>();
            for (Inspector inspector : List.of(one, two, three, four)) {
                done.add(pool.submit((Callable<Void>) () -> {
                    for (int i = 0; i < 100; i++) {
                        assertArrayEquals(
                                inspector == four ? other : expected,
                                inspect(inspector, PARTS[0]).map());
                        inspect(inspector, PARTS[1 + i % 2]);
                    }
                    return null;
                }));
            }
            for (Future<?> future : done) {
                future.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void inputsInPageLockedMemoryGiveTheSameBits() throws IOException {
        try (Inspector inspector = Inspector.open(depth, cuda(Precision.FP16));
                InputBuffers buffers = inspector.newInputBuffers("pinned", 200, 200, 200, 200)) {
            for (Part part : PARTS) {
                buffers.rgb().put(0, part.rgb().rgb());
                buffers.xyz().put(0, part.xyz().xyz());
                assertArrayEquals(
                        inspect(inspector, part).map(),
                        inspect(inspector, buffers.part()).map(),
                        part.id());
            }
        }
    }

    /** Nothing else may use the GPU meanwhile. */
    @Test
    void openingAndClosingKeepsNoDeviceMemory() throws IOException {
        List<Long> free = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            try (Inspector inspector = Inspector.open(depth, cuda(Precision.FP16))) {
                inspect(inspector, PARTS[0]);
            }
            free.add(CudaSupport.freeBytes(0));
        }
        // Libraries take what they need for good with the first models.
        assertTrue(free.get(15) >= free.get(7) - (8L << 20), "free after each model: " + free);
    }

    @Test
    void tooLittleMemoryIsAnExceptionThatLeavesTheDeviceUsable() throws IOException {
        Device device = CudaSupport.device(0);
        device.use();
        long hoard = device.allocate(CudaSupport.freeBytes(0) - (64L << 20));
        try {
            DeviceException full = assertThrows(
                    DeviceException.class,
                    () -> Inspector.random(Backbone.WIDE_RESNET50_2, 256, Geometry.DEPTH, cuda(Precision.FP16)));
            assertEquals(DeviceException.Reason.OUT_OF_MEMORY, full.reason());
        } finally {
            device.use();
            device.free(hoard);
        }
        try (Inspector inspector = Inspector.open(depth, cuda(Precision.FP16))) {
            assertEquals(Verdict.NG, inspect(inspector, PARTS[0]).verdict());
        }
    }
}
