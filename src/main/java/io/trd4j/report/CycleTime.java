package io.trd4j.report;

import io.trd4j.report.ReportData.PartScore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The milliseconds that parts took, from the decoded images to the verdict, and what a line makes of them.
 *
 * @param sorted of each part, ascending; at least one
 * @param budget milliseconds that a part may take; null = nobody said
 */
record CycleTime(double[] sorted, Double budget) {
    /**
     * One line of the table.
     *
     * @param name which part's time it is
     * @param milliseconds of that part
     */
    record Row(String name, double milliseconds) {
        /** Parts that could follow each other in a minute. */
        double perMinute() {
            return 60_000 / milliseconds;
        }
    }

    static CycleTime of(List<PartScore> scores, Double budget) {
        return new CycleTime(
                scores.stream().mapToDouble(PartScore::milliseconds).sorted().toArray(), budget);
    }

    /** Median, 99th percentile where there are enough parts for one, and the longest. */
    List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        rows.add(new Row("median", rank(0.5)));
        if (sorted.length >= 100) {
            rows.add(new Row("99 % of the parts within", rank(0.99)));
        }
        rows.add(new Row("longest", rank(1)));
        return rows;
    }

    /** How many parts kept to the budget. */
    long within() {
        return Arrays.stream(sorted).filter(time -> time <= budget).count();
    }

    String text() {
        return String.format(
                Locale.ROOT,
                "median %.2f ms, p90 %.2f ms, p99 %.2f ms, longest %.2f ms",
                rank(0.5),
                rank(0.9),
                rank(0.99),
                rank(1));
    }

    /** The smallest time that this share of all is not above. */
    private double rank(double share) {
        return sorted[(int) Math.ceil(share * sorted.length) - 1];
    }
}
