package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** trd evaluate --baseline: nothing changed against itself, known changes against a baseline that was altered. */
class EvaluateBaselineTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private Cli.Outcome evaluate(Path out, Object... more) throws IOException {
        Sample sample = Sample.get();
        List<Object> arguments =
                new ArrayList<>(List.of("evaluate", "--model", sample.model, "--data", sample.category, "--out", out));
        arguments.addAll(List.of(more));
        return Cli.here(arguments.toArray());
    }

    private static JsonNode comparison(Path out) throws IOException {
        return JSON.readTree(out.resolve("comparison.json").toFile()).get(0);
    }

    @Test
    void whatChangedIsSaid() throws IOException {
        Path before = folder.resolve("before");
        evaluate(before).expect(0);
        Path now = folder.resolve("now");
        String same = evaluate(now, "--baseline", before.resolve("metrics.json"))
                .expect(0)
                .out();
        assertTrue(same.contains("0 of 8 parts changed"), same);
        comparison(now).get("change").forEach(row -> row.forEach(value -> assertEquals(0, value.asDouble())));

        // A baseline in which one part with a defect was far above all normal ones, one part is missing and AUROC was
        // 0.25 lower.
        List<String> lines = Files.readAllLines(before.resolve("scores.csv"));
        String hole = lines.stream()
                .filter(line -> line.startsWith("test/hole/"))
                .findFirst()
                .orElseThrow();
        String gone = lines.get(1).split(",")[0];
        String[] cells = hole.split(",", -1);
        cells[3] = "1e9";
        cells[6] = "NG";
        Files.write(
                before.resolve("scores.csv"),
                lines.stream()
                        .filter(line -> !line.startsWith(gone + ","))
                        .map(line -> line.equals(hole) ? String.join(",", cells) : line)
                        .toList());
        ObjectNode metrics =
                (ObjectNode) JSON.readTree(before.resolve("metrics.json").toFile());
        double auroc = metrics.path("combined").path("I-AUROC").asDouble();
        ((ObjectNode) metrics.get("combined")).put("I-AUROC", auroc - 0.25);
        JSON.writeValue(before.resolve("metrics.json").toFile(), metrics);

        String text = evaluate(now, "--baseline", before.resolve("metrics.json"))
                .expect(0)
                .out();
        assertTrue(
                text.contains("+25.0")
                        && text.contains(cells[0] + ": above ")
                        && text.contains("before 100 %; no verdict, before NG")
                        && text.contains("0 before, 1 now"),
                text);
        JsonNode comparison = comparison(now);
        assertEquals(
                0.25, comparison.path("change").path("combined").path("I-AUROC").asDouble(), 1e-9);
        assertEquals(gone, comparison.path("onlyNow").path(0).asText());
        assertEquals(7, comparison.path("parts").size());
    }
}
