package io.trd4j.jni;

import io.trd4j.io.InputException;

/** Turns a {@code trd_status} into the Java exception it stands for. The only translator. */
public final class Status {
    private Status() {}

    /**
     * @throws IllegalArgumentException for TRD_ERROR_ARGUMENT
     * @throws UnsupportedOperationException for TRD_ERROR_UNSUPPORTED
     * @throws InputException for TRD_ERROR_INPUT; the text continues a sentence that began with the part
     * @throws NativeException for every other failure, with the CUDA runtime's code for TRD_ERROR_CUDA
     */
    public static void check(int status) {
        if (status != Trd.TRD_OK) {
            throw exception(status);
        }
    }

    private static RuntimeException exception(int status) {
        String text = Trd.trd_last_error().getString();
        return switch (status) {
            case Trd.TRD_ERROR_ARGUMENT -> new IllegalArgumentException(text);
            case Trd.TRD_ERROR_UNSUPPORTED -> new UnsupportedOperationException(text);
            case Trd.TRD_ERROR_INPUT -> new InputException(text);
            default ->
                new NativeException("libtrd failed with status " + status + ": " + text, Trd.trd_last_error_code());
        };
    }
}
