package io.trd4j.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElfFileTest {
    private static final byte[] STRINGS =
            "\0libc.so.6\0GLIBC_2.9\0GLIBC_2.34\0GLIBC_2.2.5\0GLIBC_PRIVATE\0GLIBCXX_3.4.30\0libm.so.6\0"
                    .getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path folder;

    private ElfFile elf(byte[] dynamic) throws IOException {
        Path file = folder.resolve("library.so");
        new SmallElf().section(".dynamic", dynamic).section(".dynstr", STRINGS).write(file);
        return ElfFile.map(file, false);
    }

    private static byte[] dynamic(long... tagsAndValues) {
        ByteBuffer bytes = SmallElf.little(8 * tagsAndValues.length);
        for (long value : tagsAndValues) {
            bytes.putLong(value);
        }
        return bytes.array();
    }

    @Test
    void readsWhatALibraryAsksFor() throws IOException {
        // 14 is the library's own name; the last entry is cut off and ends the list.
        ElfFile elf = elf(dynamic(1, 1, 14, 1, 1, STRINGS.length - 10, 0, 0, 1));
        assertEquals(List.of("libc.so.6", "libm.so.6"), elf.needed());
        assertEquals("2.34", elf.newestVersion("GLIBC_"));
        assertEquals("3.4.30", elf.newestVersion("GLIBCXX_"));
        assertNull(elf.newestVersion("CXXABI_"));
        assertEquals("2.34", ElfFile.newer("2.34", "2.9"));
        assertEquals("2.34", ElfFile.newer(null, "2.34"));
        assertEquals("2.34.1", ElfFile.newer("2.34", "2.34.1"));
    }

    @Test
    void refusesANameOutsideOfTheTable() throws IOException {
        for (long outside : new long[] {STRINGS.length, -1, Long.MAX_VALUE}) {
            assertThrows(ElfFile.FormatException.class, elf(dynamic(1, outside))::needed);
        }
    }

    @Test
    void readsThisJavasLibraries() throws IOException {
        Path library = Path.of(System.getProperty("java.home"), "lib", "libjava.so");
        List<String> needed = ElfFile.map(library, false).needed();
        assertEquals(true, needed.contains("libc.so.6"), needed.toString());
    }
}
