package io.trd4j.inspect;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Refuses a second thread inside an inspector, and every use after its end. */
final class SingleUse {
    private static final int IDLE = 0;
    private static final int BUSY = 1;
    private static final int CLOSED = 2;

    private final AtomicInteger state = new AtomicInteger(IDLE);

    /** @throws IllegalStateException while another thread is inside, and after {@link #end} */
    void enter() {
        if (!state.compareAndSet(IDLE, BUSY)) {
            requireOpen();
            throw new IllegalStateException("the inspector is in use by another thread; give each thread its own");
        }
    }

    /** @throws IllegalStateException after {@link #end} */
    void requireOpen() {
        if (state.get() == CLOSED) {
            throw closed();
        }
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("the inspector is closed");
    }

    void leave() {
        state.set(IDLE);
    }

    /** Not for the hot path: {@code work} is an object. */
    <T> T during(Supplier<T> work) {
        enter();
        try {
            return work.get();
        } finally {
            leave();
        }
    }

    /**
     * For good.
     *
     * @return whether it was this call that ended it
     * @throws IllegalStateException while another thread is inside
     */
    boolean end() {
        if (state.get() == CLOSED) {
            return false;
        }
        enter();
        state.set(CLOSED);
        return true;
    }
}
