package io.trd4j.threshold;

import org.hipparchus.distribution.discrete.BinomialDistribution;

/**
 * Distribution-free one-sided tolerance bounds from order statistics (S. S. Wilks, "Determination of sample sizes for
 * setting tolerance limits", 1941; Krishnamoorthy and Mathew, "Statistical Tolerance Regions", 2009, chapter 8).
 *
 * <p>Take the k-th largest of n independent scores as the threshold. The share of all parts above it is larger than the
 * rate p exactly when fewer than k of the n exceeded the (1 - p) quantile, for continuous scores with probability
 * P(Binomial(n, p) &le; k - 1), whatever their distribution; with equal scores it is less. The largest k for which that
 * is at most 1 - confidence gives the lowest threshold that keeps the promise.
 */
public final class ToleranceBound {
    private ToleranceBound() {}

    /**
     * @param value a score above it is an alarm
     * @param rank k: the value comes from the k-th largest normal score, or from the k-th smallest of parts with a
     *     defect
     */
    public record Bound(double value, int rank) {}

    /**
     * The fewest parts with which a rate can be promised: then the bound is their extreme score.
     *
     * @param rate share of parts, between 0 and 1
     * @param confidence one-sided, between 0 and 1
     */
    public static long partsNeeded(double rate, double confidence) {
        ScoreChecks.check(rate, confidence);
        // (1 - rate)^n <= 1 - confidence
        return (long) Math.ceil(Math.log1p(-confidence) / Math.log1p(-rate));
    }

    /**
     * The fewest parts with which a rate can be promised by the k-th extreme score: k - 1 odd parts then do not set the
     * bound.
     *
     * @param rank k, 1 or more
     */
    public static long partsNeeded(double rate, double confidence, int rank) {
        long fails = partsNeeded(rate, confidence) - 1;
        long holds = fails + 1;
        while (rank((int) holds, rate, confidence) < rank) {
            fails = holds;
            holds = Math.multiplyExact(holds, 2);
        }
        while (holds - fails > 1) {
            long middle = (holds + fails) >>> 1;
            if (rank((int) middle, rate, confidence) < rank) {
                fails = middle;
            } else {
                holds = middle;
            }
        }
        return holds;
    }

    /** The lowest rate that so many parts can promise. */
    public static double lowestRate(int parts, double confidence) {
        return -Math.expm1(Math.log1p(-confidence) / parts);
    }

    /**
     * The lowest threshold for which, with this confidence, at most this share of all normal parts scores above it.
     *
     * @param normal scores of normal parts, drawn as the parts to come; any order
     * @throws IllegalArgumentException for a score that is not finite, or fewer than {@link #partsNeeded}
     */
    public static Bound above(float[] normal, double rate, double confidence) {
        float[] sorted = ScoreChecks.sorted(normal);
        int rank = rank(sorted.length, rate, confidence);
        return new Bound(sorted[sorted.length - rank], rank);
    }

    /**
     * The highest threshold for which, with this confidence, at most this share of all parts with a defect scores at or
     * below it.
     *
     * @param anomalous scores of parts with a defect, drawn as the parts to come; any order
     * @throws IllegalArgumentException for a score that is not finite, or fewer than {@link #partsNeeded}
     */
    public static Bound below(float[] anomalous, double rate, double confidence) {
        float[] sorted = ScoreChecks.sorted(anomalous);
        int rank = rank(sorted.length, rate, confidence);
        // Just below it: an alarm is a score above the threshold, and this one is to be one.
        return new Bound(Math.nextDown(sorted[rank - 1]), rank);
    }

    /** The rank of the bound: the largest k with P(Binomial(parts, rate) &le; k - 1) &le; 1 - confidence. */
    public static int rank(int parts, double rate, double confidence) {
        if (parts < partsNeeded(rate, confidence)) {
            throw new IllegalArgumentException("a rate of " + rate + " with confidence " + confidence + " needs "
                    + partsNeeded(rate, confidence) + " scores, not " + parts);
        }
        BinomialDistribution above = new BinomialDistribution(parts, rate);
        int holds = 1;
        int fails = parts + 1;
        while (fails - holds > 1) {
            int middle = (holds + fails) >>> 1;
            if (above.cumulativeProbability(middle - 1) <= 1 - confidence) {
                holds = middle;
            } else {
                fails = middle;
            }
        }
        return holds;
    }
}
