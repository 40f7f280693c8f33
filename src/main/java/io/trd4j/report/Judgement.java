package io.trd4j.report;

import io.trd4j.metrics.MaxF1;
import io.trd4j.report.ReportData.Limit;
import io.trd4j.report.ReportData.PartScore;
import java.util.List;

/**
 * How far a part is on the wrong side: what a reader of the gallery wants to see first.
 *
 * @param wrong 2 for a part with a defect that is OK and a normal one that is NG, 1 for REVIEW, 0 for a right verdict
 * @param by how much its combined score is on the wrong side of the limit; negative on the right side
 */
record Judgement(int wrong, double by) {
    /** Of every part; without verdicts and a limit of the combined score by the threshold with the best F1. */
    static List<Judgement> of(List<PartScore> scores, List<Limit> limits) {
        double limit = limits.stream()
                .filter(l -> l.branch().equals("combined"))
                .mapToDouble(Limit::value)
                .max()
                .orElseGet(() -> bestF1(scores));
        return scores.stream()
                .map(score -> {
                    double by = score.anomalous() ? limit - score.combined() : score.combined() - limit;
                    return new Judgement(score.verdict() == null ? by > 0 ? 2 : 0 : wrong(score), by);
                })
                .toList();
    }

    private static int wrong(PartScore score) {
        return VerdictTable.wrong(score) ? 2 : score.verdict().equals("REVIEW") ? 1 : 0;
    }

    private static double bestF1(List<PartScore> scores) {
        float[] values = new float[scores.size()];
        boolean[] anomalous = new boolean[values.length];
        int defective = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) scores.get(i).combined();
            anomalous[i] = scores.get(i).anomalous();
            defective += anomalous[i] ? 1 : 0;
        }
        // With parts of one kind only, nothing tells right from wrong: then the order is that of the scores.
        return defective == 0 || defective == values.length
                ? 0
                : MaxF1.best(values, anomalous).threshold();
    }
}
