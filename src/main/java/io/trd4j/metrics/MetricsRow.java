package io.trd4j.metrics;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One row of the official table (SPEC section 6), as shares from 0 to 1. I- columns judge whole parts by their score,
 * P- and AUPRO columns judge pixels.
 */
public record MetricsRow(
        double iAuroc,
        double pAuroc,
        double aupro30,
        double aupro10,
        double aupro5,
        double aupro1,
        double iAp,
        double pAp,
        double iF1,
        double pF1) {
    /** The columns as they are spelled in tables and in metrics.json, in their order. */
    public static final List<String> COLUMNS =
            List.of("I-AUROC", "P-AUROC", "AUPRO@30", "AUPRO@10", "AUPRO@5", "AUPRO@1", "I-AP", "P-AP", "I-F1", "P-F1");

    public MetricsRow {
        double[] values = {iAuroc, pAuroc, aupro30, aupro10, aupro5, aupro1, iAp, pAp, iF1, pF1};
        for (int i = 0; i < values.length; i++) {
            if (!Double.isFinite(values[i])) {
                throw new IllegalArgumentException(COLUMNS.get(i) + " is " + values[i] + "; a row holds finite values");
            }
        }
    }

    /** Column name to value, in the order of {@link #COLUMNS}; not modifiable. */
    public Map<String, Double> toMap() {
        double[] values = values();
        Map<String, Double> map = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            map.put(COLUMNS.get(i), values[i]);
        }
        return Collections.unmodifiableMap(map);
    }

    /**
     * Column by column mean, as the paper's table has it over categories.
     *
     * @throws IllegalArgumentException for an empty list
     */
    public static MetricsRow mean(List<MetricsRow> rows) {
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("no rows to take the mean of");
        }
        double[] mean = new double[COLUMNS.size()];
        for (MetricsRow row : rows) {
            double[] values = row.values();
            for (int i = 0; i < mean.length; i++) {
                mean[i] += values[i] / rows.size();
            }
        }
        return new MetricsRow(mean[0], mean[1], mean[2], mean[3], mean[4], mean[5], mean[6], mean[7], mean[8], mean[9]);
    }

    private double[] values() {
        return new double[] {iAuroc, pAuroc, aupro30, aupro10, aupro5, aupro1, iAp, pAp, iF1, pF1};
    }
}
