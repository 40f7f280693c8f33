package io.trd4j.align;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Functions on a part's area by which normal parts differ everywhere at once (specification, section 9). */
final class Functions {
    private Functions() {}

    /** Gram and Schmidt, twice for the rounding. A function that is a sum of earlier ones becomes 0. */
    static void orthonormalise(List<float[]> functions) {
        for (int f = 0; f < functions.size(); f++) {
            float[] function = functions.get(f);
            double before = Math.sqrt(dot(function, function));
            for (int twice = 0; twice < 2; twice++) {
                for (int g = 0; g < f; g++) {
                    double along = dot(function, functions.get(g));
                    for (int k = 0; k < function.length; k++) {
                        function[k] -= (float) (along * functions.get(g)[k]);
                    }
                }
            }
            double length = Math.sqrt(dot(function, function));
            double scale = length > 1e-4 * before && length > 0 ? 1 / length : 0;
            for (int k = 0; k < function.length; k++) {
                function[k] *= (float) scale;
            }
        }
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += (double) a[k] * b[k];
        }
        return sum;
    }

    /** The first principal directions of the parts around their median, by the eigenvectors of their products. */
    static List<float[]> directions(float[][] parts, int most) {
        int n = parts.length;
        int length = parts[0].length;
        float[] values = new float[n];
        float[][] centred = new float[n][length];
        float[] spread = new float[length];
        for (int k = 0; k < length; k++) {
            for (int p = 0; p < n; p++) {
                values[p] = parts[p][k];
            }
            Arrays.sort(values);
            float median = values[n / 2];
            for (int p = 0; p < n; p++) {
                centred[p][k] = parts[p][k] - median;
            }
            spread[k] = values[Math.min(n - 1, 9 * n / 10)] - values[n / 10];
        }
        // What lies far off at some pixels, as at edges and where points come and go, is no direction.
        Arrays.sort(spread);
        float limit = 4 * spread[length / 2] + 1e-6f;
        for (float[] part : centred) {
            for (int k = 0; k < length; k++) {
                part[k] = Math.max(-limit, Math.min(limit, part[k]));
            }
        }
        double[][] products = new double[n][n];
        for (int p = 0; p < n; p++) {
            for (int q = 0; q <= p; q++) {
                products[p][q] = dot(centred[p], centred[q]);
                products[q][p] = products[p][q];
            }
        }
        double[][] vectors = new double[n][n];
        double[] eigenvalues = Jacobi.decompose(products, vectors);
        List<float[]> directions = new ArrayList<>();
        for (int d = 0; d < most; d++) {
            float[] direction = new float[length];
            if (eigenvalues[d] > 1e-9 * eigenvalues[0]) {
                for (int p = 0; p < n; p++) {
                    double weight = vectors[p][d] / Math.sqrt(eigenvalues[d]);
                    for (int k = 0; k < length; k++) {
                        direction[k] += (float) (weight * centred[p][k]);
                    }
                }
            }
            directions.add(direction);
        }
        return directions;
    }
}
