package io.trd4j.engine;

/**
 * A CUDA device failed while an inspector was made or used. The JVM lives on.
 *
 * <p>{@link Reason#OUT_OF_MEMORY}: the memory for a model, or for parts of a size not seen before, could not be had;
 * nothing of the attempt is held, and an open inspector may be used for the sizes it knows. Any other reason: the
 * inspector refuses further parts; close it and open another one. After {@link Reason#LOST} that helps only when the
 * driver recovers the device for this process; else restart the process.
 */
public final class DeviceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Kinds of failure. */
    public enum Reason {
        OUT_OF_MEMORY,
        /** The device is gone, or a kernel's fault made the driver give up this process's work. */
        LOST,
        OTHER
    }

    private final Reason reason;

    public DeviceException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public DeviceException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
