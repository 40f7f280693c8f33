package io.trd4j.evaluate;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.trd4j.io.Csv;
import io.trd4j.io.InputException;
import io.trd4j.io.Json;
import io.trd4j.io.OneLine;
import io.trd4j.io.OptionalLibrary;
import io.trd4j.io.Readable;
import io.trd4j.metrics.MetricsRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The results of an earlier {@code trd evaluate}: its metrics.json, and the scores.csv of each category. */
public final class Baseline {
    /** A category takes about 1 KiB, a part that was skipped less: there is room for 100,000 of them. */
    private static final int MAX_METRICS_BYTES = 64 << 20;
    /** A part takes about 100 bytes: there is room for all that may be. */
    private static final long MAX_SCORES_BYTES = 256 << 20;
    /** Nobody has inspected more parts in one evaluation. */
    private static final int MAX_PARTS = 500_000;

    private static final String GIVE = "; give the metrics.json of an earlier trd evaluate";
    private static final List<String> VERDICTS = List.of("OK", "REVIEW", "NG", "");
    private static final JsonMapper JSON = Json.strict(MAX_METRICS_BYTES).build();

    private record Earlier(Map<String, Map<String, Double>> metrics, List<PartResult> parts) {}

    /** All that is compared of a metrics.json, or of a category in it; all else is passed over. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Metrics(
            Map<String, Double> combined,
            Map<String, Double> rgb,
            Map<String, Double> depth,
            Map<String, Metrics> categories) {
        /** In the order of {@link EvaluationRun#BRANCHES}. */
        List<Map<String, Double>> branches() {
            return Arrays.asList(combined, rgb, depth);
        }
    }

    private final Map<String, Earlier> categories;

    private Baseline(Map<String, Earlier> categories) {
        this.categories = categories;
    }

    /**
     * Reads everything that will be compared.
     *
     * @param file metrics.json; of one category, its scores.csv is beside it, of several, in a folder of the category's
     *     name
     * @param wanted the categories that will be evaluated
     * @throws InputException when a file is missing or no evaluation's, lacks one of the categories, or holds what is
     *     no finite number
     */
    public static Baseline open(Path file, List<String> wanted) throws IOException {
        OptionalLibrary.CSV.require();
        if (!Files.isRegularFile(file)) {
            throw new InputException("the baseline " + file + " does not exist" + GIVE);
        }
        if (Readable.size(file) > MAX_METRICS_BYTES) {
            throw new InputException("the baseline " + file + " has more than 64 MiB" + GIVE);
        }
        Metrics root = Json.read(
                JSON,
                Readable.bytes(file),
                Metrics.class,
                what -> new InputException("the baseline " + file + " is not an evaluation's: " + what + GIVE));
        if (root == null) {
            throw new InputException("the baseline " + file + " holds nothing" + GIVE);
        }
        Path folder = file.toAbsolutePath().getParent();
        Map<String, Earlier> categories = new LinkedHashMap<>();
        for (String category : wanted) {
            boolean several = root.categories != null;
            Metrics own = several ? root.categories.get(category) : wanted.size() > 1 ? null : root;
            if (own == null) {
                throw new InputException(
                        "the baseline " + file + " has no category " + category + "; evaluate the same categories");
            }
            Path scores = (several ? folder.resolve(category) : folder).resolve("scores.csv");
            categories.put(category, new Earlier(metrics(file, own), parts(scores)));
        }
        return new Baseline(categories);
    }

    private static Map<String, Map<String, Double>> metrics(Path file, Metrics all) {
        Map<String, Map<String, Double>> metrics = new LinkedHashMap<>();
        for (int i = 0; i < EvaluationRun.BRANCHES.size(); i++) {
            String branch = EvaluationRun.BRANCHES.get(i);
            Map<String, Double> found = all.branches().get(i);
            Map<String, Double> row = new LinkedHashMap<>();
            for (String column : MetricsRow.COLUMNS) {
                Double value = found == null ? null : found.get(column);
                if (value == null || !Double.isFinite(value)) {
                    throw new InputException("the baseline " + file + " has no " + column + " of " + branch
                            + (value == null ? "" : " but " + value) + GIVE);
                }
                row.put(column, value);
            }
            metrics.put(branch, row);
        }
        return metrics;
    }

    private static List<PartResult> parts(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new InputException(
                    file + " does not exist: a baseline needs the scores.csv that trd evaluate wrote with it");
        }
        if (Readable.size(file) > MAX_SCORES_BYTES) {
            throw notScores(file, "it has more than 256 MiB");
        }
        List<PartResult> parts = new ArrayList<>();
        Csv.read(file, row -> parts.add(part(file, parts.size(), row)), what -> notScores(file, what));
        if (parts.stream().allMatch(PartResult::anomalous)) {
            throw notScores(file, "it has no normal part");
        }
        return parts;
    }

    private static PartResult part(Path file, int index, UnaryOperator<String> row) {
        String id = row.apply("id");
        String anomalous = row.apply("anomalous");
        String score = row.apply("score");
        String verdict = row.apply("verdict");
        String where = "row " + (index + 1) + ": ";
        if (id == null || anomalous == null || score == null) {
            throw notScores(file, where + "it needs the columns id, anomalous, score");
        }
        if (index == MAX_PARTS) {
            throw notScores(file, "it has more than " + MAX_PARTS + " rows");
        }
        if (!anomalous.equals("true") && !anomalous.equals("false")) {
            throw notScores(file, where + "anomalous is '" + OneLine.start(anomalous) + "', not true or false");
        }
        if (verdict != null && !VERDICTS.contains(verdict)) {
            throw notScores(file, where + "the verdict is '" + OneLine.start(verdict) + "', not OK, REVIEW or NG");
        }
        double value;
        try {
            value = Double.parseDouble(score);
        } catch (NumberFormatException e) {
            value = Double.NaN;
        }
        if (!Double.isFinite(value)) {
            throw notScores(file, where + "the score is '" + OneLine.start(score) + "', no finite number");
        }
        return new PartResult(id, anomalous.equals("true"), value, verdict == null ? "" : verdict);
    }

    private static InputException notScores(Path file, String what) {
        return new InputException(file + " is not a scores.csv of trd evaluate: " + what);
    }

    /**
     * How a category changed since.
     *
     * @param category one of those it was opened for
     * @param rows its metrics now, per branch
     * @param parts its results now
     */
    public Comparison compare(String category, Map<String, MetricsRow> rows, List<PartResult> parts) {
        Earlier earlier = categories.get(category);
        Map<String, Map<String, Double>> change = new LinkedHashMap<>();
        rows.forEach((branch, row) -> {
            Map<String, Double> differences = new LinkedHashMap<>();
            row.toMap()
                    .forEach((column, value) -> differences.put(
                            column, value - earlier.metrics().get(branch).get(column)));
            change.put(branch, differences);
        });
        return Comparison.of(category, change, earlier.parts(), parts);
    }
}
