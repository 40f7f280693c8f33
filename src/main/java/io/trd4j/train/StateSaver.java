package io.trd4j.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Keeps the state file of one run: an interrupted run loses at most the work since it was last saved. */
public final class StateSaver {
    private final Resumable run;
    private final Path file;
    private final int seconds;
    private long saved = System.nanoTime();

    /** @param seconds that pass before the state is saved again; 0 = whenever it can be, negative = never */
    public StateSaver(Resumable run, Path file, int seconds) {
        this.run = run;
        this.file = file;
        this.seconds = seconds;
    }

    /** Continues from the file when there is one; returns whether there was. */
    public boolean resume() throws IOException {
        if (!Files.exists(file)) {
            return false;
        }
        run.resume(file);
        return true;
    }

    /** Saves the state when it is time to; called between steps or epochs. */
    public void saveWhenDue() throws IOException {
        if (seconds >= 0 && System.nanoTime() - saved >= TimeUnit.SECONDS.toNanos(seconds)) {
            run.save(file);
            saved = System.nanoTime();
        }
    }
}
