package io.trd4j.report;

import io.trd4j.report.ReportData.PartScore;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * How many normal and defective parts have a value in each of equal bins from the lowest to the highest value or limit.
 *
 * @param from the first bin's left end
 * @param width of a bin
 */
record Histogram(double from, double width, int[] normal, int[] defective) {
    private static final int BINS = 24;

    /** @param limits that must be within the bins, too */
    static Histogram of(List<PartScore> parts, ToDoubleFunction<PartScore> score, double... limits) {
        double low = Math.min(
                parts.stream().mapToDouble(score).min().orElse(0),
                DoubleStream.of(limits).min().orElse(Double.MAX_VALUE));
        double high = Math.max(
                parts.stream().mapToDouble(score).max().orElse(1),
                DoubleStream.of(limits).max().orElse(-Double.MAX_VALUE));
        // Equal scores get one bin's worth of room, so that the width is never zero.
        double width = high > low ? (high - low) / BINS : 1;
        int[] normal = new int[BINS];
        int[] defective = new int[BINS];
        for (PartScore part : parts) {
            int bin = Math.min(BINS - 1, (int) ((score.applyAsDouble(part) - low) / width));
            (part.anomalous() ? defective : normal)[bin]++;
        }
        return new Histogram(low, width, normal, defective);
    }
}
