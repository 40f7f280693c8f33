package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.Soak;
import io.trd4j.io.FileTrees;
import io.trd4j.model.ModelFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Verbs in processes of their own get SIGTERM, SIGINT or SIGKILL at random moments: no crash, one line, whole files,
 * the exit code of the signal, and a training that is resumed ends with the same bits. As a soak test
 * ({@code tests/soak.sh}) it goes on for {@link Soak#seconds}, and the table gets a row of what it found.
 */
@DisabledOnOs(OS.WINDOWS)
class StoppingTest {
    private static final int TRIES = 20;
    private static final List<String> SIGNALS = List.of("TERM", "INT", "KILL");
    private static final Map<String, Integer> NUMBERS = Map.of("TERM", 15, "INT", 2, "KILL", 9);

    @TempDir
    private static Path folder;

    private static Sample sample;
    private static byte[] trained;
    private static byte[] pretrained;
    /** How long they take when nothing stops them. */
    private static final Map<String, Long> MILLIS = new LinkedHashMap<>();

    @BeforeAll
    static void workToTheEnd() throws IOException {
        sample = Sample.get();
        Path whole = Files.createDirectory(folder.resolve("whole"));
        Cli.run(args("train", whole)).expect(0);
        trained = tensors(whole.resolve("new.safetensors"));
        Cli.run(args("pretrain", whole)).expect(0);
        pretrained = tensors(whole.resolve("teacher.safetensors"));
    }

    /** Of a verb that works in this folder. */
    private static List<Object> args(String verb, Path in) {
        Path model = in.resolve("model.safetensors");
        List<Object> given = switch (verb) {
            case "train" ->
                List.of(
                        "--data",
                        sample.category,
                        "--out",
                        in.resolve("new.safetensors"),
                        "--size",
                        32,
                        "--epochs",
                        6,
                        "--batch",
                        2,
                        "--no-sensitivity",
                        "--state-every",
                        "1");
            case "pretrain" ->
                List.of(
                        "--out",
                        in.resolve("teacher.safetensors"),
                        "--steps",
                        6,
                        "--scenes",
                        1,
                        "--size",
                        32,
                        "--state-every",
                        "1");
            case "synth" -> List.of("--out", in.resolve("parts"), "--train", 40, "--size", 64);
            case "bench" -> List.of("--random", "--backbone", "resnet18", "--size", 64, "--parts", 200);
            case "plan" -> List.of("--random", "--backbone", "resnet18", "--size", 64);
            case "demo" -> List.of("--out", in.resolve("demo"));
            case "export" -> List.of("--model", model, "--to", "pth", "--out", in.resolve("students.pth"));
            case "calibrate" -> List.of("--model", model, "--data", sample.category);
            case "inspect" ->
                List.of(
                        "--model",
                        model,
                        "--data",
                        sample.category,
                        "--out",
                        in.resolve("results"),
                        "--json",
                        in.resolve("lines.jsonl"));
            case "report" -> List.of("--model", model, "--data", sample.category, "--out", in.resolve("report.html"));
            default -> List.of("--model", model, "--data", sample.category, "--out", in.resolve("results"));
        };
        List<Object> all = new ArrayList<>(List.of(verb));
        all.addAll(given);
        return all;
    }

    private static final List<String> VERBS = List.of(
            "train",
            "pretrain",
            "train",
            "calibrate",
            "inspect",
            "train",
            "evaluate",
            "report",
            "train",
            "synth",
            "bench",
            "train",
            "demo",
            "plan",
            "export");

    /** All bytes behind the header, which also holds how long the training took. */
    private static byte[] tensors(Path model) throws IOException {
        byte[] file = Files.readAllBytes(model);
        long header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return Arrays.copyOfRange(file, (int) (8 + header), file.length);
    }

    @Test
    void atRandomMoments() throws Exception {
        long seconds = Soak.seconds();
        long seed = seconds == 0 ? 1 : System.nanoTime();
        Random random = new Random(seed);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        List<String> faults = new ArrayList<>();
        int tries = 0;
        while (tries < TRIES || System.nanoTime() < end) {
            String verb = VERBS.get(tries % VERBS.size());
            String signal = SIGNALS.get(random.nextInt(SIGNALS.size()));
            Path in = Files.createDirectory(folder.resolve("try" + tries));
            long delay = 100 + (long) (random.nextDouble() * MILLIS.getOrDefault(verb, 2500L));
            boolean twice = random.nextInt(3) == 0;
            String what = "seed " + seed + ", try " + tries + ": SIG" + signal + (twice ? " twice" : "") + " after "
                    + delay + " ms of " + verb;
            try {
                stop(verb, signal, twice, delay, in);
            } catch (AssertionError e) {
                faults.add(what + ": " + e.getMessage());
                System.err.println(faults.get(faults.size() - 1));
            }
            FileTrees.delete(in);
            tries++;
        }
        Soak.row("stopping", tries, faults.size());
        assertEquals(List.of(), faults, tries + " tries");
    }

    private static void kill(String signal, Process process) throws Exception {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** @param twice whether it gets a second signal, which ends it at once */
    private static void stop(String verb, String signal, boolean twice, long delay, Path in) throws Exception {
        Path model = in.resolve("model.safetensors");
        Files.copy(sample.model, model);
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        long start = System.nanoTime();
        Process process = Cli.in(in)
                .jvm("-XX:TieredStopAtLevel=1", "-Xshare:auto")
                .start(out, err, args(verb, in).toArray());
        if (!process.waitFor(delay, TimeUnit.MILLISECONDS)) {
            kill(signal, process);
            if (twice) {
                Thread.sleep(20);
                kill(signal, process);
            }
            assertTrue(process.waitFor(1, TimeUnit.MINUTES), "the process goes on");
        }
        int code = process.exitValue();
        String said = Files.readString(err);
        // It may have been faster.
        assertTrue(code == 0 || code == 128 + NUMBERS.get(signal), () -> "exit code " + code + ": " + said);
        if (code == 0) {
            MILLIS.put(verb, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
        }
        List<String> lines = new Cli.Outcome(code, "", said).complaints();
        assertTrue(lines.stream().allMatch(line -> line.startsWith("trd: ")), said);
        long stops =
                lines.stream().filter(line -> line.startsWith("trd: stopped")).count();
        // In its first moments the JVM answers the signal itself.
        assertTrue(code != 0 && !signal.equals("KILL") ? stops <= 1 : stops == 0, said);
        try (Stream<Path> left = Files.walk(in)) {
            List<String> names = left.map(file -> file.getFileName().toString()).toList();
            assertTrue(names.stream().noneMatch(name -> name.startsWith("hs_err")), names::toString);
            if (!signal.equals("KILL")) {
                assertTrue(
                        names.stream().noneMatch(name -> name.endsWith(".partial") || name.endsWith(".lock")),
                        names::toString);
            }
        }
        requireWhole(verb, model, in, lines);
    }

    private static void requireWhole(String verb, Path model, Path in, List<String> lines) throws IOException {
        // The old one, or the new one.
        try (ModelFile file = ModelFile.open(model)) {
            assertEquals(64, file.info().size());
        }
        Path json = in.resolve("lines.jsonl");
        if (Files.exists(json)) {
            assertEquals(8, Files.readAllLines(json).size(), "whole or not at all");
        }
        if (verb.equals("train") || verb.equals("pretrain")) {
            Path made = in.resolve(verb.equals("train") ? "new.safetensors" : "teacher.safetensors");
            Path state = made.resolveSibling(made.getFileName() + ".state");
            lines.stream().filter(line -> line.startsWith("trd: stopped")).forEach(line -> {
                String hint = "; the same command with --resume continues from " + state;
                assertEquals("trd: stopped" + (Files.exists(state) ? hint : ""), line);
            });
            List<Object> again = args(verb, in);
            again.add("--resume");
            Cli.run(again).expect(0);
            assertArrayEquals(verb.equals("train") ? trained : pretrained, tensors(made), "other bits");
        }
    }
}
