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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineFileTest {
    private static final LineFile.Reading NOTHING = (number, line, whole) -> {
        throw new AssertionError("there is a line: " + line);
    };

    @TempDir
    private Path folder;

    private static byte[] line(String text) {
        return (text + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void aFileBegunAnewIsThereWhenItIsCommitted() throws IOException {
        Path file = Files.writeString(folder.resolve("a.jsonl"), "old\n");
        try (LineFile lines = LineFile.replacing(file)) {
            lines.append(line("new"));
            assertEquals("old\n", Files.readString(file));
        }
        assertEquals("old\n", Files.readString(file), "it was not committed");
        try (LineFile lines = LineFile.replacing(file)) {
            lines.append(line("one"));
            lines.append(line("zwölf"));
            lines.commit();
        }
        assertEquals("one\nzwölf\n", Files.readString(file));
        assertEquals(List.of("a.jsonl"), names());
    }

    @Test
    void aFileGoesOnAtItsEnd() throws IOException {
        Path file = folder.resolve("a.jsonl");
        try (LineFile lines = LineFile.appending(file, NOTHING)) {
            lines.append(line("one"));
            assertEquals("one\n", Files.readString(file), "at once");
            InputException taken = assertThrows(InputException.class, () -> LineFile.appending(file, NOTHING));
            assertTrue(taken.getMessage().startsWith(file + " is being written by"), taken.getMessage());
        }
        // Longer than the pieces in which the end is looked for.
        String rest = "{".repeat(200_000);
        Files.writeString(file, "one\ntwo\n" + rest);
        List<String> found = new ArrayList<>();
        try (LineFile lines = LineFile.appending(
                file, (number, line, whole) -> found.add(number + " " + line.length() + " " + whole))) {
            lines.append(line("three"));
        }
        assertEquals(List.of("1 3 true", "2 3 true", "3 200000 false"), found);
        assertEquals("one\ntwo\nthree\n", Files.readString(file), "the rest of a line is gone");
        assertEquals(List.of("a.jsonl"), names(), "and so is the lock");
    }

    @Test
    void aFileThatIsNoneOfThemStaysAsItIs() throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), "something\nelse");
        assertThrows(
                InputException.class,
                () -> LineFile.appending(file, (number, line, whole) -> {
                    throw new InputException("line " + number);
                }));
        assertEquals("something\nelse", Files.readString(file));
        assertThrows(InputException.class, () -> LineFile.appending(folder, NOTHING));
        assertThrows(InputException.class, () -> LineFile.replacing(folder));
        assertFalse(names().contains(".a.txt.lock"));
    }
}
