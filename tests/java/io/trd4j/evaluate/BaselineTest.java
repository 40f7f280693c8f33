package io.trd4j.evaluate;

import static io.trd4j.data.Fixtures.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.metrics.MetricsRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of earlier evaluations, sound and not. */
class BaselineTest {
    private static final String ROW =
            MetricsRow.COLUMNS.stream().map(c -> "\"" + c + "\": 0.5").collect(Collectors.joining(", ", "{", "}"));
    private static final String METRICS = "{\"combined\": " + ROW + ", \"rgb\": " + ROW + ", \"depth\": " + ROW + "}";
    private static final String HEADINGS = "id,kind,anomalous,score,verdict\n";

    @TempDir
    private Path folder;

    private Path metrics;
    private Path scores;

    @BeforeEach
    void write() throws IOException {
        metrics = Files.writeString(folder.resolve("metrics.json"), METRICS);
        scores = Files.writeString(
                folder.resolve("scores.csv"), HEADINGS + "'=a/b,'=a,true,3.5,NG\nc,good,false,1,OK\n");
    }

    @Test
    void namesComeBackAsTheyWere() throws IOException {
        MetricsRow row = new MetricsRow(0.75, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5);
        Map<String, MetricsRow> rows = new LinkedHashMap<>();
        EvaluationRun.BRANCHES.forEach(branch -> rows.put(branch, row));
        Comparison comparison = Baseline.open(metrics, List.of("any"))
                .compare(
                        "any",
                        rows,
                        List.of(new PartResult("=a/b", true, 3.5, "NG"), new PartResult("c", false, 1, "OK")));
        assertEquals(0.25, comparison.change().get("rgb").get("I-AUROC"));
        assertEquals(2, comparison.parts().size());
        assertEquals(List.of(), comparison.onlyNow());
    }

    /** A line that ran for a month: of its parts, as many were skipped as inspected. */
    @Test
    void manyPartsAreCompared() throws IOException {
        int n = 100_000;
        StringBuilder rows = new StringBuilder(HEADINGS);
        StringBuilder skipped = new StringBuilder();
        List<PartResult> now = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            boolean anomalous = i % 10 == 0;
            rows.append("test/kind/")
                    .append(i)
                    .append(",kind,")
                    .append(anomalous)
                    .append(',');
            rows.append(i / 8.0).append(",OK\n");
            skipped.append(i == 0 ? "" : ",")
                    .append("{\"part\": \"")
                    .append(i)
                    .append("\", \"why\": \"it is damaged\"}");
            now.add(new PartResult("test/kind/" + i, anomalous, i / 8.0, "OK"));
        }
        Files.writeString(scores, rows);
        Files.writeString(metrics, METRICS.replaceFirst("\\{", "{\"skipped\": [" + skipped + "], "));
        assertTrue(Files.size(metrics) > 2 << 20);
        Comparison comparison = Baseline.open(metrics, List.of("any")).compare("any", Map.of(), now);
        assertEquals(n, comparison.parts().size());
        assertEquals(List.of(), comparison.changedParts());
        assertEquals(
                List.of(0.5),
                comparison.parts().stream()
                        .filter(part -> part.id().equals("test/kind/50000"))
                        .map(Comparison.Part::standing)
                        .toList());
    }

    private void refused(Path file, byte[] content, String says) throws IOException {
        byte[] sound = Files.readAllBytes(file);
        Files.write(file, content);
        assertRefused(() -> Baseline.open(metrics, List.of("any")), file, says);
        Files.write(file, sound);
    }

    private void refused(Path file, String content, String says) throws IOException {
        refused(file, content.getBytes(StandardCharsets.UTF_8), says);
    }

    @Test
    void whatIsNoMetricIsRefused() throws IOException {
        refused(metrics, "", "no sound JSON");
        refused(metrics, "null", "holds nothing");
        refused(metrics, "[]", "no sound JSON");
        refused(metrics, METRICS.getBytes("UTF-32BE"), "not UTF-8");
        refused(metrics, "{\"skipped\": " + "[".repeat(100_000), "nested too deeply");
        refused(metrics, METRICS + "x", "no sound JSON");
        refused(metrics, METRICS.replaceFirst("0.5", "1e999"), "no I-AUROC of combined but Infinity");
        refused(
                metrics,
                METRICS.replaceFirst("0.5", "\"NaN\"").replaceFirst("\"NaN\"", "null"),
                "no I-AUROC of combined");
        refused(metrics, METRICS.replaceFirst("0.5", "[1]"), "combined.I-AUROC has another form");
        refused(metrics, METRICS.replaceFirst("0.5", "\"x\""), "combined.I-AUROC has another form");
        refused(metrics, METRICS.replace("\"depth\"", "\"other\""), "no I-AUROC of depth");
        refused(metrics, METRICS.replace("\"depth\"", "\"rgb\""), "no sound JSON");
        refused(metrics, "{\"categories\": {\"other\": " + METRICS + "}}", "no category any");
        refused(metrics, METRICS + " ".repeat(64 << 20), "more than 64 MiB");
    }

    @Test
    void whatIsNoScoreIsRefused() throws IOException {
        for (String score : List.of("NaN", "Infinity", "-Infinity", "1e999", "", "x")) {
            refused(scores, HEADINGS + "a,b,true," + score + ",NG\n", "row 1: the score is '");
        }
        refused(scores, HEADINGS + "a,b,yes,1,NG\n", "anomalous is 'yes'");
        refused(scores, HEADINGS + "a,b,true,1,\u001b[31m\n", "the verdict is '?[31m'");
        refused(scores, HEADINGS + "a\n", "columns id, anomalous, score");
        refused(scores, "name,score\na,1\n", "columns id, anomalous, score");
        refused(scores, HEADINGS + "\"a", "no sound CSV");
        refused(scores, HEADINGS, "no normal part");
        refused(scores, HEADINGS + "a,b,true,1,NG\n", "no normal part");
        refused(scores, (HEADINGS + "a\u00e4,b,true,1,NG\n").getBytes(StandardCharsets.ISO_8859_1), "not UTF-8");
    }
}
