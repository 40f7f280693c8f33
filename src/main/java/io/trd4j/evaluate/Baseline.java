package io.trd4j.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.trd4j.io.InputException;
import io.trd4j.io.OptionalLibrary;
import io.trd4j.metrics.MetricsRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The results of an earlier {@code trd evaluate}: its metrics.json, and the scores.csv of each category. */
public final class Baseline {
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Earlier(Map<String, Map<String, Double>> metrics, List<PartResult> parts) {}

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
     * @throws InputException when a file is missing or no evaluation's, or lacks one of the categories
     */
    public static Baseline open(Path file, List<String> wanted) throws IOException {
        OptionalLibrary.CSV.require();
        if (!Files.isRegularFile(file)) {
            throw new InputException(
                    "the baseline " + file + " does not exist; give the metrics.json of an earlier trd evaluate");
        }
        JsonNode root;
        try {
            root = JSON.readTree(file.toFile());
        } catch (JsonProcessingException e) {
            throw new InputException(
                    "the baseline " + file + " is not JSON; give the metrics.json of an earlier trd evaluate", e);
        }
        Path folder = file.toAbsolutePath().getParent();
        Map<String, Earlier> categories = new LinkedHashMap<>();
        for (String category : wanted) {
            JsonNode several = root.path("categories");
            if (several.isObject() ? !several.has(category) : wanted.size() > 1) {
                throw new InputException(
                        "the baseline " + file + " has no category " + category + "; evaluate the same categories");
            }
            Path scores = (several.isObject() ? folder.resolve(category) : folder).resolve("scores.csv");
            categories.put(
                    category,
                    new Earlier(metrics(file, several.isObject() ? several.get(category) : root), parts(scores)));
        }
        return new Baseline(categories);
    }

    private static Map<String, Map<String, Double>> metrics(Path file, JsonNode node) {
        Map<String, Map<String, Double>> metrics = new LinkedHashMap<>();
        for (String branch : EvaluationRun.BRANCHES) {
            Map<String, Double> row = new LinkedHashMap<>();
            for (String column : MetricsRow.COLUMNS) {
                JsonNode value = node.path(branch).path(column);
                if (!value.isNumber()) {
                    throw new InputException("the baseline " + file + " has no " + column + " of " + branch
                            + "; give the metrics.json of an earlier trd evaluate");
                }
                row.put(column, value.asDouble());
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
        List<PartResult> parts = new ArrayList<>();
        try (MappingIterator<Map<String, String>> rows = new CsvMapper()
                .readerFor(new TypeReference<Map<String, String>>() {})
                .with(CsvSchema.emptySchema().withHeader())
                .readValues(file.toFile())) {
            while (rows.hasNext()) {
                Map<String, String> row = rows.next();
                if (!row.keySet().containsAll(List.of("id", "anomalous", "score"))) {
                    throw new InputException(
                            file + " is not a scores.csv of trd evaluate: it needs the columns id, anomalous, score");
                }
                parts.add(new PartResult(
                        row.get("id"),
                        Boolean.parseBoolean(row.get("anomalous")),
                        Double.parseDouble(row.get("score")),
                        row.getOrDefault("verdict", "")));
            }
        } catch (JsonProcessingException | NumberFormatException e) {
            throw new InputException(file + " is not a scores.csv of trd evaluate", e);
        }
        return parts;
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
