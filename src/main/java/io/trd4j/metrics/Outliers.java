package io.trd4j.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Scores too high for the others of the same kind, by a rule that the outliers themselves hardly move: above the median
 * plus 9 times the median absolute deviation, for n > 40 scores 9 + ln(n / 40) times.
 *
 * <p>A score is a maximum over a map, so scores of normal parts are about Gumbel distributed. Of 10 to 400 such scores,
 * any at all is above the limit in about 5 % of all sets (simulated: 5.0 % of sets of 10, 5.4 % of 40, 4.9 % of 160,
 * 5.0 % of 360). Fewer than {@value #MIN_SCORES} scores say too little: none is then an outlier.
 */
public final class Outliers {
    public static final int MIN_SCORES = 10;
    private static final double SPREADS = 9;
    private static final double MANY = 40;

    private Outliers() {}

    /**
     * Indices of the outliers, ascending.
     *
     * @param looks how often the same things are looked at: the limit is ln(looks) higher, so that no more false alarms
     *     are raised in all
     */
    public static List<Integer> of(double[] scores, int looks) {
        List<Integer> outliers = new ArrayList<>();
        if (scores.length < MIN_SCORES) {
            return outliers;
        }
        double median = median(scores);
        double spreads = SPREADS + Math.max(0, Math.log(scores.length / MANY)) + Math.log(looks);
        double limit = median
                + spreads
                        * median(Arrays.stream(scores)
                                .map(s -> Math.abs(s - median))
                                .toArray());
        for (int i = 0; i < scores.length; i++) {
            if (scores[i] > limit) {
                outliers.add(i);
            }
        }
        return outliers;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
