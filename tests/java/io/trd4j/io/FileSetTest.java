package io.trd4j.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

    /** Another process, which writes until it is told to end or is killed. */
    public static final class Writer {
        private Writer() {}

        public static void main(String[] args) throws IOException {
            AtomicFile.write(Path.of(args[0]), channel -> {
                text("half").write(channel);
                System.out.println("writing");
                System.in.read();
                text(" and half").write(channel);
            });
        }
    }

    private static Process writing(Path target) throws IOException {
        Process other = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        target.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertEquals("writing", other.inputReader().readLine());
        return other;
    }

    private static void kill(Process other) throws InterruptedException {
        other.destroyForcibly();
        assertTrue(other.waitFor(1, TimeUnit.MINUTES));
    }

    private List<String> partials() throws IOException {
        return names().stream().filter(name -> name.endsWith(".partial")).toList();
    }

    @Test
    void whatAKilledWriterLeavesTheNextOneRemoves() throws Exception {
        String name = "model-of-a-product-with-a-long-name-that-is-cut-off-there.safetensors";
        Path target = folder.resolve(name);
        kill(writing(target));
        assertEquals(1, partials().size(), "it was killed");
        AtomicFile.write(folder.resolve("other"), "x");
        assertEquals(1, partials().size(), "another file's");
        AtomicFile.write(target, "whole");
        assertEquals(List.of(name, "other"), names());
        kill(writing(target));
        LineFile.replacing(target).close();
        assertEquals(List.of(name, "other"), names());
        assertEquals("whole", Files.readString(target));
    }

    @Test
    void aWriterThatLivesKeepsItsFile() throws Exception {
        Path target = folder.resolve("model");
        Process other = writing(target);
        try {
            List<String> partial = partials();
            assertEquals(1, partial.size());
            // In this process, through another name of the folder, and again while it is staged.
            Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
            AtomicFile.write(target, channel -> {
                List<String> both = partials();
                assertEquals(2, both.size());
                AtomicFile.write(link.resolve("model"), "within");
                assertEquals(both, partials());
                text("around").write(channel);
            });
            assertEquals(partial, partials());
            assertEquals("around", Files.readString(target));
            other.outputWriter().append('\n').flush();
            assertTrue(other.waitFor(1, TimeUnit.MINUTES));
        } finally {
            kill(other);
        }
        assertEquals("half and half", Files.readString(target));
        assertEquals(List.of("link", "model"), names());
    }

    @Test
    void onlyLeftoversAreRemoved() throws IOException {
        for (String name : List.of(
                ".model.partial",
                ".model.0123456789ab",
                ".model.0123456789AB.partial",
                ".model.0123456789abc.partial",
                "model.0123456789ab.partial",
                ".models.0123456789ab.partial")) {
            Files.writeString(folder.resolve(name), "kept");
        }
        Files.createDirectory(folder.resolve(".model.00000000000d.partial"));
        Files.createSymbolicLink(folder.resolve(".model.00000000000e.partial"), folder.resolve(".model.partial"));
        List<String> kept = names();
        Files.writeString(folder.resolve(".model.0123456789ab.partial"), "left");
        AtomicFile.write(folder.resolve("model"), "x");
        List<String> after = new ArrayList<>(names());
        assertTrue(after.remove("model"));
        assertEquals(kept, after);
    }
}
