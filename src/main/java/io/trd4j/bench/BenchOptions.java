package io.trd4j.bench;

import io.trd4j.io.OptionException;

/**
 * How many parts are measured.
 *
 * @param parts measured, 1 to {@value #MAX_PARTS}; the 99.9th percentile says something from some thousand on
 * @param warmUp inspected before and not measured, 0 to {@value #MAX_PARTS}
 */
public record BenchOptions(int parts, int warmUp) {
    public static final int MAX_PARTS = 100_000_000;

    /** @throws OptionException when a number is out of its range */
    public BenchOptions {
        OptionException.require(
                parts >= 1 && parts <= MAX_PARTS, "parts", "must be 1 to " + MAX_PARTS + ", not " + parts);
        OptionException.require(
                warmUp >= 0 && warmUp <= MAX_PARTS, "warmUp", "must be 0 to " + MAX_PARTS + ", not " + warmUp);
    }

    /** Those of {@code trd bench}: 200 parts after 20. */
    public static BenchOptions defaults() {
        return new BenchOptions(200, 20);
    }
}
