package io.trd4j.cli;

import java.util.function.LongConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/** Megabytes of a download on standard error, from its first byte on. */
final class DownloadProgress implements LongConsumer, AutoCloseable {
    private ProgressBar bar;

    @Override
    public void accept(long bytes) {
        if (bar == null) {
            bar = new ProgressBarBuilder().setTaskName("Downloading").setInitialMax(-1).setUnit(" MB", 1_000_000)
                    .setUpdateIntervalMillis(500).build();
        }
        bar.stepTo(bytes);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
