package io.trd4j.data;

import java.util.Arrays;

/**
 * A polynomial of two variables through scattered values by robust least squares: outliers up to nearly half of the
 * values change nothing. Used again for the next fit.
 */
public final class SurfaceFit {
    /** Iterations by absolute deviation, from which those with Tukey's weight start. */
    private static final int FIRST_ITERATIONS = 3;

    private static final int ITERATIONS = 7;
    /** Tukey's biweight: beyond so many standard deviations a value has no weight. */
    private static final double CUT = 4.5;

    private final int terms;
    private final double[] basis = new double[6];
    private final double[] coefficients = new double[6];
    private final double[][] normal = new double[6][7];
    private double[] u = new double[256];
    private double[] v = new double[256];
    private double[] values = new double[256];
    private double[] residuals = new double[256];
    private double[] sorted = new double[256];
    private int count;

    /** @param degree 1 = a plane, 2 = with squares and the product */
    public SurfaceFit(int degree) {
        terms = degree == 1 ? 3 : 6;
    }

    /** Forgets all values. */
    public void reset() {
        count = 0;
    }

    /** One more value at a place; grows the memory when it is the most ever. */
    public void add(double atU, double atV, double value) {
        if (count == u.length) {
            u = Arrays.copyOf(u, 2 * count);
            v = Arrays.copyOf(v, 2 * count);
            values = Arrays.copyOf(values, 2 * count);
            residuals = new double[2 * count];
            sorted = new double[2 * count];
        }
        u[count] = atU;
        v[count] = atV;
        values[count++] = value;
    }

    /** Number of values added. */
    public int count() {
        return count;
    }

    /**
     * @param floor no spread of the residuals is taken to be smaller: that of values which are exact
     * @return whether there were enough values, not all on one line
     */
    public boolean fit(double floor) {
        Arrays.fill(residuals, 0, count, 0);
        if (count < 3 * terms || !solve(1, 0, 0)) {
            return false;
        }
        for (int i = 0; i < ITERATIONS; i++) {
            double spread = Math.max(spread(), floor);
            double exact = i < FIRST_ITERATIONS ? 0.3 * spread : 0;
            if (!solve(0, exact, CUT * spread)) {
                return false;
            }
        }
        return true;
    }

    /** The polynomial of the last fit at a place. */
    public double at(double atU, double atV) {
        basis(atU, atV);
        double sum = 0;
        for (int i = 0; i < terms; i++) {
            sum += coefficients[i] * basis[i];
        }
        return sum;
    }

    /** Factor of the first variable's first power; the polynomial's slope along it when it is a plane. */
    public double slopeU() {
        return coefficients[1];
    }

    /** Factor of the second variable's first power. */
    public double slopeV() {
        return coefficients[2];
    }

    private void basis(double atU, double atV) {
        basis[0] = 1;
        basis[1] = atU;
        basis[2] = atV;
        basis[3] = atU * atU;
        basis[4] = atU * atV;
        basis[5] = atV * atV;
    }

    /** 1.4826 x the median of the absolute residuals: the standard deviation, when they are normal. */
    private double spread() {
        for (int i = 0; i < count; i++) {
            residuals[i] = Math.abs(values[i] - at(u[i], v[i]));
        }
        System.arraycopy(residuals, 0, sorted, 0, count);
        return 1.4826 * middle();
    }

    /** The value at {@code count / 2} of {@code sorted}, were it sorted, which takes ten times as long. */
    private double middle() {
        int wanted = count / 2;
        int from = 0;
        int to = count - 1;
        while (from < to) {
            double pivot = sorted[(from + to) >>> 1];
            int low = from;
            int high = to;
            while (low <= high) {
                while (sorted[low] < pivot) {
                    low++;
                }
                while (sorted[high] > pivot) {
                    high--;
                }
                if (low <= high) {
                    double swap = sorted[low];
                    sorted[low++] = sorted[high];
                    sorted[high--] = swap;
                }
            }
            if (wanted <= high) {
                to = high;
            } else if (wanted >= low) {
                from = low;
            } else {
                break;
            }
        }
        return sorted[wanted];
    }

    private double weight(double residual, double equal, double exact, double cut) {
        if (equal > 0) {
            return equal;
        }
        if (exact > 0) {
            return 1 / Math.max(residual, exact);
        }
        double x = residual / cut;
        return x < 1 ? (1 - x * x) * (1 - x * x) : 0;
    }

    /** Weighted normal equations, by elimination with pivots: at most six unknowns. */
    private boolean solve(double equal, double exact, double cut) {
        for (double[] row : normal) {
            Arrays.fill(row, 0);
        }
        for (int i = 0; i < count; i++) {
            double w = weight(residuals[i], equal, exact, cut);
            if (w == 0) {
                continue;
            }
            basis(u[i], v[i]);
            for (int a = 0; a < terms; a++) {
                for (int b = a; b < terms; b++) {
                    normal[a][b] += w * basis[a] * basis[b];
                }
                normal[a][terms] += w * basis[a] * values[i];
            }
        }
        double largest = 0;
        for (int a = 0; a < terms; a++) {
            largest = Math.max(largest, normal[a][a]);
            for (int b = 0; b < a; b++) {
                normal[a][b] = normal[b][a];
            }
        }
        for (int column = 0; column < terms; column++) {
            int pivot = column;
            for (int row = column + 1; row < terms; row++) {
                pivot = Math.abs(normal[row][column]) > Math.abs(normal[pivot][column]) ? row : pivot;
            }
            if (!(Math.abs(normal[pivot][column]) > 1e-10 * largest)) {
                return false;
            }
            double[] swap = normal[pivot];
            normal[pivot] = normal[column];
            normal[column] = swap;
            for (int row = column + 1; row < terms; row++) {
                double factor = normal[row][column] / normal[column][column];
                for (int k = column; k <= terms; k++) {
                    normal[row][k] -= factor * normal[column][k];
                }
            }
        }
        for (int row = terms - 1; row >= 0; row--) {
            double sum = normal[row][terms];
            for (int k = row + 1; k < terms; k++) {
                sum -= normal[row][k] * coefficients[k];
            }
            coefficients[row] = sum / normal[row][row];
        }
        return true;
    }
}
