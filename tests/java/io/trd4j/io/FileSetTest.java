package io.trd4j.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files appear complete, together, or not at all. */
class FileSetTest {
    @TempDir
    private Path folder;

    private static FileContent text(String text) {
        return AtomicFile.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(p -> !p.equals(folder))
                    .map(p -> folder.relativize(p).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void appearsWithCommitOnly() throws IOException {
        Files.writeString(folder.resolve("old"), "old");
        try (FileSet set = new FileSet()) {
            set.add(folder.resolve("old"), text("new"));
            set.add(folder.resolve("a/b/c"), text("c"));
            assertEquals("old", Files.readString(folder.resolve("old")));
            assertFalse(Files.exists(folder.resolve("a/b/c")));
            set.commit();
        }
        assertEquals(List.of("a", "a/b", "a/b/c", "old"), names());
        assertEquals("new", Files.readString(folder.resolve("old")));
    }

    @Test
    void aFailureLeavesNeitherFilesNorFolders() throws IOException {
        IOException failure = assertThrows(IOException.class, () -> {
            try (FileSet set = new FileSet()) {
                set.add(folder.resolve("a/b/c"), text("c"));
                set.add(folder.resolve("a/d"), channel -> {
                    text("half").write(channel);
                    throw new IOException("No space left on device");
                });
                set.commit();
            }
        });
        assertEquals(
                folder.resolve("a/d") + " cannot be written: No space left on device; make room on the disk or choose "
                        + "another place",
                failure.getMessage());
        assertEquals(List.of(), names());
    }

    @Test
    void refusesWhatIsNoFile() throws IOException {
        Files.writeString(folder.resolve("file"), "");
        for (String target : List.of("", "file/x", "file/x/y")) {
            assertThrows(InputException.class, () -> AtomicFile.write(folder.resolve(target), "x"), target);
        }
        assertThrows(InputException.class, () -> AtomicFile.write(Path.of("/dev/null"), "x"));
        assertThrows(InputException.class, () -> Writable.requireFolder(folder.resolve("file")));
        Writable.requireFolder(folder.resolve("new/folder"));
        Writable.requireFile(folder.resolve("new/folder/file"));
        assertEquals(List.of("file"), names());
    }

    @Test
    void writesThroughALink() throws IOException {
        Files.writeString(folder.resolve("file"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("file"));
        AtomicFile.write(link, "new");
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("new", Files.readString(folder.resolve("file")));
    }
}
