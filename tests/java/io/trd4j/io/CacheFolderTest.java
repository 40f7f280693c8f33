package io.trd4j.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheFolderTest {
    @Test
    void itFollowsTheEnvironment() {
        Path home = Path.of("/home/u");
        assertEquals(Path.of("/c"), CacheFolder.of(Map.of("TRD_CACHE", "/c", "XDG_CACHE_HOME", "/x"), home));
        assertEquals(Path.of("/x/trd4j"), CacheFolder.of(Map.of("TRD_CACHE", "", "XDG_CACHE_HOME", "/x"), home));
        assertEquals(Path.of("/home/u/.cache/trd4j"), CacheFolder.of(Map.of(), home));
    }
}
