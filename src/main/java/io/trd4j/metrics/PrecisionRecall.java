package io.trd4j.metrics;

import java.util.ArrayList;
import java.util.List;

/** Precision over recall for all thresholds, down-sampled for drawing. */
public final class PrecisionRecall {
    private PrecisionRecall() {}

    /**
     * At most 200 points by rising recall, x = recall, y = precision; every point is exact, and with few distinct scores
     * none is left out.
     *
     * @throws IllegalArgumentException for different lengths, a score that is not finite, or samples of one kind only
     */
    public static List<CurvePoint> of(float[] scores, boolean[] anomalous) {
        return of(Ranking.of(scores, anomalous));
    }

    static List<CurvePoint> of(Ranking ranking) {
        int thresholds = 0;
        for (Ranking.Descent d = ranking.descend(); d.next(); ) {
            thresholds++;
        }
        double stride = thresholds <= RocCurve.POINTS ? 0 : 1.0 / (RocCurve.POINTS - 2);
        List<CurvePoint> points = new ArrayList<>();
        double last = Double.NEGATIVE_INFINITY;
        for (Ranking.Descent d = ranking.descend(); d.next(); ) {
            double recall = (double) d.truePositives / ranking.anomalous.length;
            boolean end = d.falsePositives == ranking.normal.length && d.truePositives == ranking.anomalous.length;
            if (recall >= last + stride || end) {
                points.add(new CurvePoint(recall, (double) d.truePositives / (d.truePositives + d.falsePositives)));
                last = recall;
            }
        }
        return List.copyOf(points);
    }
}
