package io.trd4j.data;

import io.trd4j.ops.Conversions;
import io.trd4j.ops.Pixels;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/** From a sensor's points of another convention to points in memory of its own, again and again without allocating. */
final class PointConversion implements ConvertedPoints {
    /** Keeps the caller's memory reachable. */
    private final FloatBuffer source;

    private final FloatPointer pointer;
    private final long rowStride;
    private final PointAxes axes;
    private final double metresPerUnit;
    /** Values of z that mark missing points; null for none, as their pointer. */
    private final FloatBuffer marks;

    private final FloatPointer missing;
    private final Pixels<float[], FloatPointer> points;

    /** @param rowStride floats from one row to the next; of planar points, from one row of a plane to its next */
    PointConversion(FloatBuffer direct, int width, int height, long rowStride, PointConvention convention) {
        source = direct.slice();
        this.rowStride = Math.multiplyExact(rowStride, (long) Float.BYTES);
        axes = convention.axes() == null ? PointAxes.XYZ : convention.axes();
        metresPerUnit = convention.metresPerUnit() == null ? 1 : convention.metresPerUnit();
        marks = convention.missing().isEmpty() ? null : direct(convention.missing());
        points = Pixels.ofFloats(width, height);
        pointer = new FloatPointer(source);
        missing = marks == null ? null : new FloatPointer(marks);
        run();
    }

    private static FloatBuffer direct(List<Float> values) {
        FloatBuffer buffer = ByteBuffer.allocateDirect(Math.multiplyExact(Float.BYTES, values.size()))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        for (int i = 0; i < values.size(); i++) {
            buffer.put(i, values.get(i));
        }
        return buffer;
    }

    @Override
    public void run() {
        Conversions.points(
                pointer, rowStride, axes.x(), axes.y(), axes.z(), axes.planar(), metresPerUnit, missing, points);
        Reference.reachabilityFence(source);
        Reference.reachabilityFence(marks);
    }

    @Override
    public Pixels<float[], FloatPointer> pixels() {
        return points;
    }
}
