package io.trd4j.data;

/**
 * The plane below a part: the one that most points at the border of the image lie in, the table for example; of a part
 * that fills the view, or where the border has no points, the one that most of all points lie in (Tukey's biweight on
 * {@value #GRID} x {@value #GRID} positions). Used again for the next part, without allocating; by one thread.
 */
public final class GroundPlane {
    /** Values that {@link #write} writes. */
    public static final int VALUES = 5;

    /** Fewer points say nothing of a plane. */
    public static final int MIN_POINTS = 12;

    /** Positions along a side at which points are sampled. */
    private static final int GRID = 64;
    /** Of these, from the border inwards, those that see what is below the part. */
    private static final int BORDER = 4;
    /** Spread of exact points, metres. */
    private static final double EXACT = 1e-9;
    /** A steeper plane is seen from its edge: metres of z for one of x or y. */
    private static final double MAX_SLOPE = 1e6;

    private final SurfaceFit plane = new SurfaceFit(1);
    private final PointReader points = new PointReader();
    private float originX;
    private float originY;

    /** Finds the plane below this cloud's part. @return false when there are too few points, or all are in one line */
    public boolean fit(PointCloud cloud) {
        points.open(cloud.points());
        try {
            return fit(cloud, BORDER) || fit(cloud, GRID);
        } finally {
            points.close();
        }
    }

    /** @param border positions from the border inwards that count */
    private boolean fit(PointCloud cloud, int border) {
        plane.reset();
        for (int gy = 0; gy < GRID; gy++) {
            for (int gx = 0; gx < GRID; gx++) {
                if (Math.min(Math.min(gx, GRID - 1 - gx), Math.min(gy, GRID - 1 - gy)) >= border) {
                    continue;
                }
                int u = (int) ((gx + 0.5) / GRID * cloud.width());
                int v = (int) ((gy + 0.5) / GRID * cloud.height());
                if (points.read(u, v)) {
                    if (plane.count() == 0) {
                        originX = points.x;
                        originY = points.y;
                    }
                    plane.add((double) points.x - originX, (double) points.y - originY, points.z);
                }
            }
        }
        return plane.count() >= MIN_POINTS
                && plane.fit(EXACT)
                && Math.abs(plane.slopeU()) <= MAX_SLOPE
                && Math.abs(plane.slopeV()) <= MAX_SLOPE;
    }

    /** Height of a point above the plane of the last fit, along z, towards the sensor; metres. */
    public double above(double x, double y, double z) {
        return plane.at(x - originX, y - originY) - z;
    }

    /**
     * Writes the plane of the last fit as {@code trd_prepare_metric} takes it: x0, y0, z0, a, b of z = z0 + a (x - x0)
     * + b (y - y0).
     *
     * @param to at least {@link #VALUES} floats
     */
    public void write(float[] to) {
        to[0] = originX;
        to[1] = originY;
        to[2] = (float) plane.at(0, 0);
        to[3] = (float) plane.slopeU();
        to[4] = (float) plane.slopeV();
    }
}
