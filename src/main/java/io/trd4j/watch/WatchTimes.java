package io.trd4j.watch;

import java.util.concurrent.TimeUnit;

/**
 * How long {@link WatchRun} waits for what, nanoseconds.
 *
 * @param look between two looks at the folder at least; where a look takes longer, as long as it took
 * @param quiet for which a file must not have changed to be complete
 * @param patience for which files that cannot be read are read again
 * @param partner after which it is said that of a part's two files only one is there, or one is not complete
 */
public record WatchTimes(long look, long quiet, long patience, long partner) {
    /** 0.05 s, 0.2 s, 2 s and 10 s. */
    public static final WatchTimes USUAL = new WatchTimes(
            TimeUnit.MILLISECONDS.toNanos(50),
            TimeUnit.MILLISECONDS.toNanos(200),
            TimeUnit.SECONDS.toNanos(2),
            TimeUnit.SECONDS.toNanos(10));

    public WatchTimes {
        if (look <= 0 || quiet < 0 || patience < 0 || partner < 0) {
            throw new IllegalArgumentException("times to wait cannot be negative, and that between two looks not 0: "
                    + look + ", " + quiet + ", " + patience + " and " + partner + " ns");
        }
    }
}
