package io.trd4j.outline;

import io.trd4j.data.PointCloud;
import io.trd4j.data.PointReader;
import java.util.Arrays;

/** Areas of a part's surface, from its points. */
public final class SurfaceArea {
    /** Positions along a side at which the spacing is sampled. */
    private static final int GRID = 24;
    /** Map pixels around a region whose points are measured with it. */
    private static final int MARGIN = 2;

    private final PointCloud cloud;
    private final int size;
    private final PointReader points = new PointReader();
    private final float[] here = new float[3];
    private final float[] across = new float[3];
    private final float[] down = new float[3];

    /** @param size S of the maps */
    public SurfaceArea(PointCloud cloud, int size) {
        this.cloud = cloud;
        this.size = size;
        points.open(cloud.points());
    }

    /** Width of a map's pixel on the part, millimetres: of the median patch; 0 without points. */
    public double pixelMillimetres() {
        double[] patches = new double[GRID * GRID];
        int count = 0;
        for (int i = 0; i < GRID * GRID; i++) {
            double patch = patch(
                    (int) ((i % GRID + 0.5) / GRID * cloud.width()), (int) ((i / GRID + 0.5) / GRID * cloud.height()));
            if (patch > 0) {
                patches[count++] = patch;
            }
        }
        double perPixel = (double) cloud.width() * cloud.height() / size / size;
        return 1e3 * Math.sqrt(median(patches, count) * perPixel);
    }

    /**
     * Of the pixels' points, present and missing ones, each as large as the median patch in and around them: the walls
     * of a hole are not the size of the hole. Null without points.
     *
     * @param pixels indices into the S x S map
     */
    public Double squareMillimetres(int[] pixels) {
        int left = size;
        int right = -1;
        int top = size;
        int bottom = -1;
        long count = 0;
        for (int i : pixels) {
            left = Math.min(left, i % size);
            right = Math.max(right, i % size);
            top = Math.min(top, i / size);
            bottom = Math.max(bottom, i / size);
            count += (long) (column(i % size + 1) - column(i % size)) * (row(i / size + 1) - row(i / size));
        }
        int fromU = column(Math.max(0, left - MARGIN));
        int toU = column(Math.min(size, right + 1 + MARGIN));
        int fromV = row(Math.max(0, top - MARGIN));
        int toV = row(Math.min(size, bottom + 1 + MARGIN));
        double[] patches = new double[(toU - fromU) * (toV - fromV)];
        int measured = 0;
        for (int v = fromV; v < toV; v++) {
            for (int u = fromU; u < toU; u++) {
                double patch = patch(u, v);
                if (patch > 0) {
                    patches[measured++] = patch;
                }
            }
        }
        // Maps larger than the cloud have several pixels to a point.
        boolean fine = cloud.width() >= size && cloud.height() >= size;
        double all = fine ? count : (double) pixels.length * cloud.width() * cloud.height() / size / size;
        return measured == 0 ? null : Double.valueOf(1e6 * all * median(patches, measured));
    }

    /** First column of points of a map's column: ceil, as a point belongs to the pixel that covers it. */
    private int column(int x) {
        return (int) (((long) x * cloud.width() + size - 1) / size);
    }

    private int row(int y) {
        return (int) (((long) y * cloud.height() + size - 1) / size);
    }

    private static double median(double[] values, int count) {
        Arrays.sort(values, 0, count);
        return count == 0 ? 0 : values[count / 2];
    }

    /**
     * Square metres of surface for one point: the parallelogram to the next column and row, else the ones before; 0
     * when missing.
     */
    private double patch(int u, int v) {
        if (!read(u, v, here) || !neighbour(u, v, 1, 0, across) || !neighbour(u, v, 0, 1, down)) {
            return 0;
        }
        double ax = across[0] - here[0];
        double ay = across[1] - here[1];
        double az = across[2] - here[2];
        double bx = down[0] - here[0];
        double by = down[1] - here[1];
        double bz = down[2] - here[2];
        double nx = ay * bz - az * by;
        double ny = az * bx - ax * bz;
        double nz = ax * by - ay * bx;
        return Math.sqrt(nx * nx + ny * ny + nz * nz);
    }

    private boolean neighbour(int u, int v, int du, int dv, float[] to) {
        return read(u + du, v + dv, to) || read(u - du, v - dv, to);
    }

    private boolean read(int u, int v, float[] to) {
        if (u < 0 || v < 0 || u >= cloud.width() || v >= cloud.height() || !points.read(u, v)) {
            return false;
        }
        to[0] = points.x;
        to[1] = points.y;
        to[2] = points.z;
        return true;
    }
}
