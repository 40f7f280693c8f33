package io.trd4j.metrics;

/** The best F1 over all thresholds, 2PR / (P + R + 1e-7) with precision P and recall R (SPEC section 6). */
public final class MaxF1 {
    /** Part of the official definition; it keeps P = R = 0 defined and costs 5e-8 elsewhere. */
    private static final double EPSILON = 1e-7;

    private MaxF1() {}

    /**
     * @param scores one score per sample, higher = more anomalous
     * @return the best F1, 0..1
     * @throws IllegalArgumentException for different lengths, a score that is not finite, or samples of one kind only
     */
    public static double of(float[] scores, boolean[] anomalous) {
        return of(Ranking.of(scores, anomalous));
    }

    static double of(Ranking ranking) {
        double best = 0;
        for (Ranking.Descent d = ranking.descend(); d.next(); ) {
            double precision = (double) d.truePositives / (d.truePositives + d.falsePositives);
            double recall = (double) d.truePositives / ranking.anomalous.length;
            best = Math.max(best, 2 * precision * recall / (precision + recall + EPSILON));
        }
        return best;
    }
}
