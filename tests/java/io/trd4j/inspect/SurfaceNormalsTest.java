package io.trd4j.inspect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.SmallModel;
import io.trd4j.data.ColorLayout;
import io.trd4j.data.Part;
import io.trd4j.data.RgbImage;
import io.trd4j.data.SurfaceNormals;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.image.ImageWriter;
import io.trd4j.io.InputException;
import io.trd4j.model.InspectionMode;
import io.trd4j.model.Modality;
import io.trd4j.model.Precision;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Surface normals of any memory give the bits that the same normals give from a file. */
class SurfaceNormalsTest {
    private static final int WIDTH = 61;
    private static final int HEIGHT = 47;
    private static final ByteOrder OTHER_ORDER =
            ByteOrder.nativeOrder().equals(ByteOrder.BIG_ENDIAN) ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    private static final InspectorOptions OPTIONS =
            new InspectorOptions(1, Precision.FP32).withDevice(DeviceChoice.CPU);

    @TempDir
    private static Path folder;

    private static Inspector inspector;
    private static RgbImage rgb;

    @BeforeAll
    static void open() throws IOException {
        inspector = Inspector.open(
                SmallModel.write(folder.resolve("normals.safetensors"), Modality.NORMALS, null), OPTIONS);
        byte[] pixels = new byte[3 * WIDTH * HEIGHT];
        new Random(3).nextBytes(pixels);
        rgb = new RgbImage(WIDTH, HEIGHT, pixels);
    }

    @AfterAll
    static void close() {
        inspector.close();
    }

    /** Of a wavy surface, some of it missing. */
    private static double[] normals(int seed) {
        double[] n = new double[3 * WIDTH * HEIGHT];
        Random random = new Random(seed);
        for (int i = 0; i < n.length; i += 3) {
            if (random.nextInt(9) > 0) {
                n[i] = 0.5 * Math.sin((i / 3 % WIDTH + seed) / 4.0);
                n[i + 1] = 0.4 * Math.cos(i / 3 / WIDTH / 5.0);
                n[i + 2] = Math.sqrt(1 - n[i] * n[i] - n[i + 1] * n[i + 1]);
            }
        }
        return n;
    }

    private static boolean isMissing(double[] n, int i) {
        return n[i / 3 * 3 + 2] == 0;
    }

    /** By the definition: -1 to 1 becomes 0 to 255, missing ones are black. */
    private static byte[] encoded(double[] n) {
        byte[] bytes = new byte[n.length];
        for (int i = 0; i < n.length; i++) {
            bytes[i] = isMissing(n, i) ? 0 : (byte) Math.round((n[i] + 1) / 2 * 255);
        }
        return bytes;
    }

    private static void write(double[] n, FloatBuffer to, int stride, float missing, double length) {
        for (int i = 0; i < n.length; i++) {
            int at = i / (3 * WIDTH) * stride + i % (3 * WIDTH);
            to.put(at, isMissing(n, i) ? missing : (float) (length * n[i]));
        }
    }

    private static FloatBuffer floats(int stride) {
        FloatBuffer floats = ByteBuffer.allocateDirect(Float.BYTES * stride * HEIGHT)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        for (int i = 0; i < floats.capacity(); i++) {
            floats.put(i, 77);
        }
        return floats;
    }

    /** From files, as a part of Eyecandies is read. */
    private static Part fromFiles(int seed) throws IOException {
        Path image = folder.resolve("000_image_4.png");
        Path second = folder.resolve("000_normals.png");
        Files.write(image, ImageWriter.png(rgb));
        Files.write(second, ImageWriter.png(new RgbImage(WIDTH, HEIGHT, encoded(normals(seed)))));
        return PartFiles.of(image, second).load();
    }

    private static float[] result(Part part) {
        return result(inspector, part);
    }

    private static float[] result(Inspector with, Part part) {
        Inspection result = with.newInspection();
        with.inspect(part, result);
        assertEquals(InspectionMode.BOTH, result.mode());
        float[] all = Arrays.copyOf(result.mapDepth(), result.mapDepth().length + 2);
        all[all.length - 2] = result.score();
        all[all.length - 1] = (float) result.quality().validDepthShare();
        assertTrue(Float.isFinite(result.score()));
        return all;
    }

    @Test
    void floatsGiveTheBitsOfTheFile() throws IOException {
        float[] expected = result(fromFiles(1));
        int stride = 3 * WIDTH + 5;
        FloatBuffer memory = floats(stride);
        Part part = Part.of("floats", rgb, SurfaceNormals.of(memory, WIDTH, HEIGHT, stride));
        for (float missing : new float[] {0, Float.NaN, Float.POSITIVE_INFINITY}) {
            write(normals(1), memory, stride, missing, 1);
            assertArrayEquals(expected, result(part), "missing: " + missing);
        }
        // Slightly other lengths are divided by.
        write(normals(1), memory, stride, 0, 0.93);
        assertArrayEquals(expected, result(part));
        // The next frame in the same memory.
        write(normals(2), memory, stride, 0, 1);
        float[] next = result(fromFiles(2));
        assertFalse(Arrays.equals(expected, next));
        assertArrayEquals(next, result(part));
        try (Inspector other = inspector.duplicate()) {
            assertArrayEquals(next, result(other, part));
        }
        Part atAddress =
                Part.of("address", rgb, SurfaceNormals.of(new FloatPointer(memory).address(), WIDTH, HEIGHT, stride));
        assertArrayEquals(next, result(atAddress));
        Reference.reachabilityFence(memory);
    }

