package io.trd4j.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Random;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Conversions give what the same arithmetic gives in Java, to the bit, and refuse what they cannot convert. */
class ConversionsTest {
    private static final int WIDTH = 37;
    private static final int HEIGHT = 5;
    private static final float[] NO_NUMBERS = {Float.NaN, Float.NEGATIVE_INFINITY, -0f, 0, Float.MIN_VALUE, 3e38f};

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    private static byte[] bytes(Pixels<byte[], BytePointer> pixels) {
        byte[] all = new byte[3 * pixels.width() * pixels.height()];
        ((ByteBuffer) pixels.buffer()).get(0, all);
        return all;
    }

    private static float[] floats(Pixels<float[], FloatPointer> pixels) {
        float[] all = new float[3 * pixels.width() * pixels.height()];
        ((FloatBuffer) pixels.buffer()).get(0, all);
        return all;
    }

    private static String refused(Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(!message.isEmpty() && !message.contains("\n"), message);
        return message;
    }

    /** @param order which sample of a pixel is red, green and blue */
    @ParameterizedTest
    @CsvSource({"0,3,012", "1,3,210", "2,1,000", "3,4,012", "4,4,210"})
    void coloursOfArraysAndBuffers(int layout, int samples, String order) {
        int stride = samples * WIDTH + 5;
        byte[] dense = new byte[samples * WIDTH * HEIGHT];
        new Random(layout).nextBytes(dense);
        ByteBuffer apart = direct(stride * HEIGHT);
        byte[] expected = new byte[3 * WIDTH * HEIGHT];
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            for (int s = 0; s < samples; s++) {
                apart.put(i / WIDTH * stride + i % WIDTH * samples + s, dense[samples * i + s]);
            }
            for (int c = 0; c < 3; c++) {
                expected[3 * i + c] = dense[samples * i + order.charAt(c) - '0'];
            }
        }
        Pixels<byte[], BytePointer> rgb = Pixels.ofBytes(WIDTH, HEIGHT);
        Conversions.colour(dense, (long) samples * WIDTH, layout, rgb);
        assertArrayEquals(expected, bytes(rgb));
        Pixels<byte[], BytePointer> other = Pixels.ofBytes(WIDTH, HEIGHT);
        Conversions.colour(new BytePointer(apart), stride, layout, other);
        assertArrayEquals(expected, bytes(other));
    }

    @Test
    void everyDepthOfSixteenBits() {
        int side = 256;
        ByteBuffer depth = direct(2 * side * side);
        float[] expected = new float[3 * side * side];
        for (int i = 0; i < side * side; i++) {
            depth.putShort(2 * i, (short) i);
            float z = i * 2.5e-4f;
            expected[3 * i] = (float) ((i % side - 120.25) / 301.5) * z;
            expected[3 * i + 1] = (float) ((i / side - 99.75) / 299) * z;
            expected[3 * i + 2] = z;
        }
        Pixels<float[], FloatPointer> xyz = Pixels.ofFloats(side, side);
        Conversions.depth(
                new BytePointer(depth), 2 * side, Conversions.UINT16, 2.5e-4f, 301.5, 299, 120.25, 99.75, xyz);
        assertArrayEquals(expected, floats(xyz));
    }

    @Test
    void depthsThatAreNoNumbersOrNegative() {
        int stride = 4 * WIDTH + 4;
        ByteBuffer depth = direct(stride * HEIGHT + 1);
        float[] expected = new float[3 * WIDTH * HEIGHT];
        Random random = new Random(1);
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            float raw = i % 3 == 0 ? NO_NUMBERS[i / 3 % NO_NUMBERS.length] : 2000 * random.nextFloat() - 500;
            depth.putFloat(1 + i / WIDTH * stride + 4 * (i % WIDTH), raw);
            float z = raw * 1e-3f;
            expected[3 * i] = (float) ((i % WIDTH - 18.5) / 40) * z;
            expected[3 * i + 1] = (float) ((i / WIDTH + 3.0) / 41) * z;
            expected[3 * i + 2] = z;
        }
        Pixels<float[], FloatPointer> xyz = Pixels.ofFloats(WIDTH, HEIGHT);
        // From an odd address on.
        Conversions.depth(
                new BytePointer(depth.slice(1, stride * HEIGHT)),
                stride,
                Conversions.FLOAT32,
                1e-3f,
                40,
                41,
                18.5,
                -3,
                xyz);
        assertArrayEquals(expected, floats(xyz));
    }

    @ParameterizedTest
    @CsvSource({"1,2,3,0.001,true", "2,-1,3,1,true", "3,2,-1,0.0254,true", "-1,-2,-3,1e-6,false", "2,3,1,1,false"})
    void pointsOfOtherConventions(int x, int y, int z, double metres, boolean marked) {
        FloatPointer missing = marked ? new FloatPointer(-1f, Float.NaN, 65535f) : null;
        for (boolean planar : new boolean[] {false, true}) {
            int stride = (planar ? WIDTH : 3 * WIDTH) + 2;
            FloatBuffer points = direct(4 * stride * HEIGHT * (planar ? 3 : 1)).asFloatBuffer();
            float[] expected = new float[3 * WIDTH * HEIGHT];
            Random random = new Random(2);
            for (int i = 0; i < WIDTH * HEIGHT; i++) {
                float[] channel = new float[3];
                for (int c = 0; c < 3; c++) {
                    channel[c] = random.nextInt(4) == 0
                            ? new float[] {-1, 65535, 1e9f, Float.NaN, -0f}[random.nextInt(5)]
                            : 1000 * random.nextFloat();
                    int row = planar ? (c * HEIGHT + i / WIDTH) * stride : i / WIDTH * stride;
                    points.put(row + (planar ? i % WIDTH : 3 * (i % WIDTH) + c), channel[c]);
                }
                float mark = channel[Math.abs(z) - 1];
                int[] axes = {x, y, z};
                for (int k = 0; k < 3 && !(marked && (mark == -1 || mark == 65535)); k++) {
                    float value = channel[Math.abs(axes[k]) - 1];
                    expected[3 * i + k] = (float) ((axes[k] < 0 ? -value : value) * metres);
                }
            }
            Pixels<float[], FloatPointer> xyz = Pixels.ofFloats(WIDTH, HEIGHT);
            Conversions.points(new FloatPointer(points), 4L * stride, x, y, z, planar, metres, missing, xyz);
            assertArrayEquals(expected, floats(xyz), "planar " + planar);
        }
    }

    @Test
    void whatCannotBeConvertedIsRefused() {
        Pixels<byte[], BytePointer> rgb = Pixels.ofBytes(4, 2);
        Pixels<float[], FloatPointer> xyz = Pixels.ofFloats(4, 2);
        byte[] image = new byte[4 * 4 * 2];
        BytePointer depth = new BytePointer(direct(4 * 4 * 2));
        FloatPointer points = new FloatPointer(direct(12 * 4 * 2).asFloatBuffer());
        assertTrue(refused(() -> Conversions.colour(image, 16, 5, rgb)).contains("layout"));
        assertTrue(refused(() -> Conversions.colour(new byte[22], 11, Conversions.BGR8, rgb))
                .contains("row_stride"));
        assertTrue(refused(() -> Conversions.colour(image, 12, Conversions.BGR8, rgb))
                .contains("an array of 32 bytes"));
        assertTrue(refused(() -> Conversions.colour((BytePointer) null, 12, Conversions.BGR8, rgb))
                .contains("null"));
        assertTrue(refused(() -> Conversions.depth(depth, 16, 2, 1, 1, 1, 0, 0, xyz))
                .contains("type"));
        assertTrue(refused(() -> Conversions.depth(depth, 16, Conversions.FLOAT32, 1, 0, 1, 0, 0, xyz))
                .contains("focal length"));
        assertTrue(refused(() -> Conversions.points(points, 48, 1, 2, 2, false, 1, null, xyz))
                .contains("same channel"));
        assertTrue(refused(() -> Conversions.points(points, 48, 1, 2, 3, false, -1, null, xyz))
                .contains("metres_per_unit"));
        assertTrue(refused(() -> Conversions.points(xyz.pointer, 48, 1, 2, 3, false, 1, null, xyz))
                .contains("overlaps"));
        assertTrue(refused(() -> Pixels.ofFloats(20_000, 20_000)).contains("2 GiB"));
        assertTrue(refused(() -> Pixels.ofBytes(1, 0)).contains("not positive"));
        assertArrayEquals(new float[24], floats(xyz), "a refused call writes nothing");
        assertArrayEquals(new byte[24], bytes(rgb), "a refused call writes nothing");
    }
}
