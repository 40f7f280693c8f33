package io.trd4j.io;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends long work between two of its steps: of a training, a calibration, an inspection of many parts. The thread that
 * works gets a {@link StoppedException} within a step's time. Either is a request:
 *
 * <ul>
 *   <li>{@link #request} leaves the file alone that the thread is reading or writing, and the state of a training is
 *       saved.
 *   <li>{@link Thread#interrupt} also ends what waits. A file that is being written at that moment stays as it was.
 * </ul>
 *
 * The exception answers the request: the thread can work again.
 */
public final class Stop {
    private static final Set<Thread> REQUESTED = ConcurrentHashMap.newKeySet();

    private Stop() {}

    /** Long work that may be stopped. */
    @FunctionalInterface
    public interface Work<T> {
        /** Works to the end. */
        T run() throws IOException;
    }

    /** Asks the long work of a thread to end, or the next one when it does none. Any thread may call it. */
    public static void request(Thread worker) {
        REQUESTED.add(worker);
    }

    /**
     * Called by long work between its steps.
     *
     * @throws StoppedException when the calling thread was asked to end, or interrupted
     */
    public static void check() {
        if (isRequested()) {
            throw new StoppedException(null);
        }
    }

    /** Answers it. */
    private static boolean isRequested() {
        boolean asked = REQUESTED.remove(Thread.currentThread());
        return Thread.interrupted() || asked;
    }

    /**
     * Runs long work. An interrupted thread cannot read or write, and cannot wait: faults that come of it are none.
     *
     * @throws StoppedException when the work was stopped
     * @throws IOException of the work
     */
    public static <T> T able(Work<T> work) throws IOException {
        try {
            return work.run();
        } catch (StoppedException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            if (Thread.interrupted()) {
                throw new StoppedException(e);
            }
            throw e;
        }
    }

    /** Opens a task of which every step is followed by a {@link #check}. */
    public static Progress.Task task(Progress progress, String name, long total) {
        Progress.Task shown = progress.open(name, total);
        return new Progress.Task() {
            @Override
            public void at(long done, String extra) {
                shown.at(done, extra);
                check();
            }

            @Override
            public void close() {
                shown.close();
            }
        };
    }
}
