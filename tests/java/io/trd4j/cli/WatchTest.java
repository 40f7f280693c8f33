package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code inspect --watch} as a process of its own, which signals end. */
@DisabledOnOs(OS.WINDOWS)
class WatchTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private Sample sample;
    private Path model;
    private Path watched;
    private Path lines;
    private Path out;
    private Path err;
    private Process process;

    @BeforeEach
    void folders() throws IOException {
        sample = Sample.get();
        model = Files.copy(sample.model, folder.resolve("model.safetensors"));
        Cli.here("threshold", "--model", model, "--ng", 1000).expect(0);
        watched = folder.resolve("line");
        Files.createDirectories(watched.resolve("rgb"));
        Files.createDirectories(watched.resolve("xyz"));
        lines = folder.resolve("lines.jsonl");
        out = folder.resolve("out.txt");
        err = folder.resolve("err.txt");
    }

    @AfterEach
    void end() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    private void start(Object... more) throws IOException {
        List<Object> args = new ArrayList<>(List.of("inspect", "--model", model, "--watch", watched));
        args.addAll(List.of(more));
        process = Cli.in(folder).start(out, err, args.toArray());
    }

    /** Waits for a file's lines; whether the last one is whole is told by its line feed. */
    private List<JsonNode> await(Path file, int count) throws IOException, InterruptedException {
        awaitText(file, count);
        return read(file);
    }

    private void awaitText(Path file, int count) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (System.nanoTime() < end && process.isAlive()) {
            if (Files.exists(file)
                    && Files.readString(file).chars().filter(c -> c == '\n').count() >= count) {
                return;
            }
            Thread.sleep(20);
        }
        throw new AssertionError("fewer than " + count + " lines: " + Files.readString(err));
    }

    private static List<JsonNode> read(Path file) throws IOException {
        String text = Files.readString(file);
        assertTrue(text.endsWith("\n"), text);
        List<JsonNode> parsed = new ArrayList<>();
        for (String line : text.split("\n")) {
            parsed.add(JSON.readTree(line));
        }
        return parsed;
    }

    private int stop(String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                .start()
                .waitFor();
        assertTrue(process.waitFor(1, TimeUnit.MINUTES), "it does not end");
        return process.exitValue();
    }

    /** Both files of a part, each whole from the first moment on. */
    private void bring(String name, String part) throws IOException {
        move(sample.rgb(part), "rgb/" + name + ".png");
        move(sample.xyz(part), "xyz/" + name + ".tiff");
    }

    private void move(Path from, String to) throws IOException {
        Path target = watched.resolve(to);
        Path temporary = target.resolveSibling("." + target.getFileName() + ".partial");
        Files.copy(from, temporary);
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static List<String> ids(List<JsonNode> lines) {
        return lines.stream().map(line -> line.get("id").asText()).toList();
    }

    private String lastComplaint() throws IOException {
        List<String> said = Files.readAllLines(err);
        return said.get(said.size() - 1);
    }

    @Test
    void partsAreInspectedAsTheyComeAndARestartGoesOn() throws Exception {
        bring("b", "test/good/001");
        bring("a", "test/good/000");
        start("--json", lines, "--fail-on", "ng");
        assertEquals(List.of("a", "b"), ids(await(lines, 2)), "those that are there, by name");
        // Written in place, under its own name.
        Files.copy(sample.rgb("test/hole/000"), watched.resolve("rgb/c.png"));
        Files.copy(sample.xyz("test/hole/000"), watched.resolve("xyz/c.tiff"));
        assertEquals(List.of("a", "b", "c"), ids(await(lines, 3)));
        // Replaced by others: another part of that name.
        bring("a", "test/crack/000");
        List<JsonNode> all = await(lines, 4);
        assertEquals("a", all.get(3).get("id").asText());
        assertFalse(all.get(3).get("inputs").equals(all.get(0).get("inputs")));
        assertEquals(0, stop("TERM"), Files.readString(err));
        assertEquals("trd: 4 parts were inspected, 0 NG", lastComplaint());
        assertEquals(4, Files.readAllLines(out).size(), "the text for people");
        assertEquals(all, read(lines));
        Map<String, Long> left = Cli.listing(folder);

        // Each line is what inspect writes of the same files.
        Path other = folder.resolve("other.jsonl");
        Cli.here("inspect", "--model", model, "--data", watched, "--json", other)
                .expect(0);
        for (JsonNode one : read(other)) {
            JsonNode same = all.get(ids(all).lastIndexOf(one.get("id").asText()));
            for (String key : List.of("score", "score_rgb", "score_depth", "verdict", "regions", "inputs", "model")) {
                assertEquals(one.get(key), same.get(key), key);
            }
        }
        Files.delete(other);
        assertEquals(left, Cli.listing(folder), "nothing was moved, and no lock is left");

        // Killed while it wrote: the rest of a line is removed, and what stands there is known.
        Files.writeString(lines, "{\"id\":\"a\",\"sco", StandardOpenOption.APPEND);
        bring("e", "test/good/000");
        start("--json", lines);
        assertEquals(List.of("a", "b", "c", "a", "e"), ids(await(lines, 5)));
        assertEquals(0, stop("INT"), Files.readString(err));
        assertEquals("trd: 1 part was inspected, 0 NG; 3 parts were known from an earlier run", lastComplaint());
        assertEquals(5, read(lines).size());
    }

    /** Without other options, lines go to standard output and nothing else does. */
    @Test
    void aSignalEndsItAfterTheCurrentPart() throws Exception {
        Cli.here("threshold", "--model", model, "--ng", -1000).expect(0);
        for (int i = 0; i < 20; i++) {
            bring("part" + (10 + i), "test/good/00" + i % 2);
        }
        start("--fail-on", "ng");
        await(out, 1);
        assertEquals(WorstVerdict.PART_NG, stop("TERM"), Files.readString(err));
        List<JsonNode> all = read(out);
        assertTrue(all.stream().allMatch(line -> line.get("verdict").asText().equals("NG")), "whole lines alone");
        assertEquals(
                all.size() == 1
                        ? "trd: 1 part was inspected, 1 NG"
                        : "trd: " + all.size() + " parts were inspected, " + all.size() + " NG",
                lastComplaint());
    }

    /** A part that cannot be read is a line after some time, and the others go on. */
    @Test
    void aBrokenPartIsALine() throws Exception {
        Files.write(watched.resolve("xyz/a.tiff"), new byte[50]);
        Files.copy(sample.rgb("test/good/000"), watched.resolve("rgb/a.png"));
        start("--json", lines, "--fail-on", "ng", "--out", folder.resolve("results"));
        JsonNode error = await(lines, 1).get(0);
        assertEquals("a", error.get("id").asText());
        assertTrue(error.get("error").asText().contains("a.tiff"), error.toString());
        assertEquals(64, error.get("inputs").get("xyz").get("sha256").asText().length());
        // Mended, it is another part.
        bring("a", "test/good/000");
        JsonNode result = await(lines, 2).get(1);
        assertEquals("OK", result.get("verdict").asText());
        assertEquals(2, stop("TERM"), "nobody knows what the first one was");
        assertEquals("trd: 1 part was inspected, 0 NG; 1 part was skipped", lastComplaint());
        assertEquals(
                result, JSON.readTree(folder.resolve("results/a/result.json").toFile()));
    }

    /** A line that has its restart must not forget an NG part, nor wait for an empty file without a word. */
    @Test
    void aRestartKnowsVerdictsAndAnEmptyFileIsSaid() throws Exception {
        Cli.here("threshold", "--model", model, "--ng", -1000).expect(0);
        bring("a", "test/good/000");
        start("--json", lines, "--fail-on", "ng");
        await(lines, 1);
        assertEquals(WorstVerdict.PART_NG, stop("TERM"), Files.readString(err));

        bring("b", "test/good/001");
        Path empty = Files.write(watched.resolve("xyz/b.tiff"), new byte[0]);
        start("--json", lines, "--fail-on", "ng");
        awaitText(err, 2);
        assertEquals("trd: " + empty + " is empty; its part is inspected when it is complete", lastComplaint());
        assertEquals(WorstVerdict.PART_NG, stop("TERM"), Files.readString(err));
        assertEquals(
                "trd: 0 parts were inspected, 0 NG; 1 part was known from an earlier run, 1 NG; 1 part was not complete",
                lastComplaint());
    }
}
