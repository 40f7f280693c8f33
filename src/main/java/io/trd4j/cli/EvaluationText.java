package io.trd4j.cli;

import io.trd4j.evaluate.Comparison;
import io.trd4j.evaluate.Comparison.Part;
import io.trd4j.evaluate.EvaluationRun;
import io.trd4j.inspect.Verdict;
import io.trd4j.metrics.MetricsRow;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Evaluations in words. */
final class EvaluationText {
    private static final int LISTED = 10;

    private EvaluationText() {}

    /** Prints what was inferred about the masks. */
    static void notes(EvaluationRun run) {
        run.notes().forEach(note -> System.err.println("trd: " + run.category() + ": " + note));
    }

    /** How many normal parts and parts with a defect got which verdict; empty when the model has no thresholds. */
    static List<String> verdicts(EvaluationRun run) {
        if (run.verdicts(false).isEmpty()) {
            return List.of();
        }
        return List.of(
                "verdicts of normal parts: " + text(run.verdicts(false)),
                "verdicts of parts with a defect: " + text(run.verdicts(true)));
    }

    private static String text(Map<Verdict, Integer> counts) {
        return counts.entrySet().stream()
                .map(c -> c.getValue() + " " + c.getKey())
                .collect(Collectors.joining(", "));
    }

    /** Differences in percentage points, then the parts that changed. */
    static String comparison(Comparison comparison, Path baseline) {
        Map<String, Map<String, Double>> change = comparison.change();
        StringBuilder text =
                new StringBuilder("\n" + comparison.category() + ", now minus " + baseline + ", percentage points:\n");
        int label = change.keySet().stream().mapToInt(String::length).max().orElse(0);
        text.append(" ".repeat(label)).append(cells(c -> c)).append('\n');
        change.forEach((branch, row) -> text.append(branch)
                .append(" ".repeat(label - branch.length()))
                .append(cells(c -> String.format(Locale.ROOT, "%+.1f", 100 * row.get(c))))
                .append('\n'));
        List<Part> changed = comparison.changedParts();
        text.append(changed.size())
                .append(" of ")
                .append(comparison.parts().size())
                .append(" parts changed their verdict, or their place among the normal parts by 5 % of these or more")
                .append(changed.isEmpty() ? "\n" : ", the worst first:\n");
        changed.stream()
                .limit(LISTED)
                .forEach(p -> text.append(String.format(
                        Locale.ROOT,
                        "  %s: above %.0f %% of the normal parts, " + "before %.0f %%%s%n",
                        p.id(),
                        100 * p.standing(),
                        100 * p.standingBefore(),
                        p.verdict().equals(p.verdictBefore())
                                ? ""
                                : "; " + orNone(p.verdict()) + ", before " + orNone(p.verdictBefore()))));
        if (changed.size() > LISTED) {
            text.append("  and ").append(changed.size() - LISTED).append(" more in comparison.json\n");
        }
        if (!comparison.onlyBefore().isEmpty() || !comparison.onlyNow().isEmpty()) {
            text.append("parts in one of the two only: ")
                    .append(comparison.onlyBefore().size())
                    .append(" before, ")
                    .append(comparison.onlyNow().size())
                    .append(" now\n");
        }
        return text.toString();
    }

    private static String orNone(String verdict) {
        return verdict.isEmpty() ? "no verdict" : verdict;
    }

    private static String cells(Function<String, String> cell) {
        return MetricsRow.COLUMNS.stream()
                .map(c ->
                        "  " + " ".repeat(Math.max(0, c.length() - cell.apply(c).length())) + cell.apply(c))
                .collect(Collectors.joining());
    }
}
