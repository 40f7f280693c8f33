package io.trd4j.inspect;

import java.lang.ref.Cleaner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in one line of the log that an inspector was dropped without being closed. Its native memory is lost then: an
 * application that opens one per part runs out of it, and the Java heap shows nothing.
 */
final class LeakReport {
    private static final Logger LOG = LoggerFactory.getLogger(LeakReport.class);
    private static final Cleaner CLEANER = Cleaner.create();

    /** Must not know the inspector, or it would never be dropped. */
    private static final class State implements Runnable {
        private final String inspector;
        private volatile boolean closed;

        State(String inspector) {
            this.inspector = inspector;
        }

        @Override
        public void run() {
            if (!closed) {
                LOG.warn(
                        "{} was dropped without close(): its native memory is lost until the process ends; close every "
                                + "inspector that was opened or duplicated",
                        inspector);
            }
        }
    }

    private final State state;

    /**
     * @param owner whose end is watched
     * @param inspector how the line calls it
     */
    LeakReport(Object owner, String inspector) {
        state = new State(inspector);
        CLEANER.register(owner, state);
    }

    /** Its memory is free: nothing will be said. */
    void closed() {
        state.closed = true;
    }
}
