package io.trd4j.inspect;

import java.util.Objects;

/**
 * How an {@link Inspector} treats a part of which a modality is missing or unusable, or unlike those of the model's
 * normal parts.
 *
 * <p>A colour image is unusable when it is black everywhere or saturated everywhere. Points are unusable when fewer
 * than {@code minValidDepth} of them are valid, or when none of them stands out of the background plane; a
 * surface-normal image when fewer than that share of its pixels is not black. Both are judged at
 * {@link io.trd4j.data.InputQuality}'s sample positions. With both unusable, a part is always refused.
 *
 * @param depth for an unusable second modality
 * @param rgb for an unusable colour image
 *     <p>A part is unlike the normal ones ({@link io.trd4j.model.NormalParts}) when it has an image where these had
 *     points, or images of another shape (width over height), or points of another scale or with other axes. Whatever
 *     the policy, points are refused that can be no sensor's metres, or mark missing ones by an unknown value; and
 *     whatever it is, a model that does not know its normal parts has nothing to compare with.
 * @param minValidDepth share from 0 to 1; 0 = one valid point is enough
 * @param unlike for a part that is unlike the model's normal ones
 */
public record InputPolicy(OnUnusable depth, OnUnusable rgb, double minValidDepth, OnUnlike unlike) {
    /** Refuses whatever cannot be used. */
    public static final InputPolicy REFUSE = new InputPolicy(OnUnusable.REFUSE, OnUnusable.REFUSE, 0, OnUnlike.REFUSE);

    /** Treatment of a part with an unusable modality. */
    public enum OnUnusable {
        /** {@link Inspector#inspect} throws an {@link io.trd4j.io.InputException}. */
        REFUSE,
        /** The other modality is inspected alone, against thresholds of its own, and the result says so. */
        INSPECT_OTHER
    }

    /** Treatment of a part that is unlike the model's normal ones. */
    public enum OnUnlike {
        /** {@link Inspector#inspect} throws an {@link io.trd4j.io.InputException}. */
        REFUSE,
        /** It is inspected all the same: the verdict is REVIEW at best, and a warning says what is unlike. */
        REVIEW
    }

    public InputPolicy {
        Objects.requireNonNull(depth, "depth");
        Objects.requireNonNull(rgb, "rgb");
        Objects.requireNonNull(unlike, "unlike");
        if (!(minValidDepth >= 0 && minValidDepth <= 1)) {
            throw new IllegalArgumentException("the share of valid points must be 0 to 1, not " + minValidDepth);
        }
    }

    /** Inspects what is there, whatever is missing; a part that is unlike the normal ones is refused. */
    public static InputPolicy inspectOther() {
        return new InputPolicy(OnUnusable.INSPECT_OTHER, OnUnusable.INSPECT_OTHER, 0, OnUnlike.REFUSE);
    }

    /** The same policy with another least share of valid points, 0 to 1. */
    public InputPolicy withMinValidDepth(double share) {
        return new InputPolicy(depth, rgb, share, unlike);
    }

    /** The same policy with another treatment of parts that are unlike the normal ones. */
    public InputPolicy withUnlike(OnUnlike treatment) {
        return new InputPolicy(depth, rgb, minValidDepth, treatment);
    }
}
