package io.trd4j.io;

import java.nio.file.Path;
import java.util.Map;

/** Where trd4j keeps what it can make or fetch again. */
public final class CacheFolder {
    private CacheFolder() {}

    /** Of this user; it need not exist yet. */
    public static Path ofThisUser() {
        return of(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    /** $TRD_CACHE, else $XDG_CACHE_HOME/trd4j, else ~/.cache/trd4j; an empty variable counts as unset. */
    static Path of(Map<String, String> environment, Path home) {
        String own = environment.getOrDefault("TRD_CACHE", "");
        if (!own.isEmpty()) {
            return Path.of(own);
        }
        String shared = environment.getOrDefault("XDG_CACHE_HOME", "");
        return (shared.isEmpty() ? home.resolve(".cache") : Path.of(shared)).resolve("trd4j");
    }
}
