package io.trd4j.cli.options;

import java.nio.file.Files;
import java.nio.file.Path;

/** Of a run that is stopped: that what its state file holds is not lost. */
public final class ResumeHint {
    /** Null = no run keeps one. */
    private static volatile Path file;

    private ResumeHint() {}

    /** Before a run that can be resumed. */
    public static void register(Path state) {
        file = state;
    }

    /** How the run goes on, the end of a line; null where nothing can be resumed. */
    public static String current() {
        Path state = file;
        return state != null && Files.exists(state) ? "the same command with --resume continues from " + state : null;
    }
}
