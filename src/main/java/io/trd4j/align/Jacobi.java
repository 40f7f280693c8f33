package io.trd4j.align;

/** Eigenvalues and eigenvectors of a small symmetric matrix by Jacobi's rotations. */
final class Jacobi {
    private static final int SWEEPS = 30;

    private Jacobi() {}

    /**
     * @param a n x n, symmetric; is overwritten
     * @param vectors n x n, filled: column i belongs to value i
     * @return the eigenvalues, the largest first
     */
    static double[] decompose(double[][] a, double[][] vectors) {
        int n = a.length;
        for (int i = 0; i < n; i++) {
            java.util.Arrays.fill(vectors[i], 0);
            vectors[i][i] = 1;
        }
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            double off = 0;
            double diagonal = 0;
            for (int i = 0; i < n; i++) {
                diagonal += a[i][i] * a[i][i];
                for (int j = 0; j < i; j++) {
                    off += a[i][j] * a[i][j];
                }
            }
            if (off <= 1e-24 * diagonal) {
                break;
            }
            for (int p = 0; p < n - 1; p++) {
                for (int q = p + 1; q < n; q++) {
                    if (a[p][q] != 0) {
                        rotate(a, vectors, p, q);
                    }
                }
            }
        }
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = a[i][i];
        }
        for (int i = 0; i < n; i++) {
            int largest = i;
            for (int j = i + 1; j < n; j++) {
                largest = values[j] > values[largest] ? j : largest;
            }
            double value = values[i];
            values[i] = values[largest];
            values[largest] = value;
            for (double[] row : vectors) {
                double element = row[i];
                row[i] = row[largest];
                row[largest] = element;
            }
        }
        return values;
    }

    private static void rotate(double[][] a, double[][] vectors, int p, int q) {
        double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        double c = 1 / Math.sqrt(t * t + 1);
        double s = t * c;
        for (double[] row : a) {
            double rp = row[p];
            row[p] = c * rp - s * row[q];
            row[q] = s * rp + c * row[q];
        }
        for (int k = 0; k < a.length; k++) {
            double pk = a[p][k];
            a[p][k] = c * pk - s * a[q][k];
            a[q][k] = s * pk + c * a[q][k];
        }
        for (double[] row : vectors) {
            double vp = row[p];
            row[p] = c * vp - s * row[q];
            row[q] = s * vp + c * row[q];
        }
    }
}
