package io.trd4j.io;

/**
 * A library that the called method needs is not on the class path. The message is one line that names the artifact of
 * trd4j that brings it.
 */
public final class MissingLibraryException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    MissingLibraryException(String message) {
        super(message);
    }
}
