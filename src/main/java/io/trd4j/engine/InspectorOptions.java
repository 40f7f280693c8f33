package io.trd4j.engine;

import io.trd4j.model.Precision;
import java.util.Objects;

/**
 * How an {@link Inspector} runs.
 *
 * @param threads CPU threads of this inspector; 0 = as many as the machine has cores
 * @param precision arithmetic of the network
 * @param device where it computes
 * @param maps whether an inspection has the anomaly maps; on a GPU, scores alone are sooner on the host; a model with a
 *     region of interest has them in any case, as its scores are taken from them
 */
public record InspectorOptions(int threads, Precision precision, DeviceChoice device, boolean maps) {
    public static final int MAX_THREADS = 1024;

    public InspectorOptions {
        if (threads < 0 || threads > MAX_THREADS) {
            throw new IllegalArgumentException("threads must be 0 (all cores) to " + MAX_THREADS + ", not " + threads);
        }
        Objects.requireNonNull(precision, "precision");
        Objects.requireNonNull(device, "device");
    }

    /** The first GPU that can be used, else the CPU; with maps. */
    public InspectorOptions(int threads, Precision precision) {
        this(threads, precision, DeviceChoice.AUTO, true);
    }

    /** All cores, the fastest precision that passed its test, a GPU when there is one. */
    public static InspectorOptions defaults() {
        return new InspectorOptions(0, Precision.AUTO);
    }

    public InspectorOptions withThreads(int newThreads) {
        return new InspectorOptions(newThreads, precision, device, maps);
    }

    public InspectorOptions withPrecision(Precision newPrecision) {
        return new InspectorOptions(threads, newPrecision, device, maps);
    }

    public InspectorOptions withDevice(DeviceChoice newDevice) {
        return new InspectorOptions(threads, precision, newDevice, maps);
    }

    public InspectorOptions withMaps(boolean newMaps) {
        return new InspectorOptions(threads, precision, device, newMaps);
    }

    int resolvedThreads() {
        return threads == 0 ? Math.min(Runtime.getRuntime().availableProcessors(), MAX_THREADS) : threads;
    }
}
