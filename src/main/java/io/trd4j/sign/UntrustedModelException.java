package io.trd4j.sign;

import io.trd4j.io.InputException;

/**
 * A model file is not, byte for byte, what a trusted key signed: it has no signature, one of another key, one that is
 * damaged or forged, or it was changed since. The message is one line that says which.
 */
public final class UntrustedModelException extends InputException {
    private static final long serialVersionUID = 1L;

    UntrustedModelException(String message) {
        super(message);
    }
}
