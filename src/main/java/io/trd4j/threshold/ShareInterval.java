package io.trd4j.threshold;

import org.hipparchus.distribution.continuous.BetaDistribution;

/**
 * How large a share of all parts may be, when so many of a sample of them were counted: the exact interval of Clopper
 * and Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial", 1934. It holds for
 * every sample size; 0 of 9 still allows 28 %.
 *
 * @param lower the share is at least this, with the confidence asked for; 0 when none was counted
 * @param upper the share is at most this, with the confidence asked for; 1 when all were counted
 */
public record ShareInterval(double lower, double upper) {
    /**
     * Of a count.
     *
     * @param count of the sample
     * @param parts in the sample, drawn as the parts to come; with none, every share is possible
     * @param confidence of each end by itself, between 0 and 1; of both together it is 2 {@code confidence} - 1
     * @throws IllegalArgumentException for a count that is not 0 to {@code parts}, or a confidence that is none
     */
    public static ShareInterval of(int count, int parts, double confidence) {
        if (count < 0 || count > parts) {
            throw new IllegalArgumentException(count + " of " + parts + " parts is not a count");
        }
        if (!(confidence > 0 && confidence < 1)) {
            throw new IllegalArgumentException("a confidence must lie between 0 and 1, not " + confidence);
        }
        return new ShareInterval(
                count == 0
                        ? 0
                        : new BetaDistribution(count, parts - count + 1.0).inverseCumulativeProbability(1 - confidence),
                count == parts
                        ? 1
                        : new BetaDistribution(count + 1.0, parts - count).inverseCumulativeProbability(confidence));
    }
}
