package io.trd4j.metrics;

import java.util.List;

/** Precision over recall for all thresholds, down-sampled for drawing. */
public final class PrecisionRecall {
    private PrecisionRecall() {}

    /**
     * At most 200 points by rising recall, x = recall, y = precision; every point is exact, and with few distinct
     * scores none is left out.
     *
     * @throws IllegalArgumentException for different lengths, a score that is not finite, or samples of one kind only
     */
    public static List<CurvePoint> of(float[] scores, boolean[] anomalous) {
        return of(Ranking.of(scores, anomalous));
    }

    static List<CurvePoint> of(Ranking ranking) {
        return CurvePoints.of(
                ranking,
                null,
                1,
                d -> new CurvePoint(
                        (double) d.truePositives / ranking.anomalous.length,
                        (double) d.truePositives / (d.truePositives + d.falsePositives)),
                CurvePoint::x);
    }
}
