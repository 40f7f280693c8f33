package io.trd4j.train;

import io.trd4j.io.StoppedException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Keeps the state file of one run: an interrupted run loses at most the work since it was last saved. A run whose state
 * cannot be saved goes on: it is worth more than the file.
 */
public final class StateSaver {
    private final Resumable run;
    private final Path file;
    private final int seconds;
    private final Consumer<String> warnings;
    private long saved = System.nanoTime();
    private boolean failed;
    /** Whether the file that is there holds more of another run than of this one. */
    private boolean others;

    /**
     * @param seconds that pass before the state is saved again; 0 = whenever it can be, negative = never
     * @param warnings takes one line when the state cannot be saved, and the next one only after it could
     */
    public StateSaver(Resumable run, Path file, int seconds, Consumer<String> warnings) {
        this.run = run;
        this.file = file;
        this.seconds = seconds;
        this.warnings = warnings;
        others = Files.exists(file);
    }

    /** Continues from the file when there is one; returns whether there was. */
    public boolean resume() throws IOException {
        if (!Files.exists(file)) {
            return false;
        }
        run.resume(file);
        others = false;
        return true;
    }

    /** Saves the state when it is time to; called between steps or epochs. */
    public void saveWhenDue() {
        if (seconds >= 0 && System.nanoTime() - saved >= TimeUnit.SECONDS.toNanos(seconds)) {
            save("; the run goes on, and cannot be continued if it is stopped");
        }
    }

    /**
     * Saves the state of a run that was stopped, unless it is never saved; called between steps or epochs. The file of
     * an earlier run that should have been resumed stays until it was time to replace it.
     */
    public void saveStopped() {
        if (seconds >= 0 && !others) {
            save("; what was done since the state was last saved is lost");
        }
    }

    private void save(String consequence) {
        try {
            run.save(file);
            failed = false;
            others = false;
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new StoppedException(e);
            }
            if (!failed) {
                warnings.accept(reason(e) + consequence);
            }
            failed = true;
        }
        saved = System.nanoTime();
    }

    /** Says which file. */
    private String reason(IOException e) {
        String reason = e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : e.getMessage();
        return reason != null && reason.startsWith(file.toString())
                ? reason
                : file + " cannot be written (" + reason + "); make room there";
    }
}
