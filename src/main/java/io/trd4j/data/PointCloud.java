package io.trd4j.data;

import io.trd4j.ops.Pixels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * An organised point cloud in memory that the caller owns: x, y, z in metres of one 3D point per pixel of the sensor,
 * row by row. Not copied; a depth image, and points of another convention, are made such points in memory of this
 * object's own, whenever a part with them is inspected ({@link #update}). A point of which z is 0, or any coordinate is
 * not a number a sensor can measure (NaN, infinite, beyond 1000 km), is missing.
 */
public final class PointCloud {
    /** A coordinate beyond it was not measured. */
    static final float MAX_METRES = 1e6f;

    private final Pixels<float[], FloatPointer> points;
    /** Null where the caller gave points as they are used. */
    private final ConvertedPoints conversion;

    private PointCloud(Pixels<float[], FloatPointer> points) {
        this.points = points;
        conversion = null;
    }

    private PointCloud(ConvertedPoints conversion) {
        this.conversion = conversion;
        points = conversion.pixels();
    }

    /**
     * @param width pixels per row
     * @param height rows
     * @param xyz {@code 3 * width * height} values
     * @throws IllegalArgumentException when it has another length
     */
    public PointCloud(int width, int height, float[] xyz) {
        this(Pixels.of(xyz, width, height));
    }

    /**
     * A point cloud in native memory, a frame grabber's for example, from the buffer's position on. Make it once per
     * buffer: the next frame in the same memory needs no new object.
     *
     * @param rowStride floats from one row to the next, at least {@code 3 * width}
     * @throws IllegalArgumentException when the buffer is not direct, too small, in another byte order or not on a
     *     multiple of 4 bytes, or the stride is too short
     */
    public static PointCloud of(FloatBuffer direct, int width, int height, long rowStride) {
        return new PointCloud(Pixels.of(direct, width, height, rowStride));
    }

    /**
     * The points of a buffer that have another unit, other axes or marks for missing points, as a sensor writes them;
     * made x, y, z in metres whenever a part with them is inspected ({@link #update}). Nothing is checked or guessed
     * here: what is not stated is metres, x, y, z. For an array, see {@link CheckedPoints#of}.
     *
     * @param rowStride floats from one row to the next, at least {@code 3 * width}; of planar axes from one row of a
     *     plane to its next, at least {@code width}, and planes follow each other
     * @throws IllegalArgumentException as {@link #of(FloatBuffer, int, int, long)}
     */
    public static PointCloud of(FloatBuffer direct, int width, int height, long rowStride, PointConvention convention) {
        if (convention.planar()) {
            Pixels.check(direct, width, 3L * height, rowStride, 1, "floats");
            Pixels.checkOrder(direct);
        } else {
            Pixels.of(direct, width, height, rowStride);
        }
        return new PointCloud(new PointConversion(direct, width, height, rowStride, convention));
    }

    /**
     * Points at an address, as C interfaces of sensors give them. Nobody checks that the memory is there: it must stay
     * until the last inspection, or the JVM ends.
     *
     * @param address a multiple of 4
     * @param rowStride floats from one row to the next, at least {@code 3 * width}
     * @throws IllegalArgumentException for address 0, a stride shorter than a row, or 2 GiB and more
     */
    public static PointCloud of(long address, int width, int height, long rowStride) {
        long bytes = Pixels.bytes(width, height, Math.multiplyExact(rowStride, (long) Float.BYTES), 3 * Float.BYTES);
        return of(Pixels.memory(address, bytes).asFloatBuffer(), width, height, rowStride);
    }

    /**
     * The points of a depth image in native memory, from the buffer's position on, in the machine's byte order: a
     * buffer as {@code allocateDirect} gives it claims another, whoever fills it, and must be told with
     * {@code order(ByteOrder.nativeOrder())}.
     *
     * @param rowStride bytes from one row to the next, a multiple of the element's
     * @param metresPerUnit what a depth of 1 is: 0.001 for millimetres
     * @throws IllegalArgumentException when the buffer is not direct, too small or in another byte order, the stride no
     *     multiple or shorter than a row, or the unit not positive
     */
    public static PointCloud ofDepth(
            ByteBuffer direct,
            DepthLayout layout,
            int width,
            int height,
            long rowStride,
            double metresPerUnit,
            Intrinsics intrinsics) {
        if (rowStride % layout.bytes() != 0) {
            throw new IllegalArgumentException("the row stride of " + rowStride + " bytes is no multiple of "
                    + layout.bytes() + ", the bytes of " + layout);
        }
        if (!((float) metresPerUnit > 0 && metresPerUnit < Float.MAX_VALUE)) {
            throw new IllegalArgumentException("metres per unit must be positive, not " + metresPerUnit);
        }
        Pixels.check(direct, width, height, rowStride, layout.bytes(), "bytes");
        if (!direct.order().equals(ByteOrder.nativeOrder())) {
            throw new IllegalArgumentException("the depth buffer's byte order is " + direct.order()
                    + ", this machine's is " + ByteOrder.nativeOrder() + "; fill it in that order and call"
                    + " order(ByteOrder.nativeOrder())");
        }
        return new PointCloud(new DepthConversion(direct, layout, width, height, rowStride, metresPerUnit, intrinsics));
    }

    /**
     * The points of a depth image at an address, for whose memory {@link #of(long, int, int, long)}'s words hold.
     *
     * @throws IllegalArgumentException as the others
     */
    public static PointCloud ofDepth(
            long address,
            DepthLayout layout,
            int width,
            int height,
            long rowStride,
            double metresPerUnit,
            Intrinsics intrinsics) {
        return ofDepth(
                Pixels.memory(address, Pixels.bytes(width, height, rowStride, layout.bytes())),
                layout,
                width,
                height,
                rowStride,
                metresPerUnit,
                intrinsics);
    }

    /**
     * Reads the caller's depth image, or points of another convention, again; {@link #xyz} and {@link #points} are as
     * of the last call. An inspector calls it for every part, so that a frame in the same memory needs nothing else.
     * Allocates nothing.
     */
    public void update() {
        if (conversion != null) {
            conversion.run();
        }
    }

    /** Whether these coordinates, metres, are a point; else it is missing. */
    public static boolean isPoint(float x, float y, float z) {
        // False for NaN.
        return z != 0 && Math.abs(x) <= MAX_METRES && Math.abs(y) <= MAX_METRES && Math.abs(z) <= MAX_METRES;
    }

    /** Points in a row. */
    public int width() {
        return points.width();
    }

    /** Rows of points. */
    public int height() {
        return points.height();
    }

    /**
     * All {@code 3 * width * height} values: the array this cloud was made of, or a dense copy when it was a buffer.
     */
    public float[] xyz() {
        if (points.array() != null) {
            return points.array();
        }
        FloatBuffer from = (FloatBuffer) points.buffer();
        int row = 3 * width();
        float[] copy = new float[Math.multiplyExact(row, height())];
        for (int y = 0; y < height(); y++) {
            from.get(y * points.rowElements(Float.BYTES), copy, y * row, row);
        }
        return copy;
    }

    /** As ops read it. */
    public Pixels<float[], FloatPointer> points() {
        return points;
    }
}
