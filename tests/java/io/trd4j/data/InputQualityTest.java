package io.trd4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Measures of images that are known, against plain references. */
class InputQualityTest {
    private static InputQuality of(RgbImage rgb, PointCloud xyz) {
        InputQuality quality = new InputQuality();
        quality.measure(
                rgb == null ? Part.ofPoints("a", xyz) : xyz == null ? Part.ofRgb("a", rgb) : Part.of("a", rgb, xyz));
        return quality;
    }

    private static List<Double> all(InputQuality q) {
        return List.of(
                (double) q.rgbWidth(),
                (double) q.rgbHeight(),
                (double) q.secondWidth(),
                (double) q.secondHeight(),
                q.red(),
                q.green(),
                q.blue(),
                q.brightness(),
                q.saturatedShare(),
                q.darkShare(),
                q.sharpness(),
                q.validDepthShare(),
                q.meanDepth(),
                q.tiltX(),
                q.tiltY());
    }

    private static byte[] noise(int bytes, int low, int high) {
        byte[] data = new byte[bytes];
        Random random = new Random(5);
        for (int i = 0; i < bytes; i++) {
            data[i] = (byte) (low + random.nextInt(high - low));
        }
        return data;
    }

    /** All pixels are looked at when there are no more than 64 in a row and column. */
    @ParameterizedTest
    @CsvSource({"1,1", "2,3", "3,3", "47,64", "64,5"})
    void smallImagesAreMeasuredCompletely(int width, int height) {
        byte[] rgb = noise(3 * width * height, 0, 256);
        double[] mean = new double[3];
        int saturated = 0;
        int dark = 0;
        double sum = 0;
        double squares = 0;
        double edges = 0;
        int inner = 0;
        int n = width * height;
        int[] grey = new int[n];
        for (int i = 0; i < n; i++) {
            boolean isDark = true;
            boolean isSaturated = false;
            for (int c = 0; c < 3; c++) {
                int v = rgb[3 * i + c] & 255;
                mean[c] += v / (double) n;
                grey[i] += v;
                isDark &= v <= 2;
                isSaturated |= v >= 254;
            }
            saturated += isSaturated ? 1 : 0;
            dark += isDark ? 1 : 0;
            sum += grey[i];
            squares += (double) grey[i] * grey[i];
        }
        for (int y = 1; y < height - 1; y++) {
            for (int x = 1; x < width - 1; x++) {
                int i = y * width + x;
                edges += Math.abs(4 * grey[i] - grey[i - 1] - grey[i + 1] - grey[i - width] - grey[i + width]);
                inner++;
            }
        }
        double deviation = Math.sqrt(squares / n - sum / n * sum / n);
        InputQuality q = of(new RgbImage(width, height, rgb), null);
        assertEquals(
                List.of(width, height, 0, 0), List.of(q.rgbWidth(), q.rgbHeight(), q.secondWidth(), q.secondHeight()));
        assertEquals(mean[0], q.red(), 1e-9);
        assertEquals(mean[1], q.green(), 1e-9);
        assertEquals(mean[2], q.blue(), 1e-9);
        assertEquals(sum / 3 / n, q.brightness(), 1e-9);
        assertEquals(saturated / (double) n, q.saturatedShare(), 1e-12);
        assertEquals(dark / (double) n, q.darkShare(), 1e-12);
        assertEquals(inner == 0 ? 0 : edges / inner / deviation, q.sharpness(), 1e-6);
    }

