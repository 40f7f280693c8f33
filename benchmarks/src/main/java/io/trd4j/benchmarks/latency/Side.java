package io.trd4j.benchmarks.latency;

import java.util.Map;

/**
 * One way to run the network, measured in a process of its own; {@link SideMain} talks to the script that times all of
 * them.
 */
interface Side extends AutoCloseable {
    /**
     * This machine, build or version cannot do what was asked; the message says why. Shown in the table, never hidden.
     */
    final class Unavailable extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unavailable(String reason) {
            super(reason);
        }
    }

    /** Which library of which version. */
    String version();

    /** How it is set up, in words. */
    String setting();

    /** Whether {@link #maps} are blurred already (SPEC section 4, with mean 0 and standard deviation 1) or raw. */
    boolean blurred();

    /** Both branches' maps of the last pass, rgb before the second modality: float [2, S, S]. */
    float[] maps();

    /**
     * One part, measured: milliseconds by stage. "network" is from prepared images to both raw maps, which trd4j may
     * leave as distances per scale: their upsampling, below a millisecond, then belongs to its "anomaly_map".
     */
    Map<String, Double> pass();

    @Override
    void close();
}
