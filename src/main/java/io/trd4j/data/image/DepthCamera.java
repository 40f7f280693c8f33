package io.trd4j.data.image;

import io.trd4j.data.Intrinsics;
import java.util.List;

/**
 * The camera that depth images were taken with.
 *
 * @param intrinsics null when the file says only a unit
 * @param distortion k1, k2, p1, p2, k3, k4, k5, k6 as OpenCV has them; empty = none
 * @param width columns of its images; 0 = not known
 * @param height rows of its images; 0 = not known
 * @param metresPerUnit what a depth of 1 is: 0.001 for millimetres; null = not known
 */
public record DepthCamera(Intrinsics intrinsics, List<Double> distortion, int width, int height, Double metresPerUnit) {
    private static final int ITERATIONS = 200;
    /** From here on every step is smaller than the one before, or the steps lead nowhere. */
    private static final int SETTLED = 16;
    /** Of a focal length: far below what a pixel can tell. */
    private static final double CONVERGED = 1e-12;

    public DepthCamera {
        distortion = List.copyOf(distortion);
        if (distortion.size() > 8) {
            throw new IllegalArgumentException("at most 8 coefficients of distortion, not " + distortion.size());
        }
        if (metresPerUnit != null && !(metresPerUnit > 0 && metresPerUnit < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("metres per unit must be positive, not " + metresPerUnit);
        }
    }

    /**
     * Points of a depth image: x, y, z in metres of each pixel, row by row; 0 where the depth is 0 or no number.
     *
     * @param depths {@code columns * rows}
     * @param unit metres of a depth of 1
     */
    float[] points(float[] depths, int columns, double unit) {
        int rows = depths.length / columns;
        double[] across = new double[columns];
        for (int u = 0; u < columns; u++) {
            across[u] = (u - intrinsics.cx()) / intrinsics.fx();
        }
        float[] xyz = new float[3 * depths.length];
        double[] ray = new double[2];
        for (int v = 0; v < rows; v++) {
            double down = (v - intrinsics.cy()) / intrinsics.fy();
            for (int u = 0; u < columns; u++) {
                int at = v * columns + u;
                double z = depths[at] * unit;
                if (z == 0 || Double.isNaN(z)) {
                    continue;
                }
                ray[0] = across[u];
                ray[1] = down;
                if (distortion.isEmpty() || undistort(ray)) {
                    xyz[3 * at] = (float) (ray[0] * z);
                    xyz[3 * at + 1] = (float) (ray[1] * z);
                    xyz[3 * at + 2] = (float) z;
                }
            }
        }
        return xyz;
    }

    private double k(int i) {
        return i < distortion.size() ? distortion.get(i) : 0;
    }

    /**
     * Finds the direction that the lens moved to {@code ray}.
     *
     * @return whether it exists: outside of what the coefficients were fitted to there is none
     */
    private boolean undistort(double[] ray) {
        double x = ray[0];
        double y = ray[1];
        double before = Double.MAX_VALUE;
        for (int i = 0; i < ITERATIONS; i++) {
            double r2 = x * x + y * y;
            double radial = (1 + r2 * (k(0) + r2 * (k(1) + r2 * k(4)))) / (1 + r2 * (k(5) + r2 * (k(6) + r2 * k(7))));
            double nextX = (ray[0] - 2 * k(2) * x * y - k(3) * (r2 + 2 * x * x)) / radial;
            double nextY = (ray[1] - k(2) * (r2 + 2 * y * y) - 2 * k(3) * x * y) / radial;
            double change = Math.abs(nextX - x) + Math.abs(nextY - y);
            x = nextX;
            y = nextY;
            if (change < CONVERGED) {
                ray[0] = x;
                ray[1] = y;
                return radial > 0;
            }
            if (i > SETTLED && !(change < before)) {
                return false;
            }
            before = change;
        }
        return false;
    }
}
