package io.trd4j.metrics;

/** Average precision: the sum of precision times gained recall over all thresholds, ties grouped (SPEC section 6). */
public final class AveragePrecision {
    private AveragePrecision() {}

    /**
     * @param scores one score per sample, higher = more anomalous
     * @return the average precision, 0..1
     * @throws IllegalArgumentException for different lengths, a score that is not finite, or samples of one kind only
     */
    public static double of(float[] scores, boolean[] anomalous) {
        return of(Ranking.of(scores, anomalous));
    }

    static double of(Ranking ranking) {
        double sum = 0;
        long truePositives = 0;
        for (Ranking.Descent d = ranking.descend(); d.next(); ) {
            double precision = (double) d.truePositives / (d.truePositives + d.falsePositives);
            sum += precision * (d.truePositives - truePositives);
            truePositives = d.truePositives;
        }
        return sum / ranking.anomalous.length;
    }
}
