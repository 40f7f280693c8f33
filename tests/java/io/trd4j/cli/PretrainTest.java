package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** trd pretrain as a user runs it. */
class PretrainTest {
    private static final Map<String, Object> DEFAULTS = Map.of("--scenes", 2, "--size", 32, "--seed", 3, "--steps", 6);

    @TempDir
    private Path folder;

    private static List<Object> pretraining(Path out, Object... more) {
        List<Object> args = new ArrayList<>(List.of("pretrain", "--out", out));
        args.addAll(List.of(more));
        DEFAULTS.forEach((option, value) -> {
            if (!args.contains(option)) {
                args.addAll(List.of(option, value));
            }
        });
        return args;
    }

    @Test
    void killedAndResumedItEndsWithTheSameWeightsWhichTrainTakes() throws Exception {
        Path whole = folder.resolve("whole.safetensors");
        Path killed = folder.resolve("killed.safetensors");
        Path state = folder.resolve("killed.safetensors.state");
        Cli.Outcome outcome = Cli.run(pretraining(whole)).expect(0);
        assertEquals(List.of(), outcome.complaints());
        assertTrue(outcome.out().startsWith("wrote " + whole + ": 6 steps of 8 images in "), outcome.out());

        Process process = Cli.in(folder)
                .start(
                        folder.resolve("out"),
                        folder.resolve("err"),
                        pretraining(killed, "--state-every", 0).toArray());
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
        while (!Files.exists(state)) {
            assertTrue(process.isAlive() && System.nanoTime() < deadline, () -> "no state file");
            Thread.sleep(5);
        }
        process.destroyForcibly();
        assertTrue(process.waitFor(5, TimeUnit.MINUTES));
        assertFalse(Files.exists(killed), "it ended before it could be interrupted");

        Cli.Outcome other =
                Cli.run(pretraining(killed, "--resume", "--steps", 7)).expect(2);
        assertEquals(1, other.complaints().size(), other.err());
        assertTrue(other.err().contains("steps is 6 there and 7 now"), other.err());

        Cli.Outcome resumed = Cli.run(pretraining(killed, "--resume")).expect(0);
        assertEquals(1, resumed.complaints().size(), resumed.err());
        assertTrue(resumed.complaints().get(0).matches("trd: resuming after step [1-6] from .*"), resumed.err());
        assertArrayEquals(Files.readAllBytes(whole), Files.readAllBytes(killed));
        assertFalse(Files.exists(state), "a finished run needs no state");

        Path model = folder.resolve("model.safetensors");
        Cli.here(
                        "train",
                        "--data",
                        Sample.get().category,
                        "--out",
                        model,
                        "--size",
                        32,
                        "--epochs",
                        1,
                        "--batch",
                        2,
                        "--teacher",
                        whole)
                .expect(0);
    }

    @Test
    void wrongOptionsAreOneLineAndLeaveNothing() throws IOException {
        Path out = folder.resolve("out.safetensors");
        Map<List<Object>, String> wrong = Map.of(
                pretraining(out, "--steps", 0), "--steps must be 1",
                pretraining(out, "--size", 33), "--size must be a multiple of 32",
                pretraining(out, "--lr", "NaN"), "--lr must be positive",
                pretraining(out, "--scenes", 0), "--scenes must be 1",
                pretraining(out, "--state-every", -1), "--state-every must not be negative",
                pretraining(out, "--backbone", "vgg"), "unknown backbone 'vgg'",
                pretraining(out, "--pretext", "guess"), "'guess' is not one of",
                pretraining(folder), "is a folder");
        Map<String, Long> before = Cli.listing(folder);
        wrong.forEach((args, line) -> {
            Cli.Outcome outcome = Cli.run(args).expect(2);
            assertEquals(1, outcome.complaints().size(), outcome.err());
            assertTrue(outcome.err().contains(line), outcome.err());
        });
        assertEquals(before, Cli.listing(folder));
    }

    @Test
    void aDamagedStateIsOneLine() throws IOException {
        Path out = folder.resolve("out.safetensors");
        Files.writeString(folder.resolve("out.safetensors.state"), "This is no state.\n".repeat(9));
        Cli.Outcome outcome = Cli.run(pretraining(out, "--resume")).expect(2);
        assertEquals(1, outcome.complaints().size(), outcome.err());
        assertTrue(outcome.err().contains("out.safetensors.state"), outcome.err());
    }
}
