package io.trd4j.engine;

/**
 * How an {@link Inspector} runs.
 *
 * @param threads CPU threads of the network; 0 = as many as the machine has cores. LibTorch has one setting for the whole
 *     process: the last inspector opened decides.
 */
public record InspectorOptions(int threads) {
    public InspectorOptions {
        if (threads < 0 || threads > 1024) {
            throw new IllegalArgumentException("threads must be 0 (all cores) to 1024, not " + threads);
        }
    }

    public static InspectorOptions defaults() {
        return new InspectorOptions(0);
    }

    int resolvedThreads() {
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }
}
