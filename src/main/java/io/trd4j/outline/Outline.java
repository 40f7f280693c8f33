package io.trd4j.outline;

/**
 * A connected piece of a part that differs from what is expected there.
 *
 * @param pixels indices into the S x S map, row by row; not empty
 * @param raised by how many mm its surface stands above (towards the camera) or, below 0, lies under what is expected:
 *     the mean between the 85th and the 97th percentile of its pixels; null as {@code unknown} says
 * @param unknown why there is no height; null when there is one
 */
public record Outline(int[] pixels, Double raised, UnknownHeight unknown) {
    /** Why a height is not known. */
    public enum UnknownHeight {
        /** The part was inspected without points. */
        NO_POINTS,
        /** The outline, or what surrounds it, has too few points. */
        TOO_FEW_POINTS,
        /** Less than 40 % of it differ by twice the noise of the points around: the surface is as expected. */
        WITHIN_NOISE
    }
}
