package io.trd4j.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class OutputLockTest {
    @TempDir
    private Path folder;

    @Test
    void aSecondRunIsRefusedUntilTheFirstHasEnded() throws IOException {
        Path out = folder.resolve("new/model.safetensors");
        try (OutputLock first = OutputLock.of(out)) {
            InputException refused = assertThrows(
                    InputException.class, () -> OutputLock.of(folder.resolve("new/../new/model.safetensors")));
            assertTrue(
                    refused.getMessage().contains(" is being written by another run of this process"),
                    refused.getMessage());
            OutputLock.of(folder.resolve("new/other.safetensors")).close();
        }
        assertFalse(Files.exists(folder.resolve("new/.model.safetensors.lock")));
        OutputLock.of(out).close();
    }

    /** What a killed run leaves behind is a file without a lock. */
    @Test
    void aStaleFileKeepsNobodyOut() throws IOException {
        Path stale = Files.createFile(folder.resolve(".model.safetensors.lock"));
        OutputLock.of(folder.resolve("model.safetensors")).close();
        assertFalse(Files.exists(stale));
    }

    /** Another process. */
    public static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws IOException {
            try (OutputLock lock = OutputLock.of(Path.of(args[0]))) {
                System.out.println("locked");
                System.in.read();
            }
        }
    }

    @Test
    void anotherProcessKeepsItUntilItDies() throws Exception {
        Path out = folder.resolve("model.safetensors");
        Process other = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        out.toString()))
                .start();
        try {
            assertEquals("locked", other.inputReader().readLine());
            String taken =
                    out + " is being written by process " + other.pid() + "; wait for its end, or choose another name";
            for (Executable take : List.<Executable>of(
                    () -> OutputLock.of(out), () -> OutputLock.joining(out), () -> OutputLock.of(out))) {
                assertEquals(taken, assertThrows(InputException.class, take).getMessage());
            }
            // One that has not said yet who it is.
            Files.write(folder.resolve(".model.safetensors.lock"), new byte[0]);
            assertTrue(assertThrows(InputException.class, () -> OutputLock.of(out))
                    .getMessage()
                    .startsWith(out + " is being written by another process; "));
        } finally {
            other.destroyForcibly();
            assertTrue(other.waitFor(1, TimeUnit.MINUTES));
        }
        assertTrue(Files.exists(folder.resolve(".model.safetensors.lock")), "it was killed");
        OutputLock.of(out).close();
    }

    /** A step of a run is part of it; the same step in another thread is another run. */
    @Test
    void aStepJoinsTheRunOfItsThread() throws Exception {
        Path out = folder.resolve("model.safetensors");
        Path file = folder.resolve(".model.safetensors.lock");
        try (OutputLock run = OutputLock.of(out)) {
            OutputLock.joining(out).close();
            assertTrue(Files.exists(file), "the run keeps it");
            assertThrows(InputException.class, () -> OutputLock.of(out));
            FutureTask<Void> other = new FutureTask<>(() -> {
                OutputLock.joining(out).close();
                return null;
            });
            new Thread(other).start();
            assertTrue(assertThrows(ExecutionException.class, other::get).getCause() instanceof InputException);
        }
        assertFalse(Files.exists(file));
        try (OutputLock step = OutputLock.joining(out)) {
            assertEquals(ProcessHandle.current().pid() + "\n", Files.readString(file));
        }
        assertFalse(Files.exists(file), "there was no run to join");
    }

    @Test
    void aLinkAndItsFileAreOne() throws IOException {
        Path out = Files.createFile(folder.resolve("model.safetensors"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), out);
        try (OutputLock first = OutputLock.of(out)) {
            assertTrue(assertThrows(InputException.class, () -> OutputLock.of(link))
                    .getMessage()
                    .startsWith(link + " is being written"));
        }
    }

    /** Where no file can be made, the write that follows says so. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aFolderThatTakesNoFilesIsNotWaitedFor() {
        assertTimeoutPreemptively(
                Duration.ofMinutes(1),
                () -> OutputLock.of(Path.of("/proc/trd4j")).close());
    }
}
