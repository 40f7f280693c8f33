package io.trd4j.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.trd4j.Needs;
import io.trd4j.data.ColorLayout;
import io.trd4j.data.DepthLayout;
import io.trd4j.data.Intrinsics;
import io.trd4j.data.Part;
import io.trd4j.data.PointAxes;
import io.trd4j.data.PointCloud;
import io.trd4j.data.PointConvention;
import io.trd4j.data.RgbImage;
import io.trd4j.data.SurfaceNormals;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.model.Backbone;
import io.trd4j.model.Geometry;
import io.trd4j.model.InspectionMode;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Precision;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.outline.NormalViews;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** After the warm-up, a part allocates nothing on the Java heap, from its buffers to the verdict. */
class AllocationTest {
    private static final int SIZE = 32;
    private static final int WARM_UP = 50;
    /**
     * The JVM allocates a few bytes once, in the calling thread, when a method becomes hot: only what every round
     * repeats counts.
     */
    private static final int ROUNDS = 4;

    private static final int PARTS = 25;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @CsvSource({"FP32,DEPTH,false", "FP32,NORMALS,true", "BF16,NORMALS,false", "INT8,DEPTH,false", "FP32,METRIC,false"})
    void aPartAllocatesNothingOnTheJavaHeap(Precision precision, Modality modality, boolean withRegion) {
        Needs.precision(precision);
        Part[] parts = {
            SyntheticParts.part(SyntheticProduct.COOKIE, 96, 1), SyntheticParts.part(SyntheticProduct.RING, 96, 2)
        };
        InspectorOptions options = new InspectorOptions(2, precision);
        boolean[] counts = new boolean[SIZE * SIZE];
        Arrays.fill(counts, SIZE, 9 * SIZE, true);
        ModelInfo whole = RandomNetwork.info(Backbone.RESNET18, SIZE, Geometry.unmeasured(modality, SIZE));
        ModelInfo info = withRegion
                ? whole.withRegionOfInterest(RegionOfInterest.of(counts, "roi.png", "5".repeat(64)))
                        .withCalibration(whole.calibration())
                : whole;
        try (Inspector inspector = new Inspector(info, EngineChoice.random(info, options), options, NormalViews.NONE)) {
            assertAllocatesNothing(inspector, parts);
        }
    }

    /** Parts whose points turn out to show none are inspected by their colour, between others. */
    @Test
    void aPartWithoutForegroundAllocatesNothingEither() {
        Part good = SyntheticParts.part(SyntheticProduct.COOKIE, 96, 1);
        float[] plane = new float[3 * 96 * 96];
        for (int i = 0; i < 96 * 96; i++) {
            plane[3 * i] = 1e-3f * (i % 96);
            plane[3 * i + 1] = 1e-3f * (i / 96);
            plane[3 * i + 2] = 0.5f;
        }
        Part flat = Part.of("flat", good.rgb(), new PointCloud(96, 96, plane));
        InspectorOptions options = new InspectorOptions(2, Precision.FP32)
                .withDevice(DeviceChoice.CPU)
                .withInputs(InputPolicy.inspectOther());
        Needs.precision(Precision.FP32);
        try (Inspector inspector = Inspector.random(Backbone.RESNET18, SIZE, Geometry.normals(5), options)) {
            Inspection result = inspector.newInspection();
            inspector.inspect(flat, result);
            assertEquals(InspectionMode.RGB_ONLY, result.mode());
            assertAllocatesNothing(inspector, good, flat);
        }
    }

    /** Nor do images and points of other layouts, which are converted for every part. */
    @Test
    void aPartOfOtherLayoutsAllocatesNothingEither() {
        int side = 96;
        Part plain = SyntheticParts.part(SyntheticProduct.COOKIE, side, 1);
        byte[] rgb = plain.rgb().rgb();
        float[] xyz = plain.xyz().xyz();
        ByteBuffer grey = ByteBuffer.allocateDirect(side * side);
        ByteBuffer depth = ByteBuffer.allocateDirect(4 * side * side).order(ByteOrder.nativeOrder());
        ByteBuffer planes = ByteBuffer.allocateDirect(12 * side * side).order(ByteOrder.nativeOrder());
        for (int i = 0; i < side * side; i++) {
            grey.put(i, rgb[3 * i]);
            depth.putFloat(4 * i, 1000 * xyz[3 * i + 2]);
            for (int k = 0; k < 3; k++) {
                planes.putFloat(4 * (k * side * side + i), xyz[3 * i + 2] == 0 ? -1 : 1000 * xyz[3 * i + k]);
            }
        }
        PointConvention millimetres = PointConvention.UNSTATED
                .withAxes(PointAxes.of("planar"))
                .withMetresPerUnit(1e-3)
                .withMissing(List.of(-1f));
        Part[] parts = {
            Part.of(
                    "bgr of an array, depth",
                    RgbImage.of(rgb, ColorLayout.BGR8, side, side),
                    PointCloud.ofDepth(
                            depth,
                            DepthLayout.FLOAT32,
                            side,
                            side,
                            4 * side,
                            1e-3,
                            new Intrinsics(200, 200, side / 2.0, side / 2.0))),
            Part.of(
                    "grey, planes",
                    RgbImage.of(grey, ColorLayout.GRAY8, side, side, side),
                    PointCloud.of(planes.asFloatBuffer(), side, side, side, millimetres))
        };
        InspectorOptions options = new InspectorOptions(2, Precision.FP32).withDevice(DeviceChoice.CPU);
        try (Inspector inspector = Inspector.random(Backbone.RESNET18, SIZE, Geometry.DEPTH, options)) {
            assertAllocatesNothing(inspector, parts);
        }
    }

    /** Directions as floats are encoded for every part. */
    @Test
    void surfaceNormalsAllocateNothing() {
        Needs.precision(Precision.FP32);
        RgbImage rgb = SyntheticParts.part(SyntheticProduct.COOKIE, 96, 1).rgb();
        ByteBuffer floats = ByteBuffer.allocateDirect(3 * Float.BYTES * 96 * 96).order(ByteOrder.nativeOrder());
        for (int i = 0; i < 96 * 96; i++) {
            floats.putFloat(12 * i + 8, i % 3);
        }
        floats.putFloat(12 + 8, Float.NaN);
        Part whole = Part.of("floats", rgb, SurfaceNormals.of(floats.asFloatBuffer(), 96, 96, 3 * 96));
        for (int i = 0; i < 96 * 96; i++) {
            floats.putFloat(12 * i + 8, i % 3 == 0 ? 0 : 1);
        }
        Part encoded = Part.of("bytes", rgb, SurfaceNormals.encoded(rgb));
        InspectorOptions options = new InspectorOptions(2, Precision.FP32).withDevice(DeviceChoice.CPU);
        try (Inspector inspector = Inspector.random(Backbone.RESNET18, SIZE, Geometry.normals(5), options)) {
            assertAllocatesNothing(inspector, whole, encoded);
        }
    }

    private static void assertAllocatesNothing(Inspector inspector, Part... parts) {
        Inspection result = inspector.newInspection();
        for (int i = 0; i < WARM_UP; i++) {
            inspector.inspect(parts[i % parts.length], result);
        }
        // The counter works, and reading it costs nothing itself.
        long before = THREADS.getCurrentThreadAllocatedBytes();
        byte[] seen = new byte[1000];
        assertTrue(THREADS.getCurrentThreadAllocatedBytes() - before >= seen.length);

        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < PARTS; i++) {
                inspector.inspect(parts[i % parts.length], result);
            }
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(0, least, "bytes for " + PARTS + " parts");
    }
}
