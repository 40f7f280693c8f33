package io.trd4j.report;

import io.trd4j.metrics.Auroc;
import io.trd4j.report.ReportData.PartScore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Per kind of defect: I-AUROC of its parts against all normal parts, per branch, so one sees which modality found it.
 */
final class KindTable {
    /** From this I-AUROC on a branch is said to see a kind. */
    static final double SEEN = 0.8;

    /** Shares 0..1; {@code seenIn} in words. */
    record Row(String kind, int parts, double combined, double rgb, double depth, String seenIn) {}

    private KindTable() {}

    /** By kind; empty when there is no normal part to compare with. */
    static List<Row> of(List<PartScore> scores) {
        Map<String, List<PartScore>> kinds = new TreeMap<>();
        List<PartScore> normal = new ArrayList<>();
        for (PartScore score : scores) {
            (score.anomalous() ? kinds.computeIfAbsent(score.kind(), k -> new ArrayList<>()) : normal).add(score);
        }
        List<Row> rows = new ArrayList<>();
        if (normal.isEmpty()) {
            return rows;
        }
        kinds.forEach((kind, parts) -> {
            double rgb = auroc(parts, normal, PartScore::rgb);
            double depth = auroc(parts, normal, PartScore::depth);
            rows.add(new Row(
                    kind,
                    parts.size(),
                    auroc(parts, normal, PartScore::combined),
                    rgb,
                    depth,
                    rgb >= SEEN ? depth >= SEEN ? "both" : "rgb" : depth >= SEEN ? "depth" : "neither"));
        });
        return rows;
    }

    private static double auroc(List<PartScore> anomalous, List<PartScore> normal, ToDoubleFunction<PartScore> score) {
        float[] scores = new float[anomalous.size() + normal.size()];
        boolean[] labels = new boolean[scores.length];
        for (int i = 0; i < scores.length; i++) {
            labels[i] = i < anomalous.size();
            scores[i] = (float) score.applyAsDouble(labels[i] ? anomalous.get(i) : normal.get(i - anomalous.size()));
        }
        return Auroc.of(scores, labels);
    }
}
