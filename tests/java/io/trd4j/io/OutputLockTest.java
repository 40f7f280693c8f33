package io.trd4j.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
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
            assertTrue(refused.getMessage().contains("another run is writing "), refused.getMessage());
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
            assertThrows(InputException.class, () -> OutputLock.of(out));
        } finally {
            other.destroyForcibly();
            assertTrue(other.waitFor(1, TimeUnit.MINUTES));
        }
        assertTrue(Files.exists(folder.resolve(".model.safetensors.lock")), "it was killed");
        OutputLock.of(out).close();
    }
}
