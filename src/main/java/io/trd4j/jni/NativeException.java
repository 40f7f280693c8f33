package io.trd4j.jni;

/** A native library failed: it could not be loaded, a device refused, or a fault of the library itself. */
public final class NativeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;

    /** Of a failure without a CUDA error. */
    public NativeException(String message) {
        this(message, 0);
    }

    /** @param code of the CUDA runtime, 0 when it was not CUDA that failed */
    public NativeException(String message, int code) {
        super(message);
        this.code = code;
    }

    /** Of a failure in loading or calling the library. */
    public NativeException(String message, Throwable cause) {
        super(message, cause);
        this.code = 0;
    }

    /** The CUDA runtime's error ({@code cudaError_t}), or 0 when it was not CUDA that failed. */
    public int code() {
        return code;
    }
}
