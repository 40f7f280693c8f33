package io.trd4j.watch;

import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.dataset.PlainFolder;
import io.trd4j.io.FileState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A folder's parts, listed anew when the system says that a file came, went or got another name: thousands of parts
 * cost little while none comes.
 */
final class Listing {
    /** Not every system says so, and none says that a file was written to: from time to time, all is looked at. */
    private static final long TRUST = TimeUnit.SECONDS.toNanos(1);
    /** At most one in so many moments is spent on that. */
    private static final long SHARE = 20;

    private final PlainFolder folder;
    private List<PartFiles> parts = List.of();
    /** Of the folders that hold the files, before they were listed. */
    private List<FileState> states = List.of();
    /** When all is due to be looked at, {@link System#nanoTime}; null = now. */
    private Long due;
    /** Whether it is to be listed whatever the system says. */
    private boolean again = true;

    Listing(PlainFolder folder) {
        this.folder = folder;
    }

    /**
     * Lists the folder where that may give something else than the last time.
     *
     * @return whether it is time to look at every file, not only at new ones
     */
    boolean refresh(long now) throws IOException {
        long start = System.nanoTime();
        List<FileState> before = new ArrayList<>();
        for (Path one : folder.folders()) {
            before.add(FileState.of(one));
        }
        boolean other = !before.equals(states);
        boolean all = due == null || now - due >= 0;
        if (!other && !again && !all) {
            return false;
        }
        again = true;
        parts = folder.parts();
        // What came while it was listed may have the same time as what was seen.
        again = other;
        states = before;
        if (all) {
            due = now + Math.max(TRUST, SHARE * (System.nanoTime() - start));
        }
        return all;
    }

    /** The parts as of the last listing, sorted by name; a file that is missing is null. */
    List<PartFiles> parts() {
        return parts;
    }
}
