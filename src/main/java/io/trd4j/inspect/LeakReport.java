package io.trd4j.inspect;

import java.lang.ref.Cleaner;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees the native memory of an inspector that was dropped without being closed, when the garbage collector finds it,
 * and says so in one line of the log. The collector does not see that memory, and may come too late: an application
 * that opens one per part can run out of it. The first line is a warning, those that follow are for whoever looks for
 * them.
 */
final class LeakReport {
    private static final Logger LOG = LoggerFactory.getLogger(LeakReport.class);
    private static final Cleaner CLEANER = Cleaner.create();
    private static final AtomicBoolean WARNED = new AtomicBoolean();

    /** Must not know the owner, or it would never be dropped. */
    private static final class State implements Runnable {
        private final String owner;
        private final List<Runnable> memory;
        private volatile boolean closed;

        State(String owner, List<Runnable> memory) {
            this.owner = owner;
            this.memory = memory;
        }

        @Override
        public void run() {
            if (closed) {
                return;
            }
            memory.forEach(Runnable::run);
            String line = "{} was dropped without close(): its native memory was kept until the garbage collector "
                    + "found it; close every inspector that was opened or duplicated";
            if (WARNED.getAndSet(true)) {
                LOG.debug(line, owner);
            } else {
                LOG.warn(line, owner);
            }
        }
    }

    private final State state;
    private final Cleaner.Cleanable cleanable;

    /**
     * @param owner whose end is watched
     * @param name how the line calls it
     * @param memory frees it; does not know the owner
     */
    LeakReport(Object owner, String name, List<Runnable> memory) {
        state = new State(name, List.copyOf(memory));
        cleanable = CLEANER.register(owner, state);
    }

    /** The owner frees its memory itself: nothing will be done or said. */
    void closed() {
        state.closed = true;
        cleanable.clean();
    }
}
