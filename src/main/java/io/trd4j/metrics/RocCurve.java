package io.trd4j.metrics;

import java.util.List;

/** True over false positive rate for all thresholds, down-sampled for drawing. */
public final class RocCurve {
    private RocCurve() {}

    /**
     * At most 200 points from (0, 0) to (1, 1), x = false and y = true positive rate; every point is exact, and with
     * few distinct scores none is left out.
     *
     * @throws IllegalArgumentException for different lengths, a score that is not finite, or samples of one kind only
     */
    public static List<CurvePoint> of(float[] scores, boolean[] anomalous) {
        return of(Ranking.of(scores, anomalous));
    }

    static List<CurvePoint> of(Ranking ranking) {
        // The curve climbs by 1 along each axis.
        return CurvePoints.of(
                ranking,
                new CurvePoint(0, 0),
                2,
                d -> new CurvePoint(
                        (double) d.falsePositives / ranking.normal.length,
                        (double) d.truePositives / ranking.anomalous.length),
                p -> p.x() + p.y());
    }
}
