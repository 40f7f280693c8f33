package io.trd4j.cli.options;

import java.nio.file.Files;
import java.nio.file.Path;

/** At Ctrl-C during a run that can be resumed: says that what the state file holds is not lost. */
public final class ResumeHint {
    private final Thread hook;

    private ResumeHint(Path state) {
        hook = new Thread(
                () -> {
                    if (Files.exists(state)) {
                        System.err.println("trd: stopped; the same command with --resume continues from " + state);
                    }
                },
                "state note");
    }

    public static ResumeHint register(Path state) {
        ResumeHint note = new ResumeHint(state);
        Runtime.getRuntime().addShutdownHook(note.hook);
        return note;
    }

    public void remove() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending: the hook is running.
            return;
        }
    }
}
