package io.trd4j.data.prepare;

import static io.trd4j.data.Fixtures.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.SurfaceNormals;
import io.trd4j.model.Geometry;
import io.trd4j.model.Modality;
import io.trd4j.ops.ElementType;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.ShortPointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Preparation beyond the golden cases: whatever comes in, the result is finite or one line. */
class PreparationTest {
    private static final int S = 32;

    private static RgbImage grey(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        Arrays.fill(rgb, (byte) 100);
        return new RgbImage(width, height, rgb);
    }

    /** A block 30 mm high in the middle of a plane at 0.6 m; a gentle slope so that z varies. */
    private static PointCloud block(int width, int height) {
        float[] xyz = new float[3 * width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int i = 3 * (y * width + x);
                boolean part = x > width / 4 && x < 3 * width / 4 && y > height / 4 && y < 3 * height / 4;
                xyz[i] = 0.001f * x;
                xyz[i + 1] = 0.001f * y;
                xyz[i + 2] = part ? 0.57f - 0.0001f * x : 0.6f;
            }
        }
        return new PointCloud(width, height, xyz);
    }

    private static float[] second(PointCloud cloud, Modality modality) {
        float[] out;
        try (Preparation preparation = preparation(modality)) {
            out = Prepared.second(preparation, Part.of("p", grey(10, 10), cloud), S)
                    .values();
        }
        for (float value : out) {
            assertTrue(Math.abs(value) < 10, modality + " gives " + value);
        }
        return out;
    }

    private static Preparation preparation(Modality modality) {
        return new Preparation(S, Geometry.unmeasured(modality, S), ElementType.FLOAT32);
    }

    @Test
    void sizesMayDifferAndNeedNotBeSquare() {
        Part part = Part.of("p", grey(50, 21), block(40, 64));
        float[] first = second(part.xyz(), Modality.DEPTH);
        try (Preparation preparation = preparation(Modality.DEPTH)) {
            float[] rgb = Prepared.rgb(preparation, part, S).values();
            for (int i = 0; i < rgb.length; i++) {
                assertEquals(new float[] {-0.4054f, -0.2850f, -0.0615f}[i % 3], rgb[i], 1e-3);
            }
            assertArrayEquals(first, Prepared.second(preparation, part, S).values());
            // The same object prepares other sizes afterwards, and the first again, with the same result.
            Prepared.second(preparation, Part.of("q", grey(3, 3), block(90, 33)), S);
            assertArrayEquals(first, Prepared.second(preparation, part, S).values());
        }
        second(part.xyz(), Modality.NORMALS);
    }

    @Test
    void nanAndInfinityAreMissing() {
        PointCloud clean = block(48, 48);
        float[] zeros = clean.xyz().clone();
        float[] bad = clean.xyz().clone();
        Random random = new Random(3);
        float[] values = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e30f, -Float.MAX_VALUE};
        for (int k = 0; k < 300; k++) {
            int point = random.nextInt(48 * 48);
            for (int c = 0; c < 3; c++) {
                zeros[3 * point + c] = 0;
            }
            bad[3 * point + random.nextInt(3)] = values[k % values.length];
        }
        for (Modality modality : Modality.values()) {
            assertArrayEquals(
                    second(new PointCloud(48, 48, zeros), modality), second(new PointCloud(48, 48, bad), modality));
        }
    }

    @Test
    void aPartThatFillsTheFrameIsAllForeground() {
        float[] xyz = block(S, S).xyz().clone();
        for (int y = 0; y < S; y++) {
            for (int x = 0; x < S; x++) {
                boolean corner = (x < 4 || x >= S - 4) && (y < 4 || y >= S - 4);
                if (corner) {
                    Arrays.fill(xyz, 3 * (y * S + x), 3 * (y * S + x) + 3, 0);
                }
            }
        }
        Part part = Part.of("p", grey(S, S), new PointCloud(S, S, xyz));
        byte[] mask = Prepared.second(part, S, Geometry.DEPTH).mask();
        for (int i = 0; i < S * S; i++) {
            assertTrue(xyz[3 * i + 2] == 0 || mask[i] == 1);
        }
        second(part.xyz(), Modality.DEPTH);
        second(part.xyz(), Modality.NORMALS);
    }

    @Test
    void aSingleDepthIsFinite() {
        float[] xyz = block(S, S).xyz().clone();
        for (int i = 2; i < xyz.length; i += 3) {
            xyz[i] = xyz[i] < 0.59f ? 0.57f : xyz[i];
        }
        float[] out = second(new PointCloud(S, S, xyz), Modality.DEPTH);
        assertEquals((0.1f - 0.485f) / 0.229f, out[3 * (S * S / 2 + S / 2)], 1e-6);
        second(new PointCloud(S, S, xyz), Modality.NORMALS);
    }

    @Test
    void noForegroundIsOneLine() {
        PointCloud flat = new PointCloud(S, S, plane());
        PointCloud nothing = new PointCloud(S, S, new float[3 * S * S]);
        PointCloud tiny = new PointCloud(2, 2, new float[12]);
        for (Modality modality : List.of(Modality.DEPTH, Modality.NORMALS)) {
            try (Preparation preparation = preparation(modality);
                    FloatPointer out = new FloatPointer(3L * S * S)) {
                assertRefused(
                        () -> preparation.second(Part.of("flat", grey(4, 4), flat), out), "flat has no valid point");
                assertRefused(
                        () -> preparation.second(Part.fromFiles("void", "a/b.tiff", grey(4, 4), nothing, null), out),
                        "a/b.tiff has no valid point more than 5 mm off the background plane; check");
            }
        }
        assertRefused(() -> second(tiny, Modality.NORMALS), "part p has only 2x2 points; at least 3x3 are needed");
        for (PointCloud cloud : List.of(nothing, tiny, line())) {
            assertRefused(
                    () -> second(cloud, Modality.METRIC),
                    "part p has no plane below its part: fewer than 12 valid points, or all in one line; check that");
        }
    }

    private static PointCloud line() {
        float[] xyz = new float[3 * S * S];
        for (int i = 0; i < S; i++) {
            xyz[3 * (i * S + 5)] = 0.01f;
            xyz[3 * (i * S + 5) + 1] = 0.001f * i;
            xyz[3 * (i * S + 5) + 2] = 0.6f;
        }
        return new PointCloud(S, S, xyz);
    }

    /**
     * Above a tilted table: a step leans, its foot lies below the surroundings and its edge above; the table is level.
     */
    @Test
    void metricGeometryIsSlopeAndRelief() {
        float[] xyz = block(S, S).xyz().clone();
        for (int i = 0; i < S * S; i++) {
            boolean part = xyz[3 * i + 2] < 0.59f;
            xyz[3 * i + 2] = 0.6f + 0.1f * xyz[3 * i] - 0.05f * xyz[3 * i + 1] - (part ? 0.001f : 0);
        }
        float[] out = second(new PointCloud(S, S, xyz), Modality.METRIC);
        float[] level = {(0.5f - 0.485f) / 0.229f, (0.5f - 0.456f) / 0.224f, (0.5f - 0.406f) / 0.225f};
        int middle = S / 2;
        for (int c = 0; c < 3; c++) {
            assertEquals(level[c], out[3 * (2 * S + 2) + c], 1e-4, "the table");
            assertEquals(level[c], out[3 * (middle * S + middle) + c], 1e-2, "the part's top");
        }
        int foot = 3 * (middle * S + S / 4);
        // Higher to the right: the normal leans to the left, and the right edge's to the right.
        assertTrue(out[foot] < level[0] - 0.15, "left edge, near the table shown in part: " + out[foot]);
        assertTrue(out[3 * (middle * S + 3 * S / 4)] > level[0] + 0.15);
        assertEquals(level[1], out[foot + 1], 1e-4, "no slope along an edge");
        assertTrue(out[foot + 2] < level[2] - 0.1, "the foot lies below its surroundings");
        assertTrue(out[foot + 5] > level[2] + 0.2, "the edge above them");
    }

    private static float[] plane() {
        float[] xyz = block(S, S).xyz().clone();
        for (int i = 2; i < xyz.length; i += 3) {
            xyz[i] = 0.6f;
        }
        return xyz;
    }

    @Test
    void normalImagesArePreparedLikeColours() {
        byte[] pixels = new byte[3 * 40 * 30];
        new Random(5).nextBytes(pixels);
        RgbImage image = new RgbImage(40, 30, pixels);
        Part part = Part.of("candy", image, SurfaceNormals.encoded(image));
        try (Preparation normals = preparation(Modality.NORMALS);
                Preparation depth = preparation(Modality.DEPTH);
                FloatPointer out = new FloatPointer(3L * S * S)) {
            Prepared.second(normals, Part.of("p", grey(4, 4), block(40, 30)), S); // of the same size: other tables
            assertArrayEquals(
                    Prepared.rgb(normals, part, S).values(),
                    Prepared.second(normals, part, S).values());
            assertRefused(() -> depth.second(part, out), "candy", "surface normals", "second modality is depth");
        }
    }

    /** A grabber's memory, with bytes between the rows, gives what a dense array gives. */
    @Test
    void directBuffersAreReadInPlace() {
        byte[] rgb = new byte[3 * 50 * 20];
        new Random(6).nextBytes(rgb);
        PointCloud cloud = block(40, 36);
        ByteBuffer image = ByteBuffer.allocateDirect(20 * 160 + 7).position(7);
        FloatBuffer points = ByteBuffer.allocateDirect(4 * 36 * 130)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        Part direct = Part.of("p", RgbImage.of(image, 50, 20, 160), PointCloud.of(points, 40, 36, 130));
        for (int y = 0; y < 20; y++) {
            image.put(7 + 160 * y, rgb, 150 * y, 150);
        }
        for (int y = 0; y < 36; y++) {
            points.put(130 * y, cloud.xyz(), 120 * y, 120);
        }
        image.position(0); // the image keeps its own view
        assertArrayEquals(rgb, direct.rgb().rgb());
        assertArrayEquals(cloud.xyz(), direct.xyz().xyz());
        Part heap = Part.of("p", new RgbImage(50, 20, rgb), cloud);
        for (Modality modality : Modality.values()) {
            try (Preparation preparation = preparation(modality)) {
                assertArrayEquals(
                        Prepared.rgb(preparation, heap, S).values(),
                        Prepared.rgb(preparation, direct, S).values());
                assertArrayEquals(
                        Prepared.second(preparation, heap, S).values(),
                        Prepared.second(preparation, direct, S).values());
            }
        }
    }

    @Test
    void bfloat16IsTheRoundedFloat() {
        Part part = Part.of("p", grey(40, 30), block(40, 30));
        for (Modality modality : Modality.values()) {
            float[] exact = second(part.xyz(), modality);
            try (Preparation preparation = new Preparation(S, Geometry.unmeasured(modality, S), ElementType.BFLOAT16);
                    ShortPointer out = new ShortPointer(3L * S * S)) {
                preparation.second(part, out);
                for (int i = 0; i < exact.length; i++) {
                    float value = Float.intBitsToFloat(out.get(i) << 16);
                    assertEquals(exact[i], value, Math.abs(exact[i]) / 256);
                }
            }
        }
    }

    /** After the first part of a size the heap stays as it is, from arrays and from buffers. */
    @Test
    void aPartAllocatesNothingOnTheHeap() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        PointCloud cloud = block(40, 36);
        FloatBuffer points = ByteBuffer.allocateDirect(4 * 3 * 40 * 36)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        points.put(0, cloud.xyz());
        ByteBuffer image = ByteBuffer.allocateDirect(3 * 40 * 36);
        List<Part> parts = List.of(
                Part.of("heap", grey(40, 36), cloud),
                Part.of("direct", RgbImage.of(image, 40, 36, 120), PointCloud.of(points, 40, 36, 120)));
        for (Modality modality : Modality.values()) {
            for (Part part : parts) {
                try (Preparation preparation = preparation(modality);
                        FloatPointer out = new FloatPointer(3L * S * S)) {
                    long before = 0;
                    for (int i = 0; i < 4000; i++) {
                        if (i == 3000) {
                            before = threads.getCurrentThreadAllocatedBytes();
                        }
                        preparation.rgb(part, out);
                        preparation.second(part, out);
                    }
                    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
                    // The counter itself may account for a few hundred bytes; one object per call would be 16,000.
                    assertTrue(allocated < 4000, allocated + " bytes in 1,000 parts, " + part.id() + ", " + modality);
                }
            }
        }
    }

    @Test
    void argumentsAreChecked() {
        assertRefusedArgument("size 0", () -> new Preparation(0, Geometry.DEPTH, ElementType.FLOAT32));
        assertRefusedArgument("1 to 31, not 4", () -> new Preparation(S, Geometry.normals(4), ElementType.FLOAT32));
        assertRefusedArgument("1 to 31, not 33", () -> new Preparation(S, Geometry.normals(33), ElementType.FLOAT32));
        assertRefusedArgument("has 11", () -> new RgbImage(2, 2, new byte[11]));
        assertRefusedArgument("0x2", () -> new PointCloud(0, 2, new float[0]));
        ByteBuffer bytes = ByteBuffer.allocateDirect(400);
        assertRefusedArgument("not direct", () -> RgbImage.of(ByteBuffer.allocate(400), 4, 4, 12));
        assertRefusedArgument("stride of 11 bytes", () -> RgbImage.of(bytes, 4, 4, 11));
        assertRefusedArgument("has 400 bytes", () -> RgbImage.of(bytes, 4, 4, 130));
        assertRefusedArgument("need more", () -> RgbImage.of(bytes, 4, 4, Long.MAX_VALUE));
        RgbImage.of(bytes, 4, 4, 129); // ends within a byte of the buffer's end
        assertRefusedArgument(
                "byte order",
                () -> PointCloud.of(bytes.order(ByteOrder.BIG_ENDIAN).asFloatBuffer(), 2, 2, 6));
        ByteBuffer odd = ByteBuffer.allocateDirect(99).position(2).slice().order(ByteOrder.nativeOrder());
        assertRefusedArgument("multiple of 4", () -> PointCloud.of(odd.asFloatBuffer(), 2, 2, 6));
        try (FloatPointer small = new FloatPointer(3L * S * S - 1)) {
            Preparation preparation = preparation(Modality.DEPTH);
            Part part = Part.of("p", grey(4, 4), block(8, 8));
            assertRefusedArgument("room for", () -> preparation.rgb(part, small));
            assertRefusedArgument("room for", () -> preparation.second(part, small));
            preparation.close();
            preparation.close();
            assertThrows(IllegalStateException.class, () -> preparation.rgb(part, small));
        }
    }

    private static void assertRefusedArgument(String mention, Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(mention), message);
    }
}
