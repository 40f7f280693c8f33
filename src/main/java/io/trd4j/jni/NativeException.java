package io.trd4j.jni;

/** A native library failed: it could not be loaded, a device refused, or a fault of the library itself. */
public final class NativeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NativeException(String message) {
        super(message);
    }

    public NativeException(String message, Throwable cause) {
        super(message, cause);
    }
}
