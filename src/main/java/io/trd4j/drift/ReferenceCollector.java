package io.trd4j.drift;

import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.PartStatistics;
import io.trd4j.model.DriftReference;
import io.trd4j.model.Statistic;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Collects the statistics of normal parts, one after the other, into a {@link DriftReference}. */
public final class ReferenceCollector {
    private final List<float[]> parts = new ArrayList<>();

    /** Adds a normal part. */
    public void add(Inspection inspection) {
        float[] values = new float[PartStatistics.COUNT];
        PartStatistics.read(inspection, values);
        add(values);
    }

    void add(float[] values) {
        parts.add(values);
    }

    /**
     * The reference; null when there were fewer than {@link DriftReference#MIN_PARTS} parts.
     *
     * @param dataSha256 of the parts, as {@link io.trd4j.model.Threshold.Evidence} has it
     * @param precision of the inspector
     * @param device of the inspector
     */
    public DriftReference build(String dataSha256, String precision, String device) {
        int used = Math.min(parts.size(), DriftReference.MAX_PARTS);
        Map<Statistic, List<Float>> statistics = new EnumMap<>(Statistic.class);
        for (Statistic statistic : Statistic.values()) {
            List<Float> values = new ArrayList<>();
            for (int i = 0; i < used; i++) {
                float value = parts.get((int) ((long) i * parts.size() / used))[statistic.ordinal()];
                if (!Float.isNaN(value)) {
                    values.add(value);
                }
            }
            if (values.size() >= DriftReference.MIN_PARTS) {
                values.sort(null);
                statistics.put(statistic, values);
            }
        }
        return statistics.isEmpty() ? null : new DriftReference(used, dataSha256, precision, device, statistics);
    }
}