    @Test
    void largeImagesAreSampledEvenly() {
        // A ramp across 1000 columns and one down 700 rows: the mean of evenly spaced samples is that of all.
        int width = 1000;
        int height = 700;
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < width * height; i++) {
            rgb[3 * i] = (byte) (i % width * 256 / width);
            rgb[3 * i + 1] = (byte) (i / width * 256 / height);
            rgb[3 * i + 2] = (byte) 200;
        }
        InputQuality q = of(new RgbImage(width, height, rgb), null);
        assertEquals(127.5, q.red(), 0.6);
        assertEquals(127.5, q.green(), 0.6);
        assertEquals(200, q.blue());
        // Missing rows are noticed: one tenth of them.
        Arrays.fill(rgb, 0, rgb.length / 10, (byte) 0);
        assertEquals(0.1, of(new RgbImage(width, height, rgb), null).darkShare(), 0.01);
    }

    @Test
    void blurLowersTheSharpnessAndLightDoesNotChangeIt() {
        int side = 60;
        byte[] sharp = noise(3 * side * side, 40, 120);
        double last = of(new RgbImage(side, side, sharp), null).sharpness();
        byte[] brighter = new byte[sharp.length];
        for (int i = 0; i < sharp.length; i++) {
            brighter[i] = (byte) (2 * sharp[i] + 10);
        }
        assertEquals(last, of(new RgbImage(side, side, brighter), null).sharpness(), 1e-9);
        byte[] image = sharp;
        for (int round = 0; round < 4; round++) {
            byte[] blurred = image.clone();
            for (int y = 1; y < side - 1; y++) {
                for (int i = 3; i < 3 * side - 3; i++) {
                    int at = 3 * y * side + i;
                    int sum = 0;
                    for (int down = -1; down <= 1; down++) {
                        for (int across = -1; across <= 1; across++) {
                            sum += image[at + 3 * (down * side + across)] & 255;
                        }
                    }
                    blurred[at] = (byte) (sum / 9);
                }
            }
            image = blurred;
            double now = of(new RgbImage(side, side, image), null).sharpness();
            assertTrue(now < 0.9 * last, now + " after " + last);
            last = now;
        }
    }

    @Test
    void aPlaneIsFoundWhateverIsMissing() {
        int width = 300;
        int height = 170;
        float[] xyz = new float[3 * width * height];
        for (int i = 0; i < width * height; i++) {
            double x = 1e-3 * (i % width) - 0.2;
            double y = 1e-3 * (i / width) + 5;
            xyz[3 * i] = (float) x;
            xyz[3 * i + 1] = (float) y;
            xyz[3 * i + 2] = (float) (0.6 + Math.tan(Math.toRadians(10)) * x - Math.tan(Math.toRadians(4)) * (y - 5));
        }
        InputQuality q = of(null, new PointCloud(width, height, xyz));
        assertEquals(
                List.of(0, 0, width, height), List.of(q.rgbWidth(), q.rgbHeight(), q.secondWidth(), q.secondHeight()));
        assertEquals(1, q.validDepthShare());
        assertEquals(10, q.tiltX(), 1e-3);
        assertEquals(-4, q.tiltY(), 1e-3);
        double middle = 0.6 + Math.tan(Math.toRadians(10)) * (0.1495 - 0.2) - Math.tan(Math.toRadians(4)) * 0.0845;
        assertEquals(middle, q.meanDepth(), 1e-3);
        // Half of the rows dropped, in every way in which a point can be missing.
        float[] kinds = {0, Float.NaN, Float.POSITIVE_INFINITY, -2e6f};
        for (int row = 0; row < height; row += 2) {
            for (int u = 0; u < width; u++) {
                xyz[3 * (row * width + u) + 2] = kinds[u % kinds.length];
            }
        }
        q = of(null, new PointCloud(width, height, xyz));
        assertEquals(0.5, q.validDepthShare(), 0.02);
        assertEquals(10, q.tiltX(), 1e-3);
        assertEquals(-4, q.tiltY(), 1e-3);
    }

    @Test
    void everyInputGivesFiniteNumbers() {
        for (float value : new float[] {0, Float.NaN, Float.NEGATIVE_INFINITY, 1e6f, 1e30f, Float.MIN_VALUE, 1}) {
            for (int side : new int[] {1, 2, 200}) {
                float[] xyz = new float[3 * side * side];
                Arrays.fill(xyz, value);
                InputQuality q = of(null, new PointCloud(side, side, xyz));
                assertTrue(all(q).stream().allMatch(Double::isFinite), value + " " + all(q));
                assertEquals(
                        value == 1 || value == 1e6f || value == Float.MIN_VALUE ? 1 : 0,
                        q.validDepthShare(),
                        "share of " + value);
            }
        }
        byte[] white = new byte[3 * 50 * 50];
        Arrays.fill(white, (byte) 255);
        InputQuality q = of(new RgbImage(50, 50, white), null);
        assertEquals(List.of(1.0, 0.0, 0.0), List.of(q.saturatedShare(), q.darkShare(), q.sharpness()));
        assertFalse(q.black());
        q = of(new RgbImage(50, 50, new byte[white.length]), null);
        assertTrue(q.black());
        q.measure(Part.ofPoints("b", new PointCloud(1, 1, new float[3])));
        assertFalse(q.black(), "of a missing image nothing is known");
        assertEquals(0, q.brightness());
    }

    @Test
    void normalImagesCountWhatIsNotBlack() {
        byte[] normals = noise(3 * 60 * 40, 100, 200);
        Arrays.fill(normals, 0, normals.length / 4, (byte) 0);
        InputQuality q = new InputQuality();
        q.measure(Part.of("a", new RgbImage(1, 1, new byte[3]), SurfaceNormals.encoded(new RgbImage(60, 40, normals))));
        assertEquals(0.75, q.validDepthShare());
        assertEquals(List.of(60, 40), List.of(q.secondWidth(), q.secondHeight()));
        assertEquals(0, q.meanDepth());
    }

    /** A frame grabber's memory, rows apart, gives the numbers of an array; and nothing is allocated for either. */
    @Test
    void buffersAreReadInPlace() {
        int width = 201;
        int height = 133;
        byte[] rgb = noise(3 * width * height, 0, 256);
        float[] xyz = new float[3 * width * height];
        Random random = new Random(2);
        for (int i = 0; i < xyz.length; i++) {
            xyz[i] = random.nextInt(5) == 0 ? 0 : random.nextFloat();
        }
        int rgbStride = 3 * width + 11;
        int xyzStride = 3 * width + 2;
        ByteBuffer colour = ByteBuffer.allocateDirect(rgbStride * height);
        FloatBuffer points = ByteBuffer.allocateDirect(4 * xyzStride * height)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        for (int y = 0; y < height; y++) {
            colour.put(y * rgbStride, rgb, 3 * width * y, 3 * width);
            points.put(y * xyzStride, xyz, 3 * width * y, 3 * width);
        }
        Part arrays = Part.of("a", new RgbImage(width, height, rgb), new PointCloud(width, height, xyz));
        Part buffers = Part.of(
                "a", RgbImage.of(colour, width, height, rgbStride), PointCloud.of(points, width, height, xyzStride));
        InputQuality expected = new InputQuality();
        expected.measure(arrays);
        InputQuality q = new InputQuality();
        q.measure(buffers);
        assertEquals(all(expected), all(q));

        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 20; i++) {
                q.measure(arrays);
                q.measure(buffers);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(0, least);
    }
}
