package io.trd4j.io;

/** Waits for what ends by itself, and must have ended before anything else is done. */
public final class Uninterrupted {
    private Uninterrupted() {}

    /** Waits; begun again, it waits for the rest. */
    @FunctionalInterface
    public interface Waiting {
        /** Returns at the end. */
        void run() throws InterruptedException;
    }

    /** Waits to the end. An interrupt is for the caller, and kept for it. */
    public static void await(Waiting waiting) {
        boolean interrupted = false;
        while (true) {
            try {
                waiting.run();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
