package io.trd4j.model;

import io.trd4j.io.Arguments;
import java.util.Arrays;

/**
 * How high maps reach on normal parts: what raises the sum of both branches' maps where one branch alone is higher than
 * that (SPEC section 4). In units of the calibrated maps.
 *
 * @param sum of the sum of both branches' maps
 * @param rgb of the rgb branch's map
 * @param depth of the second branch's map
 */
public record HighestPlaces(Usual sum, Usual rgb, Usual depth) {
    /** A spread below this share of the median is chance: few parts that happen to agree. */
    private static final double LEAST_SHARE = 0.1;

    private static final double LEAST = 1e-3;
    /** Spreads: three maps have more chance highs together than the sum has. */
    private static final double MARGIN = 0.5;
    /** One standard deviation above the median, of Gaussian values. */
    private static final double UPPER = 0.84;

    /**
     * The highest place of a map on a normal part.
     *
     * @param median over normal parts
     * @param spread by how much the 84th percentile is above it; positive
     */
    public record Usual(double median, double spread) {
        public Usual {
            if (!Arguments.isFloat(median) || !Arguments.isFloat(spread) || spread < Float.MIN_NORMAL) {
                throw new IllegalArgumentException("the highest places of normal parts need a finite median and a "
                        + "positive spread, not " + median + " and " + spread);
            }
        }

        /** @param scores of normal parts, one or more: maxima of their maps */
        public static Usual of(float[] scores) {
            float[] sorted = scores.clone();
            Arrays.sort(sorted);
            double median = quantile(sorted, 0.5);
            double spread = quantile(sorted, UPPER) - median;
            return new Usual(median, Math.max(spread, Math.max(LEAST_SHARE * Math.abs(median), LEAST)));
        }

        /** From here on a branch's map may raise the sum: half a spread above the median. */
        public double raises() {
            return median + MARGIN * spread;
        }

        /** Linear between the two values beside it. */
        private static double quantile(float[] sorted, double share) {
            double at = share * (sorted.length - 1);
            int below = (int) at;
            int above = Math.min(below + 1, sorted.length - 1);
            return sorted[below] + (at - below) * (sorted[above] - (double) sorted[below]);
        }
    }

    public HighestPlaces {
        if (sum == null || rgb == null || depth == null) {
            throw new IllegalArgumentException("the highest places of normal parts are those of sum, rgb and depth");
        }
    }
}
