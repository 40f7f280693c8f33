package io.trd4j.data;

import io.trd4j.ops.Pixels;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * An organised point cloud in memory that the caller owns: x, y, z in metres of one 3D point per pixel of the sensor, row by
 * row. Not copied. A point of which z is 0, or any coordinate is not a number a sensor can measure (NaN, infinite, beyond
 * 1000 km), is missing.
 */
public final class PointCloud {
    private static final float MAX_METRES = 1e6f;

    private final Pixels<float[], FloatPointer> points;

    private PointCloud(Pixels<float[], FloatPointer> points) {
        this.points = points;
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
     * A point cloud in native memory, a frame grabber's for example, from the buffer's position on. Make it once per buffer:
     * the next frame in the same memory needs no new object.
     *
     * @param rowStride floats from one row to the next, at least {@code 3 * width}
     * @throws IllegalArgumentException when the buffer is not direct, too small, in another byte order or not on a multiple
     *     of 4 bytes, or the stride is too short
     */
    public static PointCloud of(FloatBuffer direct, int width, int height, long rowStride) {
        return new PointCloud(Pixels.of(direct, width, height, rowStride));
    }

    /** Whether these coordinates, metres, are a point; else it is missing. */
    public static boolean isPoint(float x, float y, float z) {
        // False for NaN.
        return z != 0 && Math.abs(x) <= MAX_METRES && Math.abs(y) <= MAX_METRES && Math.abs(z) <= MAX_METRES;
    }

    public int width() {
        return points.width();
    }

    public int height() {
        return points.height();
    }

    /** All {@code 3 * width * height} values: the array this cloud was made of, or a dense copy when it was a buffer. */
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
