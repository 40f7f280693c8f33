package io.trd4j.io;

/** Long work was asked to end, and ended between two of its steps ({@link Stop}): no fault. */
public final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param cause the interruption of what waited; null = none */
    public StoppedException(Throwable cause) {
        super("stopped before its end", cause);
    }
}
