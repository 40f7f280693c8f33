package io.trd4j.inspect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.trd4j.data.ColorLayout;
import io.trd4j.data.DepthLayout;
import io.trd4j.data.Intrinsics;
import io.trd4j.data.Part;
import io.trd4j.data.PointAxes;
import io.trd4j.data.PointCloud;
import io.trd4j.data.PointConvention;
import io.trd4j.data.RgbImage;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.io.InputException;
import io.trd4j.model.Backbone;
import io.trd4j.model.Geometry;
import io.trd4j.model.Precision;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Random;
import org.bytedeco.javacpp.BytePointer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever layout a camera writes, the result has the bits that the same pixels and points give as plain arrays. */
class InputLayoutTest {
    private static final int SIZE = 32;
    private static final int WIDTH = 61;
    private static final int HEIGHT = 47;
    private static final ByteOrder OTHER_ORDER =
            ByteOrder.nativeOrder().equals(ByteOrder.BIG_ENDIAN) ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    private static final Intrinsics CAMERA = new Intrinsics(80.5, 79, 30.25, 22);
    private static Inspector inspector;
    /** Two frames of the same camera. */
    private static final byte[][] RGB = {frame(1), frame(2)};

    private static final int[][] DEPTH = {depth(1), depth(2)};

    @BeforeAll
    static void open() {
        inspector = Inspector.random(
                Backbone.RESNET18,
                SIZE,
                Geometry.DEPTH,
                new InspectorOptions(1, Precision.FP32).withDevice(DeviceChoice.CPU));
    }

    @AfterAll
    static void close() {
        inspector.close();
    }

    private static byte[] frame(int seed) {
        byte[] rgb = new byte[3 * WIDTH * HEIGHT];
        new Random(seed).nextBytes(rgb);
        return rgb;
    }

    /**
     * Of a ball on a table, in tenths of a millimetre; some points are missing. Beyond 32767, where a short turns
     * negative.
     */
    private static int[] depth(int seed) {
        int[] z = new int[WIDTH * HEIGHT];
        Random random = new Random(seed);
        for (int i = 0; i < z.length; i++) {
            double away = Math.hypot(i % WIDTH - 30 - seed, i / WIDTH - 23);
            z[i] = random.nextInt(9) == 0 ? 0 : (int) (40000 - (away < 15 ? 8 * (225 - away * away) : 0));
        }
        return z;
    }

    private static float[] map(Part part) {
        Inspection result = inspector.newInspection();
        inspector.inspect(part, result);
        assertTrue(Float.isFinite(result.score()));
        float[] all = new float[3 * result.map().length + 3];
        System.arraycopy(result.map(), 0, all, 0, result.map().length);
        System.arraycopy(result.mapRgb(), 0, all, result.map().length, result.map().length);
        System.arraycopy(result.mapDepth(), 0, all, 2 * result.map().length, result.map().length);
        all[all.length - 3] = result.score();
        all[all.length - 2] = result.scoreRgb();
        all[all.length - 1] = result.scoreDepth();
        return all;
    }

    /** The points of a frame by the definition. */
    private static PointCloud points(int[] depth, double unit) {
        float[] xyz = new float[3 * depth.length];
        for (int i = 0; i < depth.length; i++) {
            float z = depth[i] * (float) unit;
            xyz[3 * i] = (float) ((i % WIDTH - CAMERA.cx()) / CAMERA.fx()) * z;
            xyz[3 * i + 1] = (float) ((i / WIDTH - CAMERA.cy()) / CAMERA.fy()) * z;
            xyz[3 * i + 2] = z;
        }
        return new PointCloud(WIDTH, HEIGHT, xyz);
    }

    /** The pixels that a camera of this layout sees of a frame. */
    private static byte[] seen(byte[] rgb, ColorLayout layout) {
        byte[] seen = rgb.clone();
        for (int i = 0; layout == ColorLayout.GRAY8 && i < rgb.length; i++) {
            seen[i] = rgb[i / 3 * 3];
        }
        return seen;
    }

