package io.trd4j.sensitivity;

import io.trd4j.data.DepthNoise;
import io.trd4j.data.GroundPlane;
import io.trd4j.data.PointCloud;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which points of a cloud are the part's and not those of the table below it, and how finely the sensor measures. Where
 * no plane lies around the part, all points are the part's.
 */
final class PartSurface {
    /** Positions along a side at which it is asked what lies at the border; of these from the border inwards. */
    private static final int GRID = 96;

    private static final int BORDER = 5;
    /** Of the border's positions, those that must have a point, and of these those that must lie in the plane. */
    private static final double MIN_BORDER = 0.5;

    private static final double MIN_IN_PLANE = 0.6;
    /** Less than this share of all points off the plane is no part. */
    private static final double MIN_PART = 0.01;
    /** Nearer to the plane than so many deviations of the noise, a point is taken to be the plane's. */
    private static final double CLEAR = 6;
    /** Height over the distance of neighbours below which nothing is worth a measurement. */
    private static final double FLATTEST = 0.02;

    private final int width;
    private final int height;
    private final byte[] part;
    private final boolean any;
    private final double spacing;
    private final double unit;

    PartSurface(PointCloud cloud) {
        width = cloud.width();
        height = cloud.height();
        float[] xyz = cloud.xyz();
        byte[] valid = new byte[width * height];
        for (int i = 0; i < valid.length; i++) {
            valid[i] = (byte) (PointCloud.isPoint(xyz[3 * i], xyz[3 * i + 1], xyz[3 * i + 2]) ? 1 : 0);
        }
        double noise = DepthNoise.of(xyz, valid, width, height);
        double[] steps = new double[valid.length];
        int pairs = 0;
        double quantum = Double.POSITIVE_INFINITY;
        for (int i = 0; i + 1 < valid.length; i++) {
            if (valid[i] != 0 && valid[i + 1] != 0 && (i + 1) % width != 0) {
                steps[pairs++] =
                        Math.hypot((double) xyz[3 * i + 3] - xyz[3 * i], (double) xyz[3 * i + 4] - xyz[3 * i + 1]);
                double change = Math.abs((double) xyz[3 * i + 5] - xyz[3 * i + 2]);
                quantum = change > 0 ? Math.min(quantum, change) : quantum;
            }
        }
        Arrays.sort(steps, 0, pairs);
        spacing = pairs == 0 ? 0 : steps[pairs / 2];
        unit = Math.max(Math.max(noise, quantum < Double.POSITIVE_INFINITY ? quantum : 0), FLATTEST * spacing);
        part = offThePlane(cloud, xyz, valid, Math.max(CLEAR * noise, spacing));
        boolean found = false;
        for (byte b : part) {
            found |= b != 0;
        }
        any = found;
    }

    private byte[] offThePlane(PointCloud cloud, float[] xyz, byte[] valid, double clear) {
        List<Integer> border = new ArrayList<>();
        int positions = 0;
        for (int j = 0; j < GRID; j++) {
            for (int i = 0; i < GRID; i++) {
                if (Math.min(Math.min(i, GRID - 1 - i), Math.min(j, GRID - 1 - j)) < BORDER) {
                    positions++;
                    int at = (int) ((j + 0.5) / GRID * height) * width + (int) ((i + 0.5) / GRID * width);
                    if (valid[at] != 0) {
                        border.add(at);
                    }
                }
            }
        }
        GroundPlane plane = new GroundPlane();
        if (border.size() < MIN_BORDER * positions || !plane.fit(cloud)) {
            return valid;
        }
        int inPlane = 0;
        for (int at : border) {
            inPlane += distance(plane, xyz, at) <= clear ? 1 : 0;
        }
        if (inPlane < MIN_IN_PLANE * border.size()) {
            return valid;
        }
        byte[] off = new byte[valid.length];
        int count = 0;
        int all = 0;
        for (int i = 0; i < off.length; i++) {
            all += valid[i];
            if (valid[i] != 0 && distance(plane, xyz, i) > clear) {
                off[i] = 1;
                count++;
            }
        }
        return count < MIN_PART * all ? valid : off;
    }

    private static double distance(GroundPlane plane, float[] xyz, int at) {
        return Math.abs(plane.above(xyz[3 * at], xyz[3 * at + 1], xyz[3 * at + 2]));
    }

    /** Whether any point is the part's. */
    boolean any() {
        return any;
    }

    /** Whether the point seen at this place is the part's. @param u 0 to 1, from left to right; @param v downwards */
    boolean at(double u, double v) {
        int column = Math.min(width - 1, (int) (u * width));
        int row = Math.min(height - 1, (int) (v * height));
        return part[row * width + column] != 0;
    }

    /** Width over height. */
    double aspect() {
        return (double) width / height;
    }

    /** Millimetres that a row of points spans. */
    double fieldMillimetres() {
        return 1e3 * spacing * width;
    }

    /**
     * The least height worth a measurement, millimetres: the largest of the noise of z, its step, and a fiftieth of the
     * distance of neighbours.
     */
    double unitMillimetres() {
        return 1e3 * unit;
    }
}
