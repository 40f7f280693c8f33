package io.trd4j.io;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A request is answered once, by the thread that it was meant for. */
class StopTest {
    @Test
    void aRequestIsAnsweredOnce() {
        Thread me = Thread.currentThread();
        Stop.request(new Thread(() -> {}));
        assertDoesNotThrow(Stop::check);
        Stop.request(me);
        Stop.request(me);
        assertThrows(StoppedException.class, Stop::check);
        assertDoesNotThrow(Stop::check);
        me.interrupt();
        Stop.request(me);
        assertThrows(StoppedException.class, Stop::check);
        assertFalse(me.isInterrupted());
        assertDoesNotThrow(Stop::check);
    }

    @Test
    void aTaskEndsAfterItsStep() {
        List<Long> seen = new ArrayList<>();
        Progress progress = (name, total) -> (done, extra) -> {
            seen.add(done);
            if (done == 2) {
                Stop.request(Thread.currentThread());
            }
        };
        assertThrows(StoppedException.class, () -> {
            try (Progress.Task task = Stop.task(progress, "Working", 3)) {
                for (int i = 1; i <= 3; i++) {
                    task.at(i);
                }
            }
        });
        assertEquals(List.of(1L, 2L), seen);
    }

    @Test
    void anInterruptedWriteIsAStopAndLeavesTheOldFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "old");
        StoppedException stopped = assertThrows(
                StoppedException.class,
                () -> Stop.able(() -> {
                    Thread.currentThread().interrupt();
                    AtomicFile.write(file, "new");
                    return null;
                }));
        assertInstanceOf(ClosedByInterruptException.class, stopped.getCause());
        assertFalse(Thread.currentThread().isInterrupted());
        assertEquals("old", Files.readString(file));
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(file), left.toList());
        }
        IOException fault = new IOException("a fault");
        assertEquals(
                fault,
                assertThrows(
                        IOException.class,
                        () -> Stop.able(() -> {
                            throw fault;
                        })),
                "of a thread that nobody stops");
    }
}
