package io.trd4j.metrics;

import java.util.ArrayList;
import java.util.List;

/**
 * Per-region overlap over false positive rate, at the official 100 thresholds and at (1, 1) (SPEC section 6). The
 * thresholds are quantiles of the normal pixels' scores; overlap is the mean over regions of the share above.
 */
final class ProCurve {
    private static final int THRESHOLDS = 100;

    /** Both ascending, of the same length, ending in (1, 1). */
    private final double[] fpr;

    private final double[] pro;

    private ProCurve(double[] fpr, double[] pro) {
        this.fpr = fpr;
        this.pro = pro;
    }

    static ProCurve of(PixelRanking pixels) {
        int[] normal = pixels.ranking.normal;
        int n = normal.length;
        double[] fpr = new double[THRESHOLDS + 1];
        double[] pro = new double[THRESHOLDS + 1];
        int[] thresholds = new int[THRESHOLDS];
        // Stored from the right: the lowest threshold has the highest rate and comes just before (1, 1).
        fpr[THRESHOLDS] = 1;
        pro[THRESHOLDS] = 1;
        double step = (n - 1.0) / (THRESHOLDS - 1);
        for (int t = 0; t < THRESHOLDS; t++) {
            int position = t == THRESHOLDS - 1 ? n - 1 : (int) Math.floor(t * step);
            thresholds[t] = normal[position];
            fpr[THRESHOLDS - 1 - t] = 1.0 - (position + 1.0) / n;
        }
        // passed[k] = weight of the pixels above exactly k thresholds, so threshold t is passed by the sum over k > t.
        double[] passed = new double[THRESHOLDS + 1];
        for (int i = 0; i < pixels.regionKeys.length; i++) {
            passed[below(thresholds, pixels.regionKeys[i])] += pixels.regionWeights[i];
        }
        double overlap = 0;
        for (int t = THRESHOLDS - 1; t >= 0; t--) {
            overlap += passed[t + 1];
            pro[THRESHOLDS - 1 - t] = Math.min(1, overlap / pixels.regions);
        }
        return new ProCurve(fpr, pro);
    }

    /** How many of the ascending thresholds are strictly below the key. */
    private static int below(int[] thresholds, int key) {
        int low = 0;
        int high = thresholds.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (thresholds[middle] < key) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Trapezoids from 0 to the limit (above 0, at most 1), interpolated there, divided by the limit. */
    double area(double limit) {
        if (!(limit > 0 && limit <= 1)) {
            throw new IllegalArgumentException("an AUPRO limit lies above 0 and at most at 1, not at " + limit);
        }
        double area = 0;
        for (int i = 1; i < fpr.length && fpr[i - 1] < limit; i++) {
            double right = Math.min(fpr[i], limit);
            double width = fpr[i] - fpr[i - 1];
            double height = width > 0 ? pro[i - 1] + (pro[i] - pro[i - 1]) * (right - fpr[i - 1]) / width : pro[i];
            area += 0.5 * (pro[i - 1] + height) * (right - fpr[i - 1]);
        }
        return area / limit;
    }

    /** x = false positive rate, y = mean overlap; 101 points. */
    List<CurvePoint> points() {
        List<CurvePoint> points = new ArrayList<>();
        for (int i = 0; i < fpr.length; i++) {
            points.add(new CurvePoint(fpr[i], pro[i]));
        }
        return List.copyOf(points);
    }
}
