package io.trd4j.data.image;

import io.trd4j.data.PointConvention;

/**
 * Facts that the files of a part do not say themselves.
 *
 * @param camera of depth images; null = not known: they are refused
 * @param colorBits bits that colour images use of their samples of 16: 9 to 16; {@link #AS_USED} and
 *     {@link #UNRECORDED} leave it to the image
 * @param points how the numbers of a point cloud are meant
 */
public record Reading(DepthCamera camera, int colorBits, PointConvention points) {
    /** Each image is scaled by the bits that it uses: 10, 12, 14 or 16. */
    public static final int AS_USED = 8;
    /**
     * As {@link #AS_USED}, for models of before this was recorded: an image that uses more than 12 bits is taken to use
     * all 16, as then.
     */
    public static final int UNRECORDED = 0;
    /** Nothing is known. */
    public static final Reading UNSTATED = new Reading(null, UNRECORDED, PointConvention.UNSTATED);

    public Reading {
        if (colorBits != UNRECORDED && !(colorBits >= AS_USED && colorBits <= 16)) {
            throw new IllegalArgumentException("colour images use 8 to 16 bits, not " + colorBits);
        }
    }

    /** The same with another camera. */
    public Reading withCamera(DepthCamera newCamera) {
        return new Reading(newCamera, colorBits, points);
    }

    /** The same with other bits of colour. */
    public Reading withColorBits(int bits) {
        return new Reading(camera, bits, points);
    }

    /** The same with points that are meant otherwise. */
    public Reading withPoints(PointConvention convention) {
        return new Reading(camera, colorBits, convention);
    }
}
