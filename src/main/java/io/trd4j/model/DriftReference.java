package io.trd4j.model;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Statistics of normal parts, as they were when a model was calibrated: what later parts are compared with. Of fixed
 * size: of many parts, {@link #MAX_PARTS} that are evenly spaced among them stand for all.
 *
 * @param parts whose statistics these are
 * @param dataSha256 of all parts there were, as {@link Threshold.Evidence} has it
 * @param precision arithmetic that computed the scores: {@link Precision#key}
 * @param device that computed them: {@code cpu}, or {@code cuda:0 (name of the GPU)}
 * @param statistics of each that at least {@link #MIN_PARTS} parts have, the parts' values in ascending order
 */
public record DriftReference(
        int parts, String dataSha256, String precision, String device, Map<Statistic, List<Float>> statistics) {
    /** With fewer, hardly any difference could be told from chance. */
    public static final int MIN_PARTS = 10;
    /** More would detect hardly more: what limits a test is the smaller of two samples, the window of later parts. */
    public static final int MAX_PARTS = 256;

    public DriftReference {
        if (dataSha256 == null || precision == null || device == null || statistics == null || statistics.isEmpty()) {
            throw new IllegalArgumentException("a drift reference needs data_sha256, precision, device and statistics");
        }
        EnumMap<Statistic, List<Float>> copy = new EnumMap<>(Statistic.class);
        for (Map.Entry<Statistic, List<Float>> entry : statistics.entrySet()) {
            check(entry.getKey(), entry.getValue(), parts);
            copy.put(entry.getKey(), List.copyOf(entry.getValue()));
        }
        statistics = Collections.unmodifiableMap(copy);
    }

    private static void check(Statistic statistic, List<Float> values, int parts) {
        boolean sound = values != null && values.size() >= MIN_PARTS && values.size() <= Math.min(parts, MAX_PARTS);
        for (int i = 0; sound && i < values.size(); i++) {
            sound = values.get(i) != null
                    && Float.isFinite(values.get(i))
                    && (i == 0 || values.get(i - 1) <= values.get(i));
        }
        if (!sound) {
            throw new IllegalArgumentException("a drift reference of " + parts + " parts needs " + MIN_PARTS + " to "
                    + MAX_PARTS + " finite values in ascending order, one per part, of " + statistic.key());
        }
    }
}
