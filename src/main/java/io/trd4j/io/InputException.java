package io.trd4j.io;

/**
 * The user's input cannot be used. The message is one line without control characters that says what is wrong, where,
 * and what to do; the CLI prints it as it stands and exits with 2.
 */
public class InputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what is wrong, where, and what to do; names and contents of files in it may hold any character,
     *     and are shown on {@linkplain OneLine#of one line}
     */
    public InputException(String message) {
        super(OneLine.of(message));
    }

    /** As {@link #InputException(String)}. */
    public InputException(String message, Throwable cause) {
        super(OneLine.of(message), cause);
    }
}