    @Test
    void bytesAreReadInPlace() throws IOException {
        float[] expected = result(fromFiles(1));
        byte[] bytes = encoded(normals(1));
        int stride = 3 * WIDTH + 2;
        ByteBuffer memory = ByteBuffer.allocateDirect(stride * HEIGHT);
        SurfaceNormals normals = SurfaceNormals.of(memory, WIDTH, HEIGHT, stride);
        assertEquals(new BytePointer(memory).address(), normals.image().pixels().address());
        for (int y = 0; y < HEIGHT; y++) {
            memory.put(y * stride, bytes, 3 * WIDTH * y, 3 * WIDTH);
        }
        assertArrayEquals(expected, result(Part.of("bytes", rgb, normals)));
        // Of another order: z, y, x.
        byte[] zyx = bytes.clone();
        for (int i = 0; i < zyx.length; i += 3) {
            zyx[i] = bytes[i + 2];
            zyx[i + 2] = bytes[i];
        }
        RgbImage turned = RgbImage.of(zyx, ColorLayout.BGR8, WIDTH, HEIGHT);
        assertArrayEquals(expected, result(Part.of("zyx", rgb, SurfaceNormals.encoded(turned))));
        try (InputBuffers buffers = inspector.newNormalsBuffers("own", WIDTH, HEIGHT, WIDTH, HEIGHT)) {
            buffers.rgb().put(0, rgb.rgb());
            buffers.normals().put(0, bytes);
            assertArrayEquals(expected, result(buffers.part()));
        }
    }

    @Test
    void aPartMayHaveNormalsAlone() throws IOException {
        FloatBuffer memory = floats(3 * WIDTH);
        write(normals(1), memory, 3 * WIDTH, 0, 1);
        InspectorOptions options = OPTIONS.withInputs(InputPolicy.inspectOther());
        try (Inspector alone = Inspector.open(folder.resolve("normals.safetensors"), options)) {
            Inspection result = alone.newInspection();
            alone.inspect(Part.ofNormals("n", SurfaceNormals.of(memory, WIDTH, HEIGHT, 3 * WIDTH)), result);
            assertEquals(InspectionMode.DEPTH_ONLY, result.mode());
            float score = result.score();
            alone.inspect(fromFiles(1).withoutRgb(), result);
            assertEquals(result.score(), score);
            // Nothing was measured.
            write(new double[3 * WIDTH * HEIGHT], memory, 3 * WIDTH, Float.NaN, 1);
            alone.inspect(Part.of("none", rgb, SurfaceNormals.of(memory, WIDTH, HEIGHT, 3 * WIDTH)), result);
            assertEquals(InspectionMode.RGB_ONLY, result.mode());
        }
    }

    /** Points, lengths, encoded directions: in one line, before the network sees it. */
    @Test
    void whatIsNoDirectionIsRefused() {
        int stride = 3 * WIDTH;
        FloatBuffer memory = floats(stride);
        Part part = Part.of("p", rgb, SurfaceNormals.of(memory, WIDTH, HEIGHT, stride));
        double[] encoded = normals(1);
        for (int i = 0; i < encoded.length; i++) {
            encoded[i] = isMissing(normals(1), i) ? 0 : (encoded[i] + 1) / 2;
        }
        for (double[] wrong : new double[][] {normals(1), encoded}) {
            write(wrong, memory, stride, 0, wrong == encoded ? 1 : 100);
            InputException refused = assertThrows(InputException.class, () -> result(part));
            assertTrue(
                    refused.getMessage()
                            .matches("part p has surface normals of which \\d+ % have another length than 1; .*"),
                    refused.getMessage());
        }
        // A few, as at smoothed edges, are no reason.
        write(normals(1), memory, stride, 0, 1);
        for (int i = 0; i < WIDTH * HEIGHT / 20; i++) {
            memory.put(3 * i, 5);
        }
        result(part);
    }

    @Test
    void modelsThatSeeDepthOrGeometryRefuseThem() throws IOException {
        Part part = fromFiles(1);
        for (Modality modality : new Modality[] {Modality.DEPTH, Modality.METRIC}) {
            Path model = SmallModel.write(folder.resolve(modality.key()), modality, null);
            try (Inspector other = Inspector.open(model, OPTIONS.withInputs(InputPolicy.inspectOther()))) {
                InputException refused = assertThrows(InputException.class, () -> result(other, part));
                assertTrue(
                        refused.getMessage()
                                .contains("has surface normals, but the model's second modality is " + modality.key()),
                        refused.getMessage());
            }
        }
    }

    @Test
    void memoryThatDoesNotHoldThemIsRefused() {
        ByteBuffer direct = ByteBuffer.allocateDirect(300).order(ByteOrder.nativeOrder());
        refused("shorter than a row", () -> SurfaceNormals.of(direct.asFloatBuffer(), 5, 5, 14));
        refused("left; 6 rows", () -> SurfaceNormals.of(direct.asFloatBuffer(), 5, 6, 15));
        refused("not direct", () -> SurfaceNormals.of(FloatBuffer.allocate(75), 5, 5, 15));
        refused(
                "byte order",
                () -> SurfaceNormals.of(
                        ByteBuffer.allocateDirect(300).order(OTHER_ORDER).asFloatBuffer(), 5, 5, 15));
        refused("address 0", () -> SurfaceNormals.of(0, 5, 5, 15));
        refused("left; 21 rows", () -> SurfaceNormals.of(direct, 5, 21, 15));
    }

    private static void refused(String words, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(words) && !message.contains("\n"), message);
    }
}