    /** Rows as the camera writes them, with something else between them. */
    private static void write(byte[] rgb, ColorLayout layout, ByteBuffer to, int at, int stride) {
        int[] order = switch (layout) {
            case RGB8 -> new int[] {0, 1, 2};
            case BGR8 -> new int[] {2, 1, 0};
            case GRAY8 -> new int[] {0};
            case RGBA8 -> new int[] {0, 1, 2, -1};
            case BGRA8 -> new int[] {2, 1, 0, -1};
        };
        Random other = new Random(9);
        for (int i = 0; i < to.capacity(); i++) {
            to.put(i, (byte) other.nextInt());
        }
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                for (int s = 0; s < order.length; s++) {
                    if (order[s] >= 0) {
                        to.put(at + y * stride + x * order.length + s, rgb[3 * (y * WIDTH + x) + order[s]]);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyColourLayoutGivesTheBitsOfPlainPixels(ColorLayout layout) {
        int stride = layout.samples() * WIDTH + 7;
        int begin = 5;
        ByteBuffer memory = ByteBuffer.allocateDirect(begin + stride * HEIGHT);
        byte[] dense = new byte[layout.samples() * WIDTH * HEIGHT];
        PointCloud cloud = points(DEPTH[0], 1e-4);
        write(RGB[0], layout, memory, begin, stride);
        write(RGB[0], layout, ByteBuffer.wrap(dense), 0, layout.samples() * WIDTH);
        Part[] parts = {
            Part.of("buffer", RgbImage.of(memory.duplicate().position(begin), layout, WIDTH, HEIGHT, stride), cloud),
            Part.of(
                    "address",
                    RgbImage.of(new BytePointer(memory).address() + begin, layout, WIDTH, HEIGHT, stride),
                    cloud),
            Part.of("array", RgbImage.of(dense, layout, WIDTH, HEIGHT), cloud)
        };
        for (byte[] frame : RGB) {
            write(frame, layout, memory, begin, stride);
            write(frame, layout, ByteBuffer.wrap(dense), 0, layout.samples() * WIDTH);
            byte[] seen = seen(frame, layout);
            float[] expected = map(Part.of("plain", new RgbImage(WIDTH, HEIGHT, seen), cloud));
            for (Part part : parts) {
                assertArrayEquals(
                        expected, map(part), layout + " " + part.id() + ": the next frame needs no new object");
                assertArrayEquals(seen, part.rgb().rgb(), "what pictures are made of");
            }
        }
        Reference.reachabilityFence(memory);
    }

    @ParameterizedTest
    @EnumSource
    void everyDepthLayoutGivesTheBitsOfPlainPoints(DepthLayout layout) {
        int stride = layout.bytes() * (WIDTH + 3);
        double unit = layout == DepthLayout.UINT16 ? 1e-4 : 2e-4;
        // Behind a header of odd length.
        int begin = 3;
        ByteBuffer all = ByteBuffer.allocateDirect(begin + stride * HEIGHT);
        ByteBuffer memory = all.slice(begin, stride * HEIGHT).order(ByteOrder.nativeOrder());
        RgbImage image = new RgbImage(WIDTH, HEIGHT, RGB[0]);
        Part[] parts = new Part[2];
        for (int[] frame : DEPTH) {
            for (int i = 0; i < frame.length; i++) {
                int at = i / WIDTH * stride + i % WIDTH * layout.bytes();
                if (layout == DepthLayout.UINT16) {
                    memory.putShort(at, (short) frame[i]);
                } else {
                    memory.putFloat(at, frame[i]);
                }
            }
            if (parts[0] == null) {
                parts[0] = Part.of(
                        "buffer", image, PointCloud.ofDepth(memory, layout, WIDTH, HEIGHT, stride, unit, CAMERA));
                parts[1] = Part.of(
                        "address",
                        image,
                        PointCloud.ofDepth(
                                new BytePointer(memory).address(), layout, WIDTH, HEIGHT, stride, unit, CAMERA));
            }
            PointCloud plain = points(frame, unit);
            float[] expected = map(Part.of("plain", image, plain));
            for (Part part : parts) {
                assertArrayEquals(expected, map(part), layout + " " + part.id());
                assertArrayEquals(plain.xyz(), part.xyz().xyz());
            }
        }
        // A depth that is not a number is a missing point; without any, the part is refused as ever.
        for (int at = 0; at < memory.capacity(); at += layout.bytes()) {
            if (layout == DepthLayout.FLOAT32) {
                memory.putFloat(at, Float.NaN);
            } else {
                memory.putShort(at, (short) 0);
            }
        }
        String message = assertThrows(InputException.class, () -> map(parts[0])).getMessage();
        assertTrue(message.startsWith("part buffer has no valid point"), message);
        Reference.reachabilityFence(memory);
    }

    @Test
    void pointsAtAnAddressAreReadInPlace() {
        int stride = 3 * WIDTH + 4;
        ByteBuffer memory = ByteBuffer.allocateDirect(4 * stride * HEIGHT).order(ByteOrder.nativeOrder());
        RgbImage image = new RgbImage(WIDTH, HEIGHT, RGB[0]);
        PointCloud plain = points(DEPTH[1], 1e-4);
        PointCloud cloud = PointCloud.of(new BytePointer(memory).address(), WIDTH, HEIGHT, stride);
        for (int y = 0; y < HEIGHT; y++) {
            memory.asFloatBuffer().put(y * stride, plain.xyz(), 3 * WIDTH * y, 3 * WIDTH);
        }
        assertArrayEquals(map(Part.of("plain", image, plain)), map(Part.of("address", image, cloud)));
        assertEquals(new BytePointer(memory).address(), cloud.points().address());
        Reference.reachabilityFence(memory);
    }

    @Test
    void convertingAllocatesNothing() {
        ByteBuffer bgra = ByteBuffer.allocateDirect(4 * WIDTH * HEIGHT);
        write(RGB[0], ColorLayout.BGRA8, bgra, 0, 4 * WIDTH);
        ByteBuffer z = ByteBuffer.allocateDirect(2 * WIDTH * HEIGHT).order(ByteOrder.nativeOrder());
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            z.putShort(2 * i, (short) DEPTH[0][i]);
        }
        Part part = Part.of(
                "a",
                RgbImage.of(bgra, ColorLayout.BGRA8, WIDTH, HEIGHT, 4 * WIDTH),
                PointCloud.ofDepth(z, DepthLayout.UINT16, WIDTH, HEIGHT, 2 * WIDTH, 1e-4, CAMERA));
        Inspection result = inspector.newInspection();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 6; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 15; i++) {
                inspector.inspect(part, result);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(0, least);
    }

    @Test
    void memoryThatDoesNotHoldTheImageIsRefused() {
        ByteBuffer direct = ByteBuffer.allocateDirect(100).order(ByteOrder.nativeOrder());
        refused("shorter than a row", () -> RgbImage.of(direct, ColorLayout.RGBA8, 5, 5, 19));
        refused("has 100 bytes left", () -> RgbImage.of(direct, ColorLayout.RGBA8, 5, 6, 20));
        refused("not direct", () -> RgbImage.of(ByteBuffer.allocate(100), ColorLayout.GRAY8, 5, 5, 5));
        refused("not positive", () -> RgbImage.of(direct, ColorLayout.GRAY8, 0, 5, 5));
        refused("need 25 bytes; the array has 24", () -> RgbImage.of(new byte[24], ColorLayout.GRAY8, 5, 5));
        refused("address 0", () -> RgbImage.of(0, ColorLayout.BGR8, 5, 5, 15));
        refused("address 0", () -> PointCloud.of(0, 5, 5, 15));
        refused("shorter than a row", () -> RgbImage.of(1 << 20, ColorLayout.BGR8, 5, 5, 14));
        refused("no buffer of", () -> RgbImage.of(1 << 20, ColorLayout.BGR8, 50_000, 50_000, 150_000));
        // What is read would fit, what is made of it not.
        refused("2 GiB", () -> RgbImage.of(1 << 20, ColorLayout.GRAY8, 40_000, 40_000, 40_000));
        refused("2 GiB", () -> PointCloud.ofDepth(1 << 20, DepthLayout.UINT16, 20_000, 20_000, 40_000, 1e-3, CAMERA));
        for (long stride : new long[] {1L << 31, 1L << 61, Long.MAX_VALUE}) {
            refused("longer than any buffer", () -> RgbImage.of(direct, ColorLayout.BGR8, 5, 1, stride));
            refused("longer than any buffer", () -> RgbImage.of(direct, 5, 1, stride));
            for (PointAxes axes : new PointAxes[] {PointAxes.XYZ, PointAxes.of("planar")}) {
                PointConvention convention = PointConvention.UNSTATED.withAxes(axes);
                refused("stride of", () -> PointCloud.of(direct.asFloatBuffer(), 5, 1, stride, convention));
            }
        }
        PointConvention planes = PointConvention.UNSTATED.withAxes(PointAxes.of("planar"));
        refused("has 25 floats left", () -> PointCloud.of(direct.asFloatBuffer(), 3, 3, 3, planes));
        refused("not positive", () -> PointCloud.of(direct.asFloatBuffer(), 3, Integer.MIN_VALUE, 3, planes));
        refused("shorter than a row", () -> PointCloud.of(direct.asFloatBuffer(), 3, 2, 2, planes));
        FloatBuffer swapped = direct.duplicate().order(OTHER_ORDER).asFloatBuffer();
        refused("byte order", () -> PointCloud.of(swapped, 3, 2, 3, planes));
        refused("multiple of 4", () -> PointCloud.of(new BytePointer(direct).address() + 1, 1, 1, 3));
        ByteBuffer foreign = direct.duplicate().order(OTHER_ORDER);
        refused("byte order", () -> PointCloud.ofDepth(foreign, DepthLayout.UINT16, 5, 5, 10, 1e-3, CAMERA));
        refused("no multiple of 2", () -> PointCloud.ofDepth(direct, DepthLayout.UINT16, 5, 5, 11, 1e-3, CAMERA));
        refused("has 100 bytes left", () -> PointCloud.ofDepth(direct, DepthLayout.FLOAT32, 5, 6, 20, 1e-3, CAMERA));
        for (double unit : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            refused("metres per unit", () -> PointCloud.ofDepth(direct, DepthLayout.UINT16, 5, 5, 10, unit, CAMERA));
        }
        refused("intrinsics", () -> new Intrinsics(0, 1, 1, 1));
        refused("intrinsics", () -> new Intrinsics(1, 1, Double.NaN, 1));
    }

    private static void refused(String words, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(words) && !message.contains("\n"), message);
    }

    /**
     * The same part from the synthetic camera: sizes that are no multiples of anything, colour and depth of different
     * size.
     */
    @Test
    void sizesMayDiffer() {
        Part part = SyntheticParts.part(SyntheticProduct.RING, 96, 2);
        byte[] rgb = new byte[3 * 33 * 21];
        System.arraycopy(part.rgb().rgb(), 3 * 96 * 40, rgb, 0, rgb.length);
        byte[] bgr = rgb.clone();
        for (int i = 0; i < rgb.length; i += 3) {
            bgr[i] = rgb[i + 2];
            bgr[i + 2] = rgb[i];
        }
        assertArrayEquals(
                map(Part.of("rgb", new RgbImage(33, 21, rgb), part.xyz())),
                map(Part.of("bgr", RgbImage.of(bgr, ColorLayout.BGR8, 33, 21), part.xyz())));
    }
}
