package io.trd4j.io;

/**
 * The user's input cannot be used. The message is one line that says what is wrong, where, and what to do; the CLI
 * prints it as it stands and exits with 2.
 */
public class InputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message one line: what is wrong, where, and what to do */
    public InputException(String message) {
        super(message);
    }

    /** @param message one line: what is wrong, where, and what to do */
    public InputException(String message, Throwable cause) {
        super(message, cause);
    }
}
