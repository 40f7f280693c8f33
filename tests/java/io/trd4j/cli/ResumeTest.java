package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.model.tensorfile.Safetensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training that was interrupted ends with the same weights, bit for bit, as one that was not. */
class ResumeTest {
    @TempDir
    private static Path folder;

    private static Path category;
    private static byte[] uninterrupted;

    private static List<Object> training(Path model, Object... more) {
        List<Object> args =
                new ArrayList<>(List.of("train", "--data", category, "--out", model, "--size", 32, "--epochs", 4));
        args.addAll(List.of(more));
        if (!args.contains("--batch")) {
            args.addAll(List.of("--batch", 2));
        }
        return args;
    }

    @BeforeAll
    static void trainToTheEnd() throws IOException {
        category = Sample.get().category;
        Path model = folder.resolve("uninterrupted.safetensors");
        Cli.run(training(model)).expect(0);
        uninterrupted = tensors(model);
        assertFalse(Files.exists(folder.resolve("uninterrupted.safetensors.state")), "a finished run needs no state");
    }

    /** All bytes behind the header, which also holds how long the training took. */
    private static byte[] tensors(Path model) throws IOException {
        byte[] file = Files.readAllBytes(model);
        long header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return Arrays.copyOfRange(file, (int) (8 + header), file.length);
    }

    /**
     * Starts a training, sends the signal as soon as a state file is there, and returns the exit code and its words.
     */
    private static Cli.Outcome interrupt(Path model, String signal) throws IOException, InterruptedException {
        Path state = model.resolveSibling(model.getFileName() + ".state");
        Path err = folder.resolve("err.txt");
        Process process = Cli.in(folder)
                .start(
                        folder.resolve("out.txt"),
                        err,
                        training(model, "--state-every", 0).toArray());
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
        while (!Files.exists(state)) {
            assertTrue(process.isAlive() && System.nanoTime() < deadline, () -> "no state file");
            Thread.sleep(10);
        }
        assertEquals(
                0,
                new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                        .start()
                        .waitFor());
        assertTrue(process.waitFor(10, TimeUnit.MINUTES), "the process goes on after " + signal);
        assertFalse(Files.exists(model), "the training ended before it could be interrupted");
        try (Safetensors complete = Safetensors.open(state)) {
            assertTrue(complete.metadata().containsKey("trd.state.history"));
        }
        return new Cli.Outcome(process.exitValue(), "", Files.readString(err));
    }

    private static void assertResumes(Path model) throws IOException {
        Cli.Outcome resumed = Cli.run(training(model, "--resume")).expect(0);
        // So short a training could go on, which is said behind.
        assertEquals(2, resumed.complaints().size(), resumed.err());
        assertTrue(resumed.complaints().get(1).startsWith("trd: a run of 8 steps is short: "), resumed.err());
        assertTrue(
                resumed.complaints().get(0).matches("trd: resuming after epoch [1-3] from .*\\.state"), resumed.err());
        assertArrayEquals(uninterrupted, tensors(model));
        assertFalse(Files.exists(model.resolveSibling(model.getFileName() + ".state")));
    }

    @Test
    void afterAKill() throws Exception {
        Path model = folder.resolve("killed.safetensors");
        assertEquals(128 + 9, interrupt(model, "KILL").code());
        assertResumes(model);
    }

    @Test
    void afterControlC() throws Exception {
        Path model = folder.resolve("stopped.safetensors");
        Path state = folder.resolve("stopped.safetensors.state");
        Cli.Outcome stopped = interrupt(model, "INT");
        assertEquals(128 + 2, stopped.code());
        assertEquals(
                List.of("trd: stopped; the same command with --resume continues from " + state), stopped.complaints());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    List.of(),
                    files.map(f -> f.getFileName().toString())
                            .filter(name -> name.startsWith(".stopped"))
                            .toList(),
                    "unfinished files");
        }

        // Other options or other parts would end elsewhere: refused, and the state stays.
        Path other = folder.resolve("other");
        Cli.here(
                        "synth",
                        "--out",
                        other,
                        "--shape",
                        "plate",
                        "--train",
                        4,
                        "--validation",
                        2,
                        "--test",
                        0,
                        "--size",
                        64,
                        "--seed",
                        4)
                .expect(0);
        assertRefused("seed is 42 there and 43 now", training(model, "--resume", "--seed", 43));
        assertRefused("batch is 2 there and 4 now", training(model, "--resume", "--batch", 4));
        assertRefused("align is auto there and none now", training(model, "--resume", "--align", "none"));
        List<Object> otherParts = training(model, "--resume");
        otherParts.set(2, other.resolve("plate"));
        assertRefused("the training parts are others", otherParts);
        assertResumes(model);
    }

    private static void assertRefused(String why, List<Object> args) {
        Cli.Outcome refused = Cli.run(args).expect(2);
        assertEquals(1, refused.complaints().size(), refused.err());
        String line = refused.complaints().get(0);
        assertTrue(
                line.startsWith("trd: ")
                        && line.contains("stopped.safetensors.state")
                        && line.contains(why)
                        && line.contains("--resume"),
                line);
    }

    @Test
    void withoutAStateItSaysSoAndBegins() throws IOException {
        Path model = folder.resolve("new.safetensors");
        List<Object> args = training(model, "--resume");
        args.set(args.indexOf("--epochs") + 1, 1);
        assertEquals(
                "trd: there is no " + model + ".state: starting from the beginning",
                Cli.run(args).expect(0).complaints().get(0));
    }
}
