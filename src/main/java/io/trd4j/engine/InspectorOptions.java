package io.trd4j.engine;

import io.trd4j.model.Precision;
import java.util.Objects;

/**
 * How an {@link Inspector} runs.
 *
 * @param threads CPU threads of this inspector; 0 = as many as the machine has cores
 * @param precision arithmetic of the network
 */
public record InspectorOptions(int threads, Precision precision) {
    public static final int MAX_THREADS = 1024;

    public InspectorOptions {
        if (threads < 0 || threads > MAX_THREADS) {
            throw new IllegalArgumentException("threads must be 0 (all cores) to " + MAX_THREADS + ", not " + threads);
        }
        Objects.requireNonNull(precision, "precision");
    }

    /** All cores, the fastest precision that passed its test. */
    public static InspectorOptions defaults() {
        return new InspectorOptions(0, Precision.AUTO);
    }

    public InspectorOptions withThreads(int newThreads) {
        return new InspectorOptions(newThreads, precision);
    }

    public InspectorOptions withPrecision(Precision newPrecision) {
        return new InspectorOptions(threads, newPrecision);
    }

    int resolvedThreads() {
        return threads == 0 ? Math.min(Runtime.getRuntime().availableProcessors(), MAX_THREADS) : threads;
    }
}
