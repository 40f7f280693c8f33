package io.trd4j.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The points of a curve over all thresholds, down-sampled for drawing; those that are left are exact. */
final class CurvePoints {
    /** The most points a curve has. */
    static final int MOST = 200;

    private CurvePoints() {}

    /**
     * All points when there are few thresholds, else those that are far enough from the one before, and the last.
     *
     * @param start comes before all thresholds; null for none
     * @param length how far the curve goes in all
     * @param distance how far it has come at a point; never falls
     */
    static List<CurvePoint> of(
            Ranking ranking,
            CurvePoint start,
            double length,
            Function<Ranking.Descent, CurvePoint> point,
            ToDoubleFunction<CurvePoint> distance) {
        List<CurvePoint> points = new ArrayList<>();
        double last = Double.NEGATIVE_INFINITY;
        if (start != null) {
            points.add(start);
            last = distance.applyAsDouble(start);
        }
        int all = points.size();
        for (Ranking.Descent d = ranking.descend(); d.next(); ) {
            all++;
        }
        // A point each 1 / 198 of the length leaves room for both ends.
        double stride = all <= MOST ? 0 : length / (MOST - 2);
        for (Ranking.Descent d = ranking.descend(); d.next(); ) {
            CurvePoint next = point.apply(d);
            double come = distance.applyAsDouble(next);
            boolean end = d.falsePositives == ranking.normal.length && d.truePositives == ranking.anomalous.length;
            if (come >= last + stride || end) {
                points.add(next);
                last = come;
            }
        }
        return List.copyOf(points);
    }
}
