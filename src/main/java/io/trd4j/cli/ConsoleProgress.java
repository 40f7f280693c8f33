package io.trd4j.cli;

import io.trd4j.io.Progress;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Progress of one task on standard error: a bar with the remaining time on a terminal, at most one line every ten
 * seconds in a log.
 */
final class ConsoleProgress implements Progress.Task {
    /** Shows every task so. */
    static final Progress STDERR = ConsoleProgress::new;

    private static final long LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String task;
    private final long total;
    private final ProgressBar bar;
    private final long start = System.nanoTime();
    private long lastLine = start;

    ConsoleProgress(String task, long total) {
        this.task = task;
        this.total = total;
        bar = System.console() == null
                ? null
                : new ProgressBarBuilder()
                        .setTaskName(task)
                        .setInitialMax(total)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(200)
                        .build();
    }

    @Override
    public void at(long done, String extra) {
        if (bar != null) {
            bar.stepTo(done);
            bar.setExtraMessage(extra);
            return;
        }
        long now = System.nanoTime();
        if (done == total || now - lastLine >= LOG_INTERVAL_NANOS) {
            lastLine = now;
            double remaining = done == 0 ? 0 : (now - start) / 1e9 * (total - done) / done;
            String whole =
                    total == Progress.UNKNOWN ? "" : String.format(Locale.ROOT, "/%d, %.0f s left", total, remaining);
            System.err.println(task + " " + done + whole + (extra.isEmpty() ? "" : ", " + extra));
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
