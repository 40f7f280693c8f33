package io.trd4j.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheFolderTest {
    private static final Path TEMPORARY = Path.of("/t");

    @Test
    void itFollowsTheEnvironment() {
        Map<String, String> both = Map.of("TRD_CACHE", "/c", "XDG_CACHE_HOME", "/x");
        assertEquals(Path.of("/c"), CacheFolder.of(both, "/home/u", TEMPORARY));
        Map<String, String> shared = Map.of("TRD_CACHE", "", "XDG_CACHE_HOME", "/x");
        assertEquals(Path.of("/x/trd4j"), CacheFolder.of(shared, "/home/u", TEMPORARY));
        assertEquals(Path.of("/home/u/.cache/trd4j"), CacheFolder.of(Map.of(), "/home/u", TEMPORARY));
    }

    /** Java's home of such a user is '?': as a folder it would lie wherever the process was started. */
    @Test
    void aUserWithoutAnEntryInThePasswordFileHasAFolderToo(@TempDir Path folder) throws IOException {
        assertEquals(folder.resolve(".cache/trd4j"), CacheFolder.of(Map.of("HOME", folder.toString()), "?", TEMPORARY));

        Path own = CacheFolder.of(Map.of("HOME", "/no/such/folder"), "?", folder);
        assertEquals(folder.resolve("trd4j-" + Files.getAttribute(folder, "unix:uid")), own);
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(own)));
        assertEquals(own, CacheFolder.of(Map.of(), "?", folder), "the same again");
        try (var files = Files.list(folder)) {
            assertTrue(files.allMatch(own::equals), "and nothing beside it");
        }
    }
}
