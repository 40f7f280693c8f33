package io.trd4j.io;

/**
 * Shows how far long work is. Services open one task after the other, never two at a time; whoever calls them decides
 * what is seen of it: a bar, lines in a log, nothing.
 */
@FunctionalInterface
public interface Progress {
    /** Total of a task whose length nobody knows. */
    long UNKNOWN = -1;

    /** Shows nothing. */
    Progress NONE = (name, total) -> (done, extra) -> {};

    /**
     * Begins a task.
     *
     * @param name for people, such as {@code Training}
     * @param total number of steps, or {@link #UNKNOWN}; the task may end before all are done
     * @return to be closed when the task has ended, or failed
     */
    Task open(String name, long total);

    /** A task that runs. Used by the thread that opened it. */
    @FunctionalInterface
    interface Task extends AutoCloseable {
        /**
         * Called after every step, some of which take microseconds: returns at once.
         *
         * @param done steps so far, from 1 to the total
         * @param extra for people, such as the loss; empty = nothing
         */
        void at(long done, String extra);

        /** The same with nothing to add. */
        default void at(long done) {
            at(done, "");
        }

        @Override
        default void close() {}
    }
}
