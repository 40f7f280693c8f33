package io.trd4j.jni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reproducible build gives every file one time: only its content tells an upgrade. */
class LibraryCacheTest {
    private static final long BUILD_TIME = 1_767_225_600_000L;

    @TempDir
    private Path folder;

    /** A jar of the same name, with files of the same names, sizes and times. */
    private List<URL> build(String build, String library) throws IOException {
        Path jar = Files.createDirectories(folder.resolve(build)).resolve("trd4j-0.1.0.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            for (String name : List.of("libtrd.so", "libjniTrd.so")) {
                JarEntry entry = new JarEntry("io/trd4j/jni/linux-x86_64/" + name);
                entry.setTime(BUILD_TIME);
                entries.putNextEntry(entry);
                entries.write((name.equals("libtrd.so") ? library : "binding").getBytes(StandardCharsets.UTF_8));
            }
        }
        String entry = "jar:" + jar.toUri() + "!/io/trd4j/jni/linux-x86_64/";
        return List.of(new URL(entry + "libtrd.so"), new URL(entry + "libjniTrd.so"));
    }

    @Test
    void aLibraryOfEqualSizeNeverTakesThePlaceOfAnother() throws IOException {
        Path cache = folder.resolve("cache");
        List<URL> before = build("before", "old code");
        List<URL> after = build("after", "new code");

        Path old = LibraryCache.unpack(cache, before);
        assertEquals("old code", Files.readString(LibraryCache.file(old, before.get(0))));
        Path upgraded = LibraryCache.unpack(cache, after);
        assertNotEquals(old, upgraded);
        assertEquals("new code", Files.readString(LibraryCache.file(upgraded, after.get(0))));
        assertEquals("binding", Files.readString(upgraded.resolve("libjniTrd.so")));
        assertEquals("old code", Files.readString(old.resolve("libtrd.so")), "a process may be running it");
    }

    @Test
    void whatIsThereIsNotUnpackedAgainUnlessItIsTruncated() throws IOException {
        List<URL> jar = build("build", "the code");
        Path library = LibraryCache.unpack(folder, jar).resolve("libtrd.so");
        Files.setLastModifiedTime(library, FileTime.fromMillis(BUILD_TIME));
        LibraryCache.unpack(folder, jar);
        assertEquals(BUILD_TIME, Files.getLastModifiedTime(library).toMillis());
        Files.writeString(library, "the");
        LibraryCache.unpack(folder, jar);
        assertEquals("the code", Files.readString(library));
    }

    @Test
    void librariesInFoldersAreLoadedWhereTheyAre() throws IOException {
        List<URL> jar = build("build", "the code");
        assertTrue(LibraryCache.isPacked(jar.get(0), jar.get(1)));
        assertFalse(LibraryCache.isPacked(jar.get(0), folder.toUri().toURL()));
        assertFalse(LibraryCache.isPacked(jar.get(0), null));
    }
}
