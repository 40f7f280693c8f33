package io.trd4j.report;

import io.trd4j.report.ReportData.PartScore;
import io.trd4j.threshold.ShareInterval;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The verdicts at the model's thresholds: of normal parts, and of each kind of defect. */
final class VerdictTable {
    /** Of each end of an interval by itself, as of a threshold's promise. */
    static final double CONFIDENCE = 0.95;

    /**
     * The verdicts of some parts.
     *
     * @param name of the kind
     * @param wrong how many of them are misjudged: normal ones that are NG, defective ones that are OK
     * @param bounds of the share that will be misjudged among the parts to come
     */
    record Row(String name, int parts, int ok, int review, int ng, int wrong, ShareInterval bounds) {
        static Row of(String name, List<PartScore> parts) {
            int ok = count(parts, "OK");
            int ng = count(parts, "NG");
            int wrong = (int) parts.stream().filter(VerdictTable::wrong).count();
            return new Row(
                    name,
                    parts.size(),
                    ok,
                    parts.size() - ok - ng,
                    ng,
                    wrong,
                    ShareInterval.of(wrong, parts.size(), CONFIDENCE));
        }
    }

    private VerdictTable() {}

    /** Whether every part has a verdict, and there is one. */
    static boolean judged(List<PartScore> scores) {
        return !scores.isEmpty() && scores.stream().allMatch(score -> score.verdict() != null);
    }

    /** Normal parts, defective parts, then each kind of defect by name where there are several. */
    static List<Row> of(List<PartScore> scores) {
        List<Row> rows = new ArrayList<>();
        List<PartScore> normal = only(scores, score -> !score.anomalous());
        if (!normal.isEmpty()) {
            rows.add(Row.of("normal parts", normal));
        }
        List<PartScore> defective = only(scores, PartScore::anomalous);
        if (!defective.isEmpty()) {
            rows.add(Row.of("defective parts", defective));
        }
        Map<String, List<PartScore>> kinds = new TreeMap<>();
        defective.forEach(score ->
                kinds.computeIfAbsent(score.kind(), kind -> new ArrayList<>()).add(score));
        if (kinds.size() > 1) {
            kinds.forEach((kind, parts) -> rows.add(Row.of(kind, parts)));
        }
        return rows;
    }

    /** A defective part that is OK, or a normal one that is NG. */
    static boolean wrong(PartScore score) {
        return score.verdict().equals(score.anomalous() ? "OK" : "NG");
    }

    private static int count(List<PartScore> parts, String verdict) {
        return only(parts, part -> part.verdict().equals(verdict)).size();
    }

    private static List<PartScore> only(List<PartScore> scores, Predicate<PartScore> which) {
        return scores.stream().filter(which).toList();
    }
}
