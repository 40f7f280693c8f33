package io.trd4j.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** At Ctrl-C during a run that can be resumed: says that what the state file holds is not lost. */
final class StateNote {
    private final Thread hook;

    private StateNote(Path state) {
        hook = new Thread(() -> {
            if (Files.exists(state)) {
                System.err.println("trd: stopped; the same command with --resume continues from " + state);
            }
        }, "state note");
    }

    static StateNote register(Path state) {
        StateNote note = new StateNote(state);
        Runtime.getRuntime().addShutdownHook(note.hook);
        return note;
    }

    void remove() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending: the hook is running.
            return;
        }
    }
}
