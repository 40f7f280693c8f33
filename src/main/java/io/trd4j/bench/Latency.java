package io.trd4j.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * Distribution of times, milliseconds, with three significant digits.
 *
 * @param p50 the median
 * @param p90 nine of ten are shorter
 * @param p99 99 of 100 are shorter
 * @param p999 999 of 1000 are shorter
 * @param max the longest
 * @param mean over all
 */
public record Latency(double p50, double p90, double p99, double p999, double max, double mean) {
    static Latency of(Histogram nanos) {
        return new Latency(
                nanos.getValueAtPercentile(50) / 1e6,
                nanos.getValueAtPercentile(90) / 1e6,
                nanos.getValueAtPercentile(99) / 1e6,
                nanos.getValueAtPercentile(99.9) / 1e6,
                nanos.getMaxValue() / 1e6,
                nanos.getMean() / 1e6);
    }

    /** By the names of {@code trd bench --json}. */
    public Map<String, Double> toMap() {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("p50", p50);
        values.put("p90", p90);
        values.put("p99", p99);
        values.put("p99.9", p999);
        values.put("max", max);
        values.put("mean", mean);
        return values;
    }
}
