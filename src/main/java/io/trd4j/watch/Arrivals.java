package io.trd4j.watch;

import io.trd4j.data.dataset.PartFiles;
import io.trd4j.io.FileState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Which of a folder's parts are complete and not inspected yet. Knows the parts that are in the folder, and forgets
 * them when they leave it. Times are {@link System#nanoTime}'s.
 */
final class Arrivals {
    private final WatchTimes times;
    private final Map<String, Known> parts = new HashMap<>();

    Arrivals(WatchTimes times) {
        this.times = times;
    }

    /**
     * A file for which a part waits for a long time.
     *
     * @param file the one that is there alone, or is not complete
     */
    record Waits(Path file, Waiting why) {}

    /** A file and since when it is as it is. */
    private static final class Seen {
        private FileState state;
        private long since;
        /** When it began to change again and again, the first time after it was quiet. */
        private long begun;
        /** Of it as it is, or was before it grew, each reason is said once. */
        private final Set<Waiting> told = EnumSet.noneOf(Waiting.class);

        /** Whether it is another one than at the last look. */
        private boolean look(FileState now, long time, long quiet) {
            boolean other = !Objects.equals(now, state);
            if (other) {
                if (state == null || time - since >= quiet) {
                    begun = time;
                }
                state = now;
                since = time;
            }
            return other;
        }

        private boolean complete(long now, long quiet) {
            return state != null && state.size() > 0 && (state.finished() || now - since >= quiet);
        }

        /** Why it is not complete; null = it is, or was not waited for since this time. */
        private Waiting incomplete(long now, long quiet, long time) {
            if (state.size() == 0) {
                return since <= time ? Waiting.EMPTY : null;
            }
            return !complete(now, quiet) && begun <= time ? Waiting.GROWING : null;
        }
    }

    /** A part of the folder. */
    private static final class Known {
        private final Seen rgb = new Seen();
        private final Seen second = new Seen();
        /** Of what was done last; null = nothing was. */
        private List<String> checksums;

        /** Whether it needs nothing as its files are. */
        private boolean done;
        /** Its files when it was inspected; null = it was not, or was refused. */
        private FileState inspectedRgb;

        private FileState inspectedSecond;
        /** Since when its files, as they are, cannot be read; null = nobody tried in vain. */
        private Long failing;

        private void look(FileState rgbNow, FileState secondNow, long now, long quiet) {
            boolean other = rgb.look(rgbNow, now, quiet);
            other |= second.look(secondNow, now, quiet);
            if (other) {
                done = false;
                failing = null;
            }
        }

        /** Whether its colour image is there, and another one than was inspected. */
        private boolean hasNewRgb() {
            return rgb.state != null && !rgb.state.equals(inspectedRgb);
        }

        private boolean hasNewSecond() {
            return second.state != null && !second.state.equals(inspectedSecond);
        }

        private boolean complete(long now, long quiet) {
            return !done && hasNewRgb() && hasNewSecond() && rgb.complete(now, quiet) && second.complete(now, quiet);
        }

        /** Whether something new is there that was neither inspected nor refused. */
        private boolean waits() {
            return !done && (hasNewRgb() || hasNewSecond());
        }

        /** Adds what it waits for since this time, where that was not said before. */
        private void tell(PartFiles files, long now, long quiet, long time, List<Waits> waits) {
            if (!waits()) {
                return;
            }
            if (hasNewRgb() && hasNewSecond()) {
                tell(rgb, files.rgb(), rgb.incomplete(now, quiet, time), waits);
                tell(second, files.second(), second.incomplete(now, quiet, time), waits);
            } else if (Math.max(rgb.since, second.since) <= time) {
                boolean first = hasNewRgb();
                tell(first ? rgb : second, first ? files.rgb() : files.second(), Waiting.ALONE, waits);
            }
        }

        private static void tell(Seen seen, Path file, Waiting why, List<Waits> waits) {
            if (why != null && seen.told.add(why)) {
                waits.add(new Waits(file, why));
            }
        }
    }

    /**
     * Looks at the files again.
     *
     * @param there the folder's parts, of which a file may be missing
     * @param all whether to look at the files of those, too, that are done
     * @param waits is given, once each, the files for which a part waits
     * @return those that are complete and not done, in the same order
     */
    List<PartFiles> look(List<PartFiles> there, boolean all, long now, List<Waits> waits) throws IOException {
        List<PartFiles> complete = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (PartFiles files : there) {
            Known part = parts.computeIfAbsent(files.id(), id -> new Known());
            ids.add(files.id());
            if (part.done && !all) {
                continue;
            }
            part.look(state(files.rgb()), state(files.second()), now, times.quiet());
            if (part.complete(now, times.quiet())) {
                complete.add(files);
            } else {
                part.tell(files, now, times.quiet(), now - times.partner(), waits);
            }
        }
        parts.keySet().retainAll(ids);
        return complete;
    }

    private static FileState state(Path file) throws IOException {
        return file == null ? null : FileState.of(file);
    }

    /** How many parts of the last look wait: for another file, for the rest of one, or until it can be read. */
    int waiting(long now) {
        return (int) parts.values().stream()
                .filter(part -> part.waits() && (part.failing != null || !part.complete(now, times.quiet())))
                .count();
    }

    /** Whether a part's files are still those of the last look. */
    boolean unchanged(PartFiles files) throws IOException {
        Known part = parts.get(files.id());
        return Objects.equals(part.rgb.state, state(files.rgb()))
                && Objects.equals(part.second.state, state(files.second()));
    }

    /** Takes note that a part's files cannot be read. Returns whether they may be readable later. */
    boolean mayBeIncomplete(PartFiles files, long now) {
        Known part = parts.get(files.id());
        if (part.failing == null) {
            part.failing = now;
        }
        return now - part.failing < times.patience();
    }

    /**
     * Whether this content of a part was done before, and its files merely touched or written again; then it is done as
     * it was.
     */
    boolean wasDone(PartFiles files, List<String> checksums) {
        Known part = parts.get(files.id());
        // Of files that cannot be read nothing is known.
        boolean was = !checksums.isEmpty() && checksums.equals(part.checksums);
        if (was && part.inspectedRgb != null) {
            inspected(files, checksums);
        } else if (was) {
            refused(files, checksums);
        }
        return was;
    }

    /**
     * Says that a part was inspected: it is another one when both of its files are others, not while one of them is.
     *
     * @param checksums of its files
     */
    void inspected(PartFiles files, List<String> checksums) {
        Known part = parts.get(files.id());
        refused(files, checksums);
        part.inspectedRgb = part.rgb.state;
        part.inspectedSecond = part.second.state;
    }

    /**
     * Says that a part could not be inspected: it is tried again when one of its files changes.
     *
     * @param checksums of its files
     */
    void refused(PartFiles files, List<String> checksums) {
        Known part = parts.get(files.id());
        part.done = true;
        part.checksums = checksums;
        part.rgb.told.clear();
        part.second.told.clear();
        part.inspectedRgb = null;
        part.inspectedSecond = null;
    }
}
