package io.trd4j.bundle;

/** Sizes in words. */
final class Megabytes {
    private Megabytes() {}

    /** Of 1,000,000 bytes each, rounded down, with the unit. */
    static String of(long bytes) {
        return bytes / 1_000_000 + " MB";
    }
}
