package io.trd4j.sensitivity;

import io.trd4j.data.PointCloud;

/**
 * Along which lines a cloud's pixels look: rays from the origin, as those of a camera whose frame the points are in, or
 * parallels of z, as in height maps.
 */
final class ViewingRays {
    /** Positions along a side that are looked at. */
    private static final int GRID = 64;

    /** Sums of 1, two coordinates and the pixel, and of their products. */
    private static final class Fit {
        private static final int TERMS = 3;
        private final double[][] normal = new double[TERMS][TERMS];
        private final double[][] right = new double[TERMS][2];
        private final double[] squares = new double[2];

        /** Coordinates are given relative to the first point's: large sums would lose the digits that matter. */
        void add(double a, double b, double column, double row) {
            double[] basis = {1, a, b};
            double[] pixel = {column, row};
            for (int i = 0; i < TERMS; i++) {
                for (int j = 0; j < TERMS; j++) {
                    normal[i][j] += basis[i] * basis[j];
                }
                for (int k = 0; k < 2; k++) {
                    right[i][k] += basis[i] * pixel[k];
                }
            }
            for (int k = 0; k < 2; k++) {
                squares[k] += pixel[k] * pixel[k];
            }
        }

        /** Sum of squared differences of the pixels, column and row, from the best linear function. */
        double residual() {
            double explained = 0;
            double[][] a = new double[TERMS][TERMS + 2];
            for (int i = 0; i < TERMS; i++) {
                System.arraycopy(normal[i], 0, a[i], 0, TERMS);
                System.arraycopy(right[i], 0, a[i], TERMS, 2);
            }
            // Gauss: each term takes what the terms before it have left.
            for (int i = 0; i < TERMS; i++) {
                if (!(a[i][i] > 1e-12 * normal[i][i])) {
                    continue;
                }
                for (int k = TERMS; k < TERMS + 2; k++) {
                    explained += a[i][k] * a[i][k] / a[i][i];
                }
                for (int j = i + 1; j < TERMS; j++) {
                    double factor = a[j][i] / a[i][i];
                    for (int k = i; k < TERMS + 2; k++) {
                        a[j][k] -= factor * a[i][k];
                    }
                }
            }
            return squares[0] + squares[1] - explained;
        }
    }

    private ViewingRays() {}

    /**
     * Whether x/z and y/z tell a point's pixel better than x and y do: then its ray goes through the origin.
     *
     * @param xyz {@code 3 * width * height} values, row by row
     */
    static boolean fromOrigin(float[] xyz, int width, int height) {
        Fit rays = new Fit();
        Fit parallels = new Fit();
        double[] first = null;
        for (int j = 0; j < GRID; j++) {
            int row = (int) ((2L * j + 1) * height / (2 * GRID));
            for (int i = 0; i < GRID; i++) {
                int column = (int) ((2L * i + 1) * width / (2 * GRID));
                int at = 3 * (row * width + column);
                if (!PointCloud.isPoint(xyz[at], xyz[at + 1], xyz[at + 2])) {
                    continue;
                }
                double x = xyz[at];
                double y = xyz[at + 1];
                double z = xyz[at + 2];
                if (first == null) {
                    first = new double[] {x, y, z, column, row};
                }
                double u = column - first[3];
                double v = row - first[4];
                rays.add(x / z - first[0] / first[2], y / z - first[1] / first[2], u, v);
                parallels.add(x - first[0], y - first[1], u, v);
            }
        }
        return rays.residual() < parallels.residual();
    }
}
