package io.trd4j.metrics;

/**
 * Area under the ROC curve: the share of (anomalous, normal) pairs in which the anomalous sample scores higher, a tie
 * counting one half (SPEC section 6).
 */
public final class Auroc {
    private Auroc() {}

    /**
     * @param scores one score per sample, higher = more anomalous
     * @return the area, 0..1
     * @throws IllegalArgumentException for different lengths, a score that is not finite, or samples of one kind only
     */
    public static double of(float[] scores, boolean[] anomalous) {
        return of(Ranking.of(scores, anomalous));
    }

    static double of(Ranking ranking) {
        long doubledArea = 0;
        long falsePositives = 0;
        long truePositives = 0;
        for (Ranking.Descent d = ranking.descend(); d.next(); ) {
            doubledArea += (d.falsePositives - falsePositives) * (d.truePositives + truePositives);
            falsePositives = d.falsePositives;
            truePositives = d.truePositives;
        }
        return doubledArea / (2.0 * ranking.normal.length * ranking.anomalous.length);
    }
}
