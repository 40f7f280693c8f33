package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code --json}: a line per part, and nothing else where lines are. */
class JsonLinesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path folder;

    /** Eight test parts; one is damaged, one has no points. */
    private static Path category;

    private static Path model;

    @BeforeAll
    static void parts() throws IOException {
        Sample sample = Sample.get();
        category = folder.resolve("plate");
        Sample.copy(sample.category, category);
        model = Files.copy(sample.model, folder.resolve("model.safetensors"));
        Cli.here("threshold", "--model", model, "--ng", 3).expect(0);
        Files.write(category.resolve("test/hole/xyz/000.tiff"), new byte[100]);
        Files.delete(category.resolve("test/stain/xyz/000.tiff"));
    }

    /** Every line by itself is an object without line feeds and without numbers that are none. */
    private static List<JsonNode> parse(String lines) throws IOException {
        List<JsonNode> parsed = new ArrayList<>();
        assertTrue(lines.endsWith("\n"), lines);
        for (String line : lines.split("\n")) {
            assertFalse(line.contains("NaN") || line.contains("Infinity"), line);
            JsonNode json = JSON.readTree(line);
            assertTrue(json.isObject(), line);
            parsed.add(json);
        }
        return parsed;
    }

    private static List<String> ids(List<JsonNode> lines) {
        return lines.stream().map(line -> line.get("id").asText()).toList();
    }

    private static JsonNode withoutTimes(JsonNode result) {
        return ((ObjectNode) result.deepCopy()).without("timings_ms");
    }

    @Test
    void standardOutputHasALineForEveryPartAlsoForSkippedOnes() throws IOException {
        Path out = folder.resolve("out");
        Cli.Outcome outcome = Cli.here(
                        "inspect", "--model", model, "--data", category, "--skip-broken", "--out", out, "--json", "-")
                .expect(0);
        List<JsonNode> lines = parse(outcome.out());
        assertEquals(8, lines.size());
        int regions = 0;
        for (JsonNode line : lines) {
            String id = line.get("id").asText();
            if (id.startsWith("test/hole") || id.startsWith("test/stain")) {
                assertEquals(List.of("id", "error"), names(line));
                assertTrue(
                        outcome.err()
                                .contains("trd: skipped: " + line.get("error").asText()),
                        outcome.err());
            } else {
                JsonNode file =
                        JSON.readTree(out.resolve(id).resolve("result.json").toFile());
                assertEquals(file, line);
                regions += line.get("regions").size();
                assertTrue(outcome.err().contains(id + ": score "), "the text for people");
            }
        }
        assertTrue(regions > 0, "the limit is so low that there are some");
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void aFileNeedsNoFolderAndIsWhole() throws IOException {
        Path file = folder.resolve("lines.jsonl");
        Files.writeString(file, "old\n");
        List<Object> refused = List.of("inspect", "--model", model, "--data", category, "--json", file);
        Cli.run(refused).expect(2);
        assertEquals("old\n", Files.readString(file), "the damaged part ended the run");
        List<Object> args = new ArrayList<>(refused);
        args.add("--skip-broken");
        Cli.Outcome outcome = Cli.run(args).expect(0);
        List<JsonNode> lines = parse(Files.readString(file));
        assertEquals(8, lines.size());
        assertEquals(6, outcome.out().lines().count(), outcome.out());
        assertTrue(outcome.out().lines().allMatch(line -> line.contains(": score ")), outcome.out());
    }

    /** The evaluation's lines are those of the inspection. */
    @Test
    void evaluateWritesTheSameLines() throws IOException {
        Path out = folder.resolve("evaluated");
        Cli.Outcome outcome = Cli.here(
                        "evaluate", "--model", model, "--data", category, "--skip-broken", "--out", out, "--json", "-")
                .expect(0);
        List<JsonNode> lines = parse(outcome.out());
        assertEquals(8, lines.size());
        assertTrue(outcome.err().contains("I-AUROC"), "the table: " + outcome.err());
        List<JsonNode> inspected =
                parse(Cli.here("inspect", "--model", model, "--data", category, "--skip-broken", "--json", "-")
                        .expect(0)
                        .out());
        assertEquals(
                ids(inspected).stream().sorted().toList(),
                ids(lines).stream().sorted().toList());
        for (JsonNode one : inspected) {
            JsonNode other = lines.get(ids(lines).indexOf(one.get("id").asText()));
            assertEquals(withoutTimes(one), withoutTimes(other));
        }
        Path file = folder.resolve("evaluated.jsonl");
        Cli.Outcome toFile = Cli.here(
                        "evaluate", "--model", model, "--data", category, "--skip-broken", "--out", out, "--json", file)
                .expect(0);
        assertEquals(ids(lines), ids(parse(Files.readString(file))));
        assertTrue(toFile.out().contains("I-AUROC"), "the table: " + toFile.out());
    }

    /** The reader is gone before the first line is written. */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aClosedPipeEndsQuietly() throws Exception {
        for (List<Object> verb :
                List.<List<Object>>of(List.of("inspect"), List.of("evaluate", "--out", folder.resolve("closed")))) {
            List<Object> args = new ArrayList<>(verb);
            args.addAll(List.of("--model", model, "--data", category, "--skip-broken", "--json", "-"));
            Cli.Outcome outcome = Cli.in(folder)
                    .before("exec > >(:); wait $!")
                    .run(args.toArray())
                    .expect(1);
            List<String> said = outcome.complaints().stream()
                    .filter(line -> !line.contains("skipped") && !line.contains(": score "))
                    .toList();
            assertEquals(1, said.size(), outcome.err());
            assertTrue(said.get(0).startsWith("trd: standard output was closed after 0 lines"), said.get(0));
        }
    }

    /** The system's own words: who closed nothing must not be told that he did. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDiskIsNoClosedPipe() throws Exception {
        for (List<Object> verb :
                List.<List<Object>>of(List.of("inspect"), List.of("evaluate", "--out", folder.resolve("full")))) {
            List<Object> args = new ArrayList<>(verb);
            args.addAll(List.of("--model", model, "--data", category, "--skip-broken", "--json", "-"));
            Cli.Outcome outcome = Cli.in(folder)
                    .before("exec > /dev/full")
                    .run(args.toArray())
                    .expect(1);
            List<String> said = outcome.complaints();
            assertEquals(
                    "trd: standard output cannot be written after 0 lines: No space left on device; the other parts "
                            + "were not inspected",
                    said.get(said.size() - 1));
        }
    }
}
