package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trd4j.SmallModel;
import io.trd4j.cli.options.ModelChoice;
import io.trd4j.engine.PlanReport;
import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.model.Backbone;
import io.trd4j.model.Modality;
import io.trd4j.model.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code trd bench} and {@code trd plan}: what they print and write. */
class MeasuringVerbsTest {
    private static final List<String> PERCENTILES = List.of("p50", "p90", "p99", "p99.9", "max");
    private static final List<String> STAGES = List.of("prepare", "network", "anomaly_map");
    /** A histogram of 3 digits gives a value back within 1/1000. */
    private static final double DIGITS = 1.002;

    @TempDir
    private static Path folder;

    private static Path model;

    @BeforeAll
    static void write() throws IOException {
        model = SmallModel.write(folder.resolve("model.safetensors"), Modality.DEPTH, null);
    }

    private static List<String> keys(JsonNode node) {
        List<String> keys = new ArrayList<>();
        node.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    private static void assertLatencies(JsonNode ms) {
        List<String> expected = new ArrayList<>(PERCENTILES);
        expected.add("mean");
        assertEquals(expected, keys(ms));
        double last = Double.MIN_VALUE;
        for (String percentile : PERCENTILES) {
            double value = ms.get(percentile).asDouble(Double.NaN);
            assertTrue(value >= last, percentile + " of " + ms);
            last = value;
        }
        double mean = ms.get("mean").asDouble(Double.NaN);
        assertTrue(mean > 0 && mean <= last * DIGITS, ms.toString());
    }

    private static JsonNode bench(Cli.Outcome run, Path file, int parts) throws IOException {
        assertEquals(List.of(), run.complaints());
        JsonNode result = new ObjectMapper().readTree(file.toFile());
        assertEquals(
                List.of(
                        "latency_ms",
                        "stages_ms",
                        "throughput_parts_per_s",
                        "peak_memory_bytes",
                        "rss_bytes",
                        "allocated_bytes_per_part",
                        "settings"),
                keys(result));
        assertLatencies(result.get("latency_ms"));
        assertEquals(STAGES, keys(result.get("stages_ms")));
        double sum = 0;
        for (String stage : STAGES) {
            assertLatencies(result.get("stages_ms").get(stage));
            sum += result.get("stages_ms").get(stage).get("mean").asDouble();
        }
        double mean = result.get("latency_ms").get("mean").asDouble();
        assertTrue(sum <= mean * DIGITS && sum >= mean / 2, "the stages are " + sum + " ms of " + mean);
        double throughput = result.get("throughput_parts_per_s").asDouble(Double.NaN);
        assertTrue(throughput > 0 && throughput <= 1000 / mean * DIGITS, throughput + " parts/s of " + mean + " ms");
        assertTrue(result.get("allocated_bytes_per_part").asDouble(Double.NaN) >= 0);
        if (Files.exists(Path.of("/proc/self/status"))) {
            long end = result.get("rss_bytes").get("end").asLong();
            assertTrue(result.get("rss_bytes").get("after_warmup").asLong() > 0 && end > 0);
            // The kernel counts pages in batches per thread, so the two may differ a little where they are equal.
            assertTrue(result.get("peak_memory_bytes").asLong() >= 0.98 * end, result.toString());
        }
        assertEquals(parts, result.get("settings").get("parts").asInt());
        for (String line : List.of("part", "prepare", "network", "anomaly_map")) {
            assertTrue(run.out().matches("(?s).*\\n" + line + "( +[\\d.]+){6}\\n.*"), run.out());
        }
        return result;
    }

    @Test
    void benchMeasuresAModelOnSyntheticAndOnRealParts() throws IOException {
        Path file = folder.resolve("bench.json");
        Cli.Outcome run = Cli.here(
                        "bench",
                        "--model",
                        model,
                        "--parts",
                        6,
                        "--warmup",
                        2,
                        "--threads",
                        1,
                        "--resolution",
                        96,
                        "--json",
                        file)
                .expect(0);
        JsonNode settings = bench(run, file, 6).get("settings");
        assertEquals(
                List.of("synthetic", "5", "96", "1", "auto", "fp32", "false", "resnet18", "64", "depth", "2"),
                List.of(
                        settings.get("data").asText(),
                        settings.get("different_parts").asText(),
                        settings.get("part_width").asText(),
                        settings.get("threads").asText(),
                        settings.get("precision_asked").asText(),
                        settings.get("precision").asText(),
                        settings.get("random").asText(),
                        settings.get("backbone").asText(),
                        settings.get("size").asText(),
                        settings.get("modality").asText(),
                        settings.get("warmup").asText()));
        assertEquals(model.toString(), settings.get("model").asText());
        assertTrue(settings.get("natives").get(0).asText().startsWith("libtrd"), settings.toString());
        assertFalse(run.out().contains("random"), run.out());
        List<String> progress = run.err().lines().toList();
        assertTrue(progress.get(progress.size() - 1).startsWith("Measuring 0/6, about "), run.err());

        Path parts = folder.resolve("cookie");
        SmallModel.category(parts, 0, 0, 3);
        run = Cli.here("bench", "--model", model, "--parts", 4, "--warmup", 0, "--data", parts, "--json", file)
                .expect(0);
        settings = bench(run, file, 4).get("settings");
        assertEquals(
                List.of(parts.toString(), "3", "64"),
                List.of(
                        settings.get("data").asText(),
                        settings.get("different_parts").asText(),
                        settings.get("part_height").asText()));
    }

    @Test
    void benchRunsWithoutAModel() throws IOException {
        Path file = folder.resolve("random.json");
        Cli.Outcome run = Cli.here(
                        "bench",
                        "--random",
                        "--backbone",
                        "resnet18",
                        "--size",
                        64,
                        "--precision",
                        "fp32",
                        "--parts",
                        3,
                        "--warmup",
                        1,
                        "--resolution",
                        64,
                        "--json",
                        file)
                .expect(0);
        JsonNode settings = bench(run, file, 3).get("settings");
        assertTrue(settings.get("model").isNull() && settings.get("random").asBoolean());
        assertEquals("normals", settings.get("modality").asText());
        assertEquals(ModelChoice.MEANINGLESS, run.out().lines().findFirst().orElseThrow());
    }

    @Test
    void thePlanPrintsEveryStepAndWhereTheTimeGoes() throws IOException {
        Path file = folder.resolve("plan.json");
        Cli.Outcome run = Cli.here("plan", "--model", model, "--runs", 2, "--threads", 1, "--json", file)
                .expect(0);
        assertEquals("", run.err());
        List<String> lines = run.out().lines().toList();
        assertTrue(lines.get(0).startsWith("resnet18, size 64, precision fp32, 1 threads, oneDNN "), lines.get(0));
        String last = lines.get(lines.size() - 1);
        assertTrue(last.matches("network: [\\d.]+ ms, \\d+ GFLOP/s, [\\d.]+% of the peak .*"), last);
        JsonNode report = new ObjectMapper().readTree(file.toFile());
        assertEquals(model.toString(), report.get("model").asText());
        double gflop = ExecutionPlan.of(Backbone.RESNET18, SmallModel.SIZE).flop() / 1e9;
        assertEquals(gflop, report.get("gflop").asDouble(), 1e-9);
        double flopOfSteps = 0;
        double millis = 0;
        long weights = 0;
        int at = 4;
        for (JsonNode step : report.get("steps")) {
            assertTrue(lines.get(at++).startsWith(step.get("name").asText() + " "), "line " + at + " of " + run.out());
            flopOfSteps += step.get("gflop").asDouble();
            millis += step.get("ms").asDouble();
            weights += step.get("weight_bytes").asLong();
        }
        assertEquals("", lines.get(at));
        assertEquals(gflop, flopOfSteps, 1e-9);
        assertEquals(report.get("weights_bytes").asLong(), weights);
        for (String totals : List.of("by_kind", "by_part")) {
            double sum = 0;
            for (Iterator<Map.Entry<String, JsonNode>> all = report.get(totals).fields(); all.hasNext(); ) {
                Map.Entry<String, JsonNode> total = all.next();
                assertTrue(lines.stream().anyMatch(line -> line.startsWith(total.getKey() + "  ")), total.getKey());
                sum += total.getValue().get("ms").asDouble();
            }
            assertEquals(millis, sum, 1e-9 * millis);
        }
        assertEquals(
                report.get("share_of_peak").asDouble(),
                gflop
                        / report.get("network_ms").asDouble()
                        * 1e3
                        / report.get("peak_gflop_per_s").asDouble(),
                1e-9);
    }

    @Test
    void thePlanOfRandomWeightsSaysSo() {
        Cli.Outcome run = Cli.here("plan", "--random", "--backbone", "resnet18", "--size", 32, "--runs", 1)
                .expect(0);
        assertEquals(ModelChoice.MEANINGLESS, run.out().lines().findFirst().orElseThrow());
    }

    @Test
    void withoutAPlanOneLineSaysSo() {
        List<String> lines = PlanText.lines(new PlanReport(
                Backbone.RESNET18, 64, Precision.FP32, 2, "LibTorch", 3, 1.5e9, 0, 0, List.of(), 12.5, 0));
        assertEquals(
                List.of(
                        "resnet18, size 64, precision fp32, 2 threads, LibTorch",
                        "1.50 GFLOP in 12.50 ms; LibTorch runs the network op by op on this platform: there is "
                                + "no plan to show"),
                lines);
    }
}
