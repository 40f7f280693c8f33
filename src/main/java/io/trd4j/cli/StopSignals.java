package io.trd4j.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jline.utils.Signals;

/**
 * Ctrl-C and SIGTERM as a request to come to an end, not as the end: a shutdown hook cannot finish what the main thread
 * does. The second one ends the process.
 */
final class StopSignals implements AutoCloseable {
    private static final String[] NAMES = {"INT", "TERM"};

    /** The handlers of before, by name; null where the JVM keeps a signal for itself. */
    private final Map<String, Object> before = new LinkedHashMap<>();

    /** @param stop is called by a thread of its own */
    StopSignals(Runnable stop) {
        for (String name : NAMES) {
            before.put(name, Signals.register(name, () -> {
                close();
                stop.run();
            }));
        }
    }

    /** As it was before. */
    @Override
    public synchronized void close() {
        before.forEach((name, handler) -> {
            if (handler != null) {
                Signals.unregister(name, handler);
            }
        });
        before.clear();
    }
}
