package io.trd4j.inspect;

import java.util.Objects;

/**
 * How an {@link Inspector} treats a part of which a modality is missing or unusable.
 *
 * <p>A colour image is unusable when it is black everywhere or saturated everywhere. Points are unusable when fewer
 * than {@code minValidDepth} of them are valid, or when none of them stands out of the background plane; a
 * surface-normal image when fewer than that share of its pixels is not black. Both are judged at
 * {@link io.trd4j.data.InputQuality}'s sample positions. With both unusable, a part is always refused.
 *
 * @param depth for an unusable second modality
 * @param rgb for an unusable colour image
 * @param minValidDepth share from 0 to 1; 0 = one valid point is enough
 */
public record InputPolicy(OnUnusable depth, OnUnusable rgb, double minValidDepth) {
    /** Refuses whatever cannot be used. */
    public static final InputPolicy REFUSE = new InputPolicy(OnUnusable.REFUSE, OnUnusable.REFUSE, 0);

    /** Treatment of a part with an unusable modality. */
    public enum OnUnusable {
        /** {@link Inspector#inspect} throws an {@link io.trd4j.io.InputException}. */
        REFUSE,
        /** The other modality is inspected alone, against thresholds of its own, and the result says so. */
        INSPECT_OTHER
    }

    public InputPolicy {
        Objects.requireNonNull(depth, "depth");
        Objects.requireNonNull(rgb, "rgb");
        if (!(minValidDepth >= 0 && minValidDepth <= 1)) {
            throw new IllegalArgumentException("the share of valid points must be 0 to 1, not " + minValidDepth);
        }
    }

    /** Inspects what is there, whatever is missing. */
    public static InputPolicy inspectOther() {
        return new InputPolicy(OnUnusable.INSPECT_OTHER, OnUnusable.INSPECT_OTHER, 0);
    }

    /** The same policy with another least share of valid points, 0 to 1. */
    public InputPolicy withMinValidDepth(double share) {
        return new InputPolicy(depth, rgb, share);
    }
}
