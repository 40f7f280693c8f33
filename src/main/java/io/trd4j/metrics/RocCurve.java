package io.trd4j.metrics;

import java.util.ArrayList;
import java.util.List;

/** True over false positive rate for all thresholds, down-sampled for drawing. */
public final class RocCurve {
    /** The most points a curve has. */
    static final int POINTS = 200;

    private RocCurve() {}

    /**
     * At most 200 points from (0, 0) to (1, 1), x = false and y = true positive rate; every point is exact, and with few
     * distinct scores none is left out.
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
        // The curve climbs by 2 in all (1 along each axis): a point each 2 / 198 leaves room for both ends.
        double stride = thresholds < POINTS ? 0 : 2.0 / (POINTS - 2);
        List<CurvePoint> points = new ArrayList<>();
        points.add(new CurvePoint(0, 0));
        double last = 0;
        for (Ranking.Descent d = ranking.descend(); d.next(); ) {
            double x = (double) d.falsePositives / ranking.normal.length;
            double y = (double) d.truePositives / ranking.anomalous.length;
            if (x + y >= last + stride || (x == 1 && y == 1)) {
                points.add(new CurvePoint(x, y));
                last = x + y;
            }
        }
        return List.copyOf(points);
    }
}
