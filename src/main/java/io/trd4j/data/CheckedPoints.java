package io.trd4j.data;

import io.trd4j.io.InputException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes points follow trd4j's convention by what is stated of theirs, and checks what is not: clouds that cannot follow
 * it are refused, with the statement that would mend it.
 */
public final class CheckedPoints {
    private static final Logger LOG = LoggerFactory.getLogger(CheckedPoints.class);
    /** Said once each: all parts of a category have the same. */
    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

    private CheckedPoints() {}

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
    public static PointCloud of(String source, PointCloud cloud, PointConvention convention) {
        requireOrganised(source, cloud);
        float[] own = cloud.points().array();
        float[] points = arranged(cloud, convention);
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
        if (convention.axes() == null) {
            PointSample sample = new PointSample();
            sample.read(new PointCloud(cloud.width(), cloud.height(), points), MissingPoints.LIMIT);
            AxesCheck.check(source, sample);
        }
        Double unit = convention.metresPerUnit();
        if (unit != null && unit != 1) {
            points = points == own ? points.clone() : points;
            convention.scale(points);
        }
        PointCloud result = points == own ? cloud : new PointCloud(cloud.width(), cloud.height(), points);
        InputQuality quality = new InputQuality();
        quality.measure(result, MissingPoints.LIMIT);
        String problem = PointScale.problem(quality, unit);
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
    private static float[] arranged(PointCloud cloud, PointConvention convention) {
        float[] from = cloud.xyz();
        boolean ordered = convention.axes() == null || convention.axes().equals(PointAxes.XYZ);
        if (ordered && convention.missing().isEmpty()) {
            return from;
        }
        float[] to = new float[from.length];
        convention.arrange(from, to, from.length / 3);
        return to;
    }
}
