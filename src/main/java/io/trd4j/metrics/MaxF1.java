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
        return best(ranking).f1;
    }

    /**
     * The best F1 and a threshold that reaches it.
     *
     * @param threshold samples above it are called anomalous; halfway between the lowest score that is to be and the
     *     next lower one, of several equally good ones the highest
     */
    public record Best(double f1, double threshold) {}

    /** As {@link #of(float[], boolean[])}. */
    public static Best best(float[] scores, boolean[] anomalous) {
        return best(Ranking.of(scores, anomalous));
    }

    private static Best best(Ranking ranking) {
        double best = -1;
        float lowest = 0;
        double threshold = 0;
        boolean open = false;
        for (Ranking.Descent d = ranking.descend(); d.next(); ) {
            float score = Ranking.score(d.threshold);
            if (open) {
                threshold = ((double) lowest + score) / 2;
                open = false;
            }
            double precision = (double) d.truePositives / (d.truePositives + d.falsePositives);
            double recall = (double) d.truePositives / ranking.anomalous.length;
            double f1 = 2 * precision * recall / (precision + recall + EPSILON);
            if (f1 > best) {
                best = f1;
                lowest = score;
                threshold = Math.nextDown(score);
                open = true;
            }
        }
        return new Best(best, threshold);
    }
}
