package io.trd4j.inspect;

import io.trd4j.model.Precision;
import io.trd4j.sign.TrustedKeys;
import java.util.Objects;

/**
 * How an {@link Inspector} runs.
 *
 * @param threads CPU threads of this inspector; 0 = as many as the machine has cores, and one alone while other
 *     processes want the cores: the inspector compares the times of parts, and the results have the same bits
 * @param precision arithmetic of the network
 * @param device where it computes
 * @param maps whether an inspection has the anomaly maps; on a GPU, scores alone are sooner on the host
 * @param inputs what happens to parts of which a modality is missing or unusable
 * @param minRegion mm²: regions above a limit that are smaller do not count for the verdict, where the part's points
 *     tell their area; 0 = all count. Needs maps. A part above a limit then costs a search for regions, which allocates
 * @param trustedKeys a model file that none of them signed is refused before anything of it is parsed, with
 *     {@link io.trd4j.sign.UntrustedModelException}; null = every model is accepted
 * @param verifiedWeights whether the weights are compared with the model file's checksums while they are loaded; a
 *     damaged file is then refused. With trusted keys the whole file is, whatever this says
 */
public record InspectorOptions(
        int threads,
        Precision precision,
        DeviceChoice device,
        boolean maps,
        InputPolicy inputs,
        double minRegion,
        TrustedKeys trustedKeys,
        boolean verifiedWeights) {
    public static final int MAX_THREADS = 1024;

    public InspectorOptions {
        if (threads < 0 || threads > MAX_THREADS) {
            throw new IllegalArgumentException("threads must be 0 (all cores) to " + MAX_THREADS + ", not " + threads);
        }
        Objects.requireNonNull(precision, "precision");
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(inputs, "inputs");
        if (!(minRegion >= 0 && minRegion < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("the smallest region must be 0 mm² or more, not " + minRegion);
        }
        if (minRegion > 0 && !maps) {
            throw new IllegalArgumentException(
                    "without maps, regions have no area: leave the smallest region at 0, or bring the maps");
        }
    }

    /**
     * The first GPU that can be used, else the CPU; with maps; what cannot be used is refused, every region counts,
     * every model is accepted that is not damaged.
     */
    public InspectorOptions(int threads, Precision precision) {
        this(threads, precision, DeviceChoice.AUTO, true, InputPolicy.REFUSE, 0, null, true);
    }

    /** All cores, the fastest precision that passed its test, a GPU when there is one. */
    public static InspectorOptions defaults() {
        return new InspectorOptions(0, Precision.AUTO);
    }

    /** The same options with other CPU threads; 0 = all cores. */
    public InspectorOptions withThreads(int newThreads) {
        return new InspectorOptions(
                newThreads, precision, device, maps, inputs, minRegion, trustedKeys, verifiedWeights);
    }

    /** The same options with another arithmetic. */
    public InspectorOptions withPrecision(Precision newPrecision) {
        return new InspectorOptions(
                threads, newPrecision, device, maps, inputs, minRegion, trustedKeys, verifiedWeights);
    }

    /** The same options for another device. */
    public InspectorOptions withDevice(DeviceChoice newDevice) {
        return new InspectorOptions(
                threads, precision, newDevice, maps, inputs, minRegion, trustedKeys, verifiedWeights);
    }

    /** The same options with or without maps. */
    public InspectorOptions withMaps(boolean newMaps) {
        return new InspectorOptions(
                threads, precision, device, newMaps, inputs, minRegion, trustedKeys, verifiedWeights);
    }

    /** The same options with another policy for parts that lack a modality. */
    public InspectorOptions withInputs(InputPolicy newInputs) {
        return new InspectorOptions(
                threads, precision, device, maps, newInputs, minRegion, trustedKeys, verifiedWeights);
    }

    /** The same options with another least area of a region, mm². */
    public InspectorOptions withMinRegion(double squareMillimetres) {
        return new InspectorOptions(
                threads, precision, device, maps, inputs, squareMillimetres, trustedKeys, verifiedWeights);
    }

    /** The same options for models that one of these keys signed alone; null = every model is accepted. */
    public InspectorOptions withTrustedKeys(TrustedKeys keys) {
        return new InspectorOptions(threads, precision, device, maps, inputs, minRegion, keys, verifiedWeights);
    }

    /**
     * The same options with or without a comparison of the weights with their checksums. It takes about a millisecond
     * of one core per megabyte, beside the loading. Without, a damaged model gives wrong scores.
     */
    public InspectorOptions withVerifiedWeights(boolean verified) {
        return new InspectorOptions(threads, precision, device, maps, inputs, minRegion, trustedKeys, verified);
    }

    int resolvedThreads() {
        return threads == 0 ? Math.min(Runtime.getRuntime().availableProcessors(), MAX_THREADS) : threads;
    }
}
