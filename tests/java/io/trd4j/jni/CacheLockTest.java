package io.trd4j.jni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    /** Another class loader of the same process: the system would not make it wait. */
    @Test
    void whereNoLockCanBeHadThereIsNone() throws IOException {
        try (FileChannel other = FileChannel.open(
                        cache.resolve(".trd4j.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = other.lock();
                CacheLock none = CacheLock.take(cache)) {
            assertTrue(lock.isValid());
            assertTrue(none.complete());
            none.succeeded();
            assertEquals(0, other.size(), "it is not its file");
        }
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
