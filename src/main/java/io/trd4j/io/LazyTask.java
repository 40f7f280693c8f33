package io.trd4j.io;

/** A task of which nothing is seen before its first step: work that may be refused, or not be needed. */
public final class LazyTask implements AutoCloseable {
    private final Progress progress;
    private final String name;
    private final long total;
    private Progress.Task task;

    /** Opens nothing yet; the arguments are those of {@link Progress#open}. */
    public LazyTask(Progress progress, String name, long total) {
        this.progress = progress;
        this.name = name;
        this.total = total;
    }

    /** The first call opens the task. */
    public void at(long done) {
        if (task == null) {
            task = Stop.task(progress, name, total);
        }
        task.at(done);
    }

    @Override
    public void close() {
        if (task != null) {
            task.close();
        }
    }
}
