package io.trd4j.data;

import java.util.Arrays;

/** The sensor's noise of depth, from one organised cloud. */
public final class DepthNoise {
    /** Deviation of the second difference along x of the second difference along y, of noise of deviation 1. */
    private static final double DIFFERENCE_GAIN = 6;
    /** Median of the magnitude of a Gaussian of deviation 1. */
    private static final double MEDIAN_GAIN = 0.6745;

    private DepthNoise() {}

    /**
     * Deviation of z: the median of |second difference along x of the second difference along y| over 3 x 3 points that
     * count, divided by 0.6745 · 6. Planes, cylinders and smooth curvature do not count.
     *
     * @param xyz {@code 3 * width * height} values, row by row
     * @param counts of each point, 0 = does not count; those that do have a finite z
     * @return in the unit of z; 0 when no 3 x 3 points count
     */
    public static double of(float[] xyz, byte[] counts, int width, int height) {
        double[] magnitudes = new double[counts.length];
        int count = 0;
        double[] rows = new double[3];
        for (int y = 1; y + 1 < height; y++) {
            next:
            for (int x = 1; x + 1 < width; x++) {
                for (int j = -1; j <= 1; j++) {
                    int i = (y + j) * width + x;
                    if (counts[i - 1] == 0 || counts[i] == 0 || counts[i + 1] == 0) {
                        continue next;
                    }
                    rows[j + 1] = (double) xyz[3 * i - 1] - 2.0 * xyz[3 * i + 2] + xyz[3 * i + 5];
                }
                magnitudes[count++] = Math.abs(rows[0] - 2 * rows[1] + rows[2]);
            }
        }
        return ofDifferences(magnitudes, count);
    }

    /**
     * The same from the magnitudes themselves.
     *
     * @param magnitudes |second difference along x of the second difference along y|; sorted here
     * @param count of them; the others do not count
     */
    public static double ofDifferences(double[] magnitudes, int count) {
        if (count == 0) {
            return 0;
        }
        Arrays.sort(magnitudes, 0, count);
        return magnitudes[count / 2] / (MEDIAN_GAIN * DIFFERENCE_GAIN);
    }
}
