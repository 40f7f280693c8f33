package io.trd4j.drift;

import org.hipparchus.special.Erf;

/**
 * The two-sided Mann-Whitney test: do values come from the distribution of a reference sample? U counts the pairs of a
 * value and a reference in which the value is the larger one; an equal one counts half. Without any drift U has the
 * mean n m / 2 and, whatever the distribution, the variance n m (n + m + 1) / 12, which allows for the reference being
 * a sample too. Equal values make the true variance smaller than that, so that the test is then only more cautious. The
 * normal approximation (corrected for continuity) overestimates small p values.
 *
 * @param superiority U / (n m), the share of pairs: 0.5 = no shift, 1 = every value is above every reference
 * @param p probability of an U as far from its mean, or farther, when there is no drift
 */
record RankTest(double superiority, double p) {
    /**
     * @param reference in ascending order
     * @param values in any order; the first {@code count} are tested
     */
    static RankTest of(float[] reference, float[] values, int count) {
        double u = 0;
        for (int i = 0; i < count; i++) {
            u += (below(reference, values[i], false) + below(reference, values[i], true)) / 2.0;
        }
        return new RankTest(u / ((double) reference.length * count), p(u, reference.length, count));
    }

    /** The smallest p that samples of these sizes can give: that of samples which do not overlap. */
    static double smallestP(int reference, int count) {
        return p((double) reference * count, reference, count);
    }

    private static double p(double u, double n, double m) {
        double distance = Math.max(0, Math.abs(u - n * m / 2) - 0.5);
        return Erf.erfc(distance / Math.sqrt(n * m * (n + m + 1) / 6));
    }

    /** How many are below the value, or equal to it when those count. By comparison of numbers: -0 equals 0. */
    private static int below(float[] ascending, float value, boolean orEqual) {
        int low = 0;
        int high = ascending.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ascending[middle] < value || orEqual && ascending[middle] == value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
