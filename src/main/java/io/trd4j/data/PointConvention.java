package io.trd4j.data;

import io.trd4j.io.InputException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the numbers of a point cloud are meant: their unit, the order and signs of their axes, and the values that mark
 * missing points. Of what is not stated, trd4j's own convention is assumed ({@link PointCloud}) and checked: clouds
 * that cannot follow it are refused, with the statement that would mend it.
 *
 * @param metresPerUnit 0.001 for millimetres; null = not stated: metres
 * @param axes null = not stated: x, y, z
 * @param missing values of z, in the cloud's own unit, that mark missing points, besides 0 and what is not finite
 */
public record PointConvention(Double metresPerUnit, PointAxes axes, List<Float> missing) {
    /** Nothing is stated. */
    public static final PointConvention UNSTATED = new PointConvention(null, null, List.of());

    private static final Logger LOG = LoggerFactory.getLogger(PointConvention.class);
    /** Said once each: all parts of a category have the same. */
    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

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

    /**
     * The points in metres, as x, y, z, with missing ones 0. A cloud that is that already is returned as it is; the
     * given one is never changed.
     *
     * <p>Where nothing is stated about missing points, values that recur bit for bit far from all others are taken as
     * such, and logged.
     *
     * @param source what messages call it: the file
     * @throws InputException one line, when the points are not organised, or their unit or axes cannot be those assumed
     *     or stated
     */
    public PointCloud apply(String source, PointCloud cloud) {
        requireOrganised(source, cloud);
        float[] own = cloud.points().array();
        float[] points = converted(cloud);
        MissingPoints marked = MissingPoints.of(points, Math.max(cloud.width(), cloud.height()));
        if (marked != null) {
            points = marked.removed();
            if (SAID.add(marked.values())) {
                LOG.warn(
                        "{}: {} points hold {}, as no others do: taken as missing; --missing-value says which value "
                                + "marks missing points",
                        source,
                        marked.count(),
                        marked.values());
            }
        }
        if (axes == null) {
            PointSample sample = new PointSample();
            sample.read(new PointCloud(cloud.width(), cloud.height(), points), MissingPoints.LIMIT);
            AxesCheck.check(source, sample);
        }
        if (metresPerUnit != null && metresPerUnit != 1) {
            points = points == own ? points.clone() : points;
            scale(points);
        }
        PointCloud result = points == own ? cloud : new PointCloud(cloud.width(), cloud.height(), points);
        InputQuality quality = new InputQuality();
        quality.measure(result, MissingPoints.LIMIT);
        String problem = PointScale.problem(quality, metresPerUnit);
        if (problem != null) {
            throw new InputException(source + " " + problem);
        }
        return result;
    }

    private static void requireOrganised(String source, PointCloud cloud) {
        int shorter = Math.min(cloud.width(), cloud.height());
        int longer = Math.max(cloud.width(), cloud.height());
        // Tiny ones are refused where neighbours are needed, by their size.
        if (shorter < 3 && longer >= 16) {
            throw new InputException(source + " has " + cloud.height() + " x " + cloud.width()
                    + " points, a list and no organised cloud; give one point per pixel of the sensor, H x W x 3");
        }
    }

    /**
     * In the cloud's own unit, with the stated axes and missing points; the cloud's own array where nothing changes.
     */
    private float[] converted(PointCloud cloud) {
        float[] from = cloud.xyz();
        boolean ordered = axes == null || axes.equals(PointAxes.XYZ);
        if (ordered && missing.isEmpty()) {
            return from;
        }
        float[] to = new float[from.length];
        arrange(from, to, from.length / 3);
        return to;
    }

    /** Whether the first of n points' coordinates come first, then the second ones. */
    boolean planar() {
        return axes != null && axes.planar();
    }

    /** Makes n points x, y, z in metres; those marked as missing 0. Allocates nothing. */
    void convert(float[] from, float[] to, int n) {
        arrange(from, to, n);
        if (metresPerUnit != null) {
            scale(to);
        }
    }

    private void arrange(float[] from, float[] to, int n) {
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
    boolean isMissing(float z) {
        for (int i = 0; i < missing.size(); i++) {
            if (missing.get(i) == z) {
                return true;
            }
        }
        return false;
    }

    private void scale(float[] points) {
        double unit = metresPerUnit;
        for (int i = 0; i < points.length; i++) {
            points[i] = (float) (points[i] * unit);
        }
    }
}
