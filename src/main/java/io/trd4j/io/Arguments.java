package io.trd4j.io;

/** Checks of a caller's arguments. */
public final class Arguments {
    private Arguments() {}

    /** @throws IllegalArgumentException with the message when the condition does not hold */
    public static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /** Whether a number is finite as a float, too. */
    public static boolean isFloat(double value) {
        return Math.abs(value) <= Float.MAX_VALUE;
    }
}
