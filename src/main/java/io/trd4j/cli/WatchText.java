package io.trd4j.cli;

import io.trd4j.inspect.Verdict;
import io.trd4j.results.SkippedResult;
import io.trd4j.results.WatchedFolder;
import io.trd4j.watch.Waiting;
import java.nio.file.Path;

/** Says on standard error what is no result of a watched folder. */
final class WatchText implements WatchedFolder.Listener {
    @Override
    public void skipped(SkippedResult part) {
        System.err.println("trd: skipped: " + part.reason());
    }

    @Override
    public void waits(Path file, Waiting why) {
        System.err.println("trd: " + file
                + switch (why) {
                    case ALONE -> " waits for its partner; it is inspected when both are there";
                    case EMPTY -> " is empty; its part is inspected when it is complete";
                    case GROWING -> " is still written to; its part is inspected when it is complete";
                });
    }

    @Override
    public void unreadable(String why) {
        System.err.println("trd: " + why);
    }

    /** The last line. */
    static String summary(WatchedFolder.Result result) {
        int known = result.known().values().stream().mapToInt(Integer::intValue).sum();
        int knownNg = result.known().getOrDefault(Verdict.NG, 0);
        return "trd: " + count(result.inspected()) + " inspected, "
                + result.verdicts().getOrDefault(Verdict.NG, 0) + " NG"
                + (result.skipped() == 0 ? "" : "; " + count(result.skipped()) + " skipped")
                + (known == 0 ? "" : "; " + count(known) + " known from an earlier run")
                + (knownNg == 0 ? "" : ", " + knownNg + " NG")
                + (result.waiting() == 0 ? "" : "; " + count(result.waiting()) + " not complete");
    }

    private static String count(int parts) {
        return parts + (parts == 1 ? " part was" : " parts were");
    }
}
