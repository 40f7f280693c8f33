package io.trd4j.io;

import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Files that are there only while something is under way. The end of the process removes them, unless it is killed. */
public final class Leftovers {
    private static final Set<Path> FILES = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Leftovers::remove, "unfinished files"));
    }

    private Leftovers() {}

    /** Before it is there. */
    static void add(Path file) {
        FILES.add(file);
    }

    /** It is no longer there, or has become what stays. */
    static void forget(Path file) {
        FILES.remove(file);
    }

    /** Whether this process has it now. */
    static boolean has(Path file) {
        return FILES.contains(file);
    }

    /** Removes them: for an end of the process that runs no shutdown hooks. */
    public static void remove() {
        // One that cannot be removed is only a leftover, which no run reads.
        FILES.forEach(file -> file.toFile().delete());
    }
}
