package io.trd4j.model;

import com.fasterxml.jackson.annotation.JsonValue;
import io.trd4j.io.Keyed;
import java.util.Locale;

/** A number of each inspected part that is watched for drift. */
public enum Statistic implements Keyed {
    /** The combined score, standard deviations. As the other scores, only of parts inspected with both modalities. */
    SCORE,
    /** The rgb branch's score, standard deviations. */
    SCORE_RGB,
    /** The second branch's score, standard deviations. */
    SCORE_DEPTH,
    /** Mean of the colour image's channels, 0 to 255; 0 when it is missing. */
    BRIGHTNESS,
    /** Mean of red over the sum of the three channels' means; of parts whose colour image is not black. */
    RED_SHARE,
    /** The same of blue. */
    BLUE_SHARE,
    /** Share of pixels of which a channel is saturated; of parts with a colour image. */
    SATURATED_SHARE,
    /** Mean magnitude of grey's Laplacian over grey's standard deviation; of parts with a colour image. */
    SHARPNESS,
    /**
     * Share of points that are valid, or of the surface-normal image's pixels that are not dark; 0 when it is missing.
     */
    VALID_DEPTH_SHARE,
    /** Mean z of the valid points, metres; of parts that have some. */
    MEAN_DEPTH,
    /** Slope along x of the plane through the valid points, degrees; of parts that have some. */
    TILT_X,
    /** The same along y. */
    TILT_Y;

    /** As in files: {@code score, score_rgb, …, tilt_y}. */
    @Override
    @JsonValue
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
