package io.trd4j.cli;

import io.trd4j.metrics.MetricsRow;
import io.trd4j.metrics.NormalRank;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Two evaluations of a category. Scores of two models have no common scale; what is compared of a part is its standing among the
 * normal parts of its own evaluation, and its verdict.
 *
 * @param change difference of every metric, now minus before: branch, then column
 * @param parts of both evaluations, those that changed for the worse first
 * @param onlyBefore ids of parts that are no longer there
 * @param onlyNow ids of parts that were not there before
 */
record Comparison(String category, Map<String, Map<String, Double>> change, List<Part> parts, List<String> onlyBefore,
                  List<String> onlyNow) {
    private static final int LISTED = 10;
    /** A smaller change of standing is that of a few normal parts. */
    private static final double NOTICED = 0.05;

    /**
     * @param standing share of the normal parts with a lower score, 0 to 1: high is right for a part with a defect, low for a normal one
     */
    record Part(String id, boolean anomalous, double scoreBefore, double score, double standingBefore, double standing,
                String verdictBefore, String verdict) {
        /** Above 0: for the better. */
        double gain() {
            return (anomalous ? 1 : -1) * (standing - standingBefore);
        }

        private boolean changed() {
            return !verdict.equals(verdictBefore) || Math.abs(standing - standingBefore) >= NOTICED;
        }
    }

    static Comparison of(String category, Map<String, Map<String, Double>> change, List<PartResult> before, List<PartResult> now) {
        double[] standingBefore = standing(before);
        double[] standing = standing(now);
        Map<String, Integer> index = new LinkedHashMap<>();
        for (int i = 0; i < before.size(); i++) {
            index.put(before.get(i).id(), i);
        }
        List<Part> parts = new ArrayList<>();
        List<String> onlyNow = new ArrayList<>();
        for (int i = 0; i < now.size(); i++) {
            PartResult part = now.get(i);
            Integer k = index.remove(part.id());
            if (k == null) {
                onlyNow.add(part.id());
            } else {
                parts.add(new Part(part.id(), part.anomalous(), before.get(k).score(), part.score(), standingBefore[k], standing[i],
                        before.get(k).verdict(), part.verdict()));
            }
        }
        parts.sort(Comparator.comparingDouble(Part::gain));
        return new Comparison(category, change, parts, List.copyOf(index.keySet()), onlyNow);
    }

    private static double[] standing(List<PartResult> parts) {
        return NormalRank.of(parts.stream().mapToDouble(PartResult::score).toArray(),
                parts.stream().filter(p -> !p.anomalous()).mapToDouble(PartResult::score).toArray());
    }

    /** For people: differences in percentage points, then the parts that changed. */
    String text(Path baseline) {
        StringBuilder text = new StringBuilder("\n" + category + ", now minus " + baseline + ", percentage points:\n");
        int label = change.keySet().stream().mapToInt(String::length).max().orElse(0);
        text.append(" ".repeat(label)).append(cells(c -> c)).append('\n');
        change.forEach((branch, row) -> text.append(branch).append(" ".repeat(label - branch.length()))
                .append(cells(c -> String.format(Locale.ROOT, "%+.1f", 100 * row.get(c)))).append('\n'));
        List<Part> changed = parts.stream().filter(Part::changed).toList();
        text.append(changed.size()).append(" of ").append(parts.size()).append(" parts changed their verdict, or their place among the normal "
                + "parts by 5 % of these or more").append(changed.isEmpty() ? "\n" : ", the worst first:\n");
        changed.stream().limit(LISTED).forEach(p -> text.append(String.format(Locale.ROOT, "  %s: above %.0f %% of the normal parts, before "
                + "%.0f %%%s%n", p.id(), 100 * p.standing(), 100 * p.standingBefore(),
                p.verdict().equals(p.verdictBefore()) ? "" : "; " + orNone(p.verdict()) + ", before " + orNone(p.verdictBefore()))));
        if (changed.size() > LISTED) {
            text.append("  and ").append(changed.size() - LISTED).append(" more in comparison.json\n");
        }
        if (!onlyBefore.isEmpty() || !onlyNow.isEmpty()) {
            text.append("parts in one of the two only: ").append(onlyBefore.size()).append(" before, ").append(onlyNow.size()).append(" now\n");
        }
        return text.toString();
    }

    private static String orNone(String verdict) {
        return verdict.isEmpty() ? "no verdict" : verdict;
    }

    private static String cells(Function<String, String> cell) {
        return MetricsRow.COLUMNS.stream().map(c -> "  " + " ".repeat(Math.max(0, c.length() - cell.apply(c).length())) + cell.apply(c))
                .collect(Collectors.joining());
    }
}
