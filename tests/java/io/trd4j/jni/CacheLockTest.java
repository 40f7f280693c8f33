package io.trd4j.jni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Of several processes one unpacks at a time; what one that died has left is unpacked anew. */
class CacheLockTest {
    @TempDir
    private Path cache;

    @Test
    void aProcessThatEndedTooEarlyIsKnown() throws IOException {
        try (CacheLock first = CacheLock.take(cache)) {
            assertFalse(first.complete(), "nobody knows a new folder");
            first.succeeded();
        }
        try (CacheLock second = CacheLock.take(cache)) {
            assertTrue(second.complete());
        }
        try (CacheLock third = CacheLock.take(cache)) {
            assertFalse(third.complete(), "the second did not succeed");
        }
    }

    /** As the lock of one that is stuck. */
    public static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws IOException {
            try (CacheLock lock = CacheLock.take(Path.of(args[0]))) {
                System.out.println("complete " + lock.complete());
                System.in.read();
            }
        }
    }

    private Process holder() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        cache.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    @Test
    void whoHoldsItForLongIsNamed() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(CacheLock.class);
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        said.start();
        logger.addAppender(said);
        Process process = holder();
        try {
            assertEquals("complete false", process.inputReader().readLine());
            String message = assertThrows(
                            NativeException.class,
                            () -> CacheLock.take(cache, Duration.ofMillis(100), Duration.ofSeconds(1)))
                    .getMessage();
            String who = "process " + process.pid();
            Path file = cache.resolve(".trd4j.lock");
            assertEquals(
                    "native libraries cannot be unpacked: " + who + " has held " + file
                            + " for 1 s; end it, or name another folder with -Dorg.bytedeco.javacpp.cachedir=FOLDER",
                    message);
            assertEquals(
                    List.of("waiting for " + who + ", which unpacks native libraries and holds " + file),
                    said.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
        } finally {
            logger.detachAppender(said);
            process.destroyForcibly().waitFor();
        }
        try (CacheLock next = CacheLock.take(cache)) {
            assertFalse(next.complete(), "the one before was killed");
        }
    }

    /** The system would not make it wait, and takes the lock from both when one closes the file. */
    @Test
    void anotherClassLoaderOfThisProcessWaits() throws Exception {
        Process other;
        try (CacheLock first = CacheLock.take(cache)) {
            assertThrows(
                    NativeException.class, () -> CacheLock.take(cache, Duration.ofSeconds(9), Duration.ofMillis(100)));
            other = holder();
            assertFalse(other.waitFor(2, TimeUnit.SECONDS));
            assertEquals(0, other.getInputStream().available(), "it has the lock, which is the first one's");
            first.succeeded();
        }
        assertEquals("complete true", other.inputReader().readLine());
        CompletableFuture<Boolean> second = CompletableFuture.supplyAsync(() -> {
            try (CacheLock lock = CacheLock.take(cache)) {
                return lock.complete();
            }
        });
        other.getOutputStream().close();
        assertFalse(second.get(1, TimeUnit.MINUTES), "the other process did not succeed");
        assertEquals(0, other.waitFor());
    }

    @Test
    void aLockOfSomebodyElseInThisProcessIsWaitedFor() throws IOException {
        try (FileChannel other = FileChannel.open(
                        cache.resolve(".trd4j.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = other.lock()) {
            assertThrows(
                    NativeException.class, () -> CacheLock.take(cache, Duration.ofSeconds(9), Duration.ofMillis(100)));
            assertTrue(lock.isValid());
            assertEquals(0, other.size(), "it is not its file");
        }
        CacheLock.take(cache).close();
    }

    @Test
    void halfALibraryIsRemoved() throws IOException {
        String name = "org/bytedeco/javacpp/" + Loader.getPlatform() + "/" + System.mapLibraryName("jnijavacpp");
        URL packed = Loader.class.getClassLoader().getResource(name);
        String jar = Path.of(((JarURLConnection) packed.openConnection())
                        .getJarFileURL()
                        .getPath())
                .getFileName()
                .toString();
        byte[] library;
        try (InputStream in = packed.openStream()) {
            library = in.readAllBytes();
        }
        Path file = cache.resolve(jar).resolve(name);
        Path other = cache.resolve("other-" + jar).resolve(name);
        Path unknown = cache.resolve(jar).resolve("unknown.so");
        for (Path each : new Path[] {file, other, unknown}) {
            Files.createDirectories(each.getParent());
            Files.write(each, Arrays.copyOf(library, library.length / 2));
        }
        HalfUnpacked.remove(cache);
        assertFalse(Files.exists(file));
        assertTrue(Files.exists(other), "another jar's");
        assertTrue(Files.exists(unknown));

        Files.write(file, library);
        HalfUnpacked.remove(cache);
        assertTrue(Files.exists(file));
    }
}
