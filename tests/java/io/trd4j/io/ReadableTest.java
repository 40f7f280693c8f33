package io.trd4j.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.trd4j.inspect.Inspector;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class ReadableTest {
    @TempDir
    private Path folder;

    /** Java's own message is the file's name alone. */
    @Test
    void aMissingFileIsSaidInWords() {
        Path none = folder.resolve("none");
        for (Executable read : List.<Executable>of(
                () -> Readable.channel(none),
                () -> Readable.stream(none),
                () -> Readable.bytes(none),
                () -> Readable.size(none),
                () -> Readable.text(none),
                () -> Inspector.open(none),
                () -> Inspector.describe(none))) {
            NoSuchFileException missing = assertThrows(NoSuchFileException.class, read);
            assertEquals(none + ": does not exist; check the path", missing.getMessage());
            assertEquals(none + " does not exist; check the path", FileFault.line(missing));
        }
    }
}
