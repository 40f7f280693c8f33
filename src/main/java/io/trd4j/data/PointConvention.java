package io.trd4j.data;

import java.util.List;

/**
 * How the numbers of a point cloud are meant: their unit, the order and signs of their axes, and the values that mark
 * missing points. Of what is not stated, trd4j's own convention is assumed (x, y, z in metres, z away from the camera).
 * {@link CheckedPoints} follows it.
 *
 * @param metresPerUnit 0.001 for millimetres; null = not stated: metres
 * @param axes null = not stated: x, y, z
 * @param missing values of z, in the cloud's own unit, that mark missing points, besides 0 and what is not finite
 */
public record PointConvention(Double metresPerUnit, PointAxes axes, List<Float> missing) {
    /** Nothing is stated. */
    public static final PointConvention UNSTATED = new PointConvention(null, null, List.of());

    public PointConvention {
        if (metresPerUnit != null && !(metresPerUnit >= 1e-12 && metresPerUnit <= 1e6)) {
            throw new IllegalArgumentException("metres per unit must be positive, not " + metresPerUnit);
        }
        missing = List.copyOf(missing);
    }

    /** The same with a stated unit: 1 for metres, 0.001 for millimetres. */
    public PointConvention withMetresPerUnit(double metres) {
        return new PointConvention(metres, axes, missing);
    }

    /** The same with stated axes. */
    public PointConvention withAxes(PointAxes newAxes) {
        return new PointConvention(metresPerUnit, newAxes, missing);
    }

    /** The same with other values that mark missing points. */
    public PointConvention withMissing(List<Float> values) {
        return new PointConvention(metresPerUnit, axes, values);
    }

    /** Whether the first of n points' coordinates come first, then the second ones. */
    boolean planar() {
        return axes != null && axes.planar();
    }

    /** Makes n points x, y, z in their own unit; those marked as missing 0. */
    void arrange(float[] from, float[] to, int n) {
        PointAxes by = axes == null ? PointAxes.XYZ : axes;
        int point = by.planar() ? 1 : 3;
        int channel = by.planar() ? n : 1;
        for (int i = 0; i < n; i++) {
            float z = coordinate(from, i * point, by.z(), channel);
            boolean there = !isMissing(by.z() > 0 ? z : -z);
            to[3 * i] = there ? coordinate(from, i * point, by.x(), channel) : 0;
            to[3 * i + 1] = there ? coordinate(from, i * point, by.y(), channel) : 0;
            to[3 * i + 2] = there ? z : 0;
        }
    }

    private static float coordinate(float[] from, int start, int axis, int step) {
        float value = from[start + (Math.abs(axis) - 1) * step];
        return axis < 0 ? -value : value;
    }

    /** @param z as the cloud has it */
    private boolean isMissing(float z) {
        for (int i = 0; i < missing.size(); i++) {
            if (missing.get(i) == z) {
                return true;
            }
        }
        return false;
    }

    void scale(float[] points) {
        double unit = metresPerUnit;
        for (int i = 0; i < points.length; i++) {
            points[i] = (float) (points[i] * unit);
        }
    }
}
