package io.trd4j.watch;

import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.dataset.PlainFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A folder's parts, listed anew when the system says that a file came, went or got another name. Thousands of parts
 * cost nothing while none comes.
 */
final class Listing {
    /** Not every system says so: the folder is listed once in this time in any case. */
    private static final long TRUST = TimeUnit.SECONDS.toNanos(1);

    private final PlainFolder folder;
    private List<PartFiles> parts = List.of();
    private List<FileState> states = List.of();
    /** When it was listed last, {@link System#nanoTime}. */
    private long listed;
    /** Whether it is to be listed whatever the system says. */
    private boolean again = true;

    Listing(PlainFolder folder) {
        this.folder = folder;
    }

    /**
     * Lists the folder where that may give something else than the last time.
     *
     * @return whether it did
     */
    boolean refresh(long now) throws IOException {
        List<FileState> before = new ArrayList<>();
        for (Path one : folder.folders()) {
            before.add(FileState.of(one));
        }
        boolean other = !before.equals(states);
        if (!other && !again && now - listed < TRUST) {
            return false;
        }
        again = true;
        parts = folder.parts();
        // What came while it was listed may have the same time as what was seen.
        again = other;
        states = before;
        listed = now;
        return true;
    }

    /** The parts as of the last listing, sorted by name; a file that is missing is null. */
    List<PartFiles> parts() {
        return parts;
    }
}
