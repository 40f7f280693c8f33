package io.trd4j.report;

import io.trd4j.metrics.MetricsRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The official table as aligned text in percent, for the terminal (SPEC section 6). */
public final class OfficialTable {
    private OfficialTable() {}

    /**
     * One line per row under the ten column names; every line ends in a line feed.
     *
     * @param rows label (combined, rgb, depth; or a category) to metrics, in the order to print
     */
    public static String of(Map<String, MetricsRow> rows) {
        return table("", rows);
    }

    /**
     * The paper's form: per branch one table with a row per category and their mean.
     *
     * @param categories category to branch to metrics; every category has the same branches
     * @throws IllegalArgumentException without categories, or when a category lacks a branch of the first
     */
    public static String paper(Map<String, Map<String, MetricsRow>> categories) {
        if (categories.isEmpty()) {
            throw new IllegalArgumentException("no categories to print");
        }
        StringBuilder text = new StringBuilder();
        for (String branch : categories.values().iterator().next().keySet()) {
            Map<String, MetricsRow> rows = new LinkedHashMap<>();
            categories.forEach((category, branches) -> {
                if (!branches.containsKey(branch)) {
                    throw new IllegalArgumentException("category " + category + " has no row " + branch);
                }
                rows.put(category, branches.get(branch));
            });
            rows.put("mean", MetricsRow.mean(new ArrayList<>(rows.values())));
            text.append(text.isEmpty() ? "" : "\n").append(table(branch, rows));
        }
        return text.toString();
    }

    /** A share as percent with one decimal, as every table of the field prints it. */
    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f", 100 * share);
    }

    private static String table(String corner, Map<String, MetricsRow> rows) {
        int label = Math.max(
                corner.length(),
                rows.keySet().stream().mapToInt(String::length).max().orElse(0));
        StringBuilder text = new StringBuilder();
        line(text, label, corner, MetricsRow.COLUMNS);
        rows.forEach((name, row) -> {
            List<String> cells =
                    row.toMap().values().stream().map(OfficialTable::percent).toList();
            line(text, label, name, cells);
        });
        return text.toString();
    }

    private static void line(StringBuilder text, int label, String name, List<String> cells) {
        text.append(name).append(" ".repeat(label - name.length()));
        for (int i = 0; i < cells.size(); i++) {
            String cell = cells.get(i);
            int padding = Math.max(0, MetricsRow.COLUMNS.get(i).length() - cell.length());
            text.append("  ").append(" ".repeat(padding)).append(cell);
        }
        text.append('\n');
    }
}
