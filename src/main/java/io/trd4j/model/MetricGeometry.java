package io.trd4j.model;

import io.trd4j.io.Arguments;

/**
 * Scales at which geometry is seen in metric terms (SPEC section 5), measured on a model's normal parts and the same
 * for every part that it inspects.
 *
 * @param smoothPixels deviation of the Gaussian that makes the surface of the points, pixels of the input, above 0
 * @param spacingMetres distance of neighbouring input pixels on the part
 * @param slopeGain by which slopes are multiplied in the image
 * @param reliefPixels deviation of the Gaussian that makes the surroundings, pixels, {@code smoothPixels} to 170
 * @param reliefMetres height over the surroundings at which the relief is tanh(1)
 * @param groundMetres of what is no higher above the plane below the part nothing is shown, of what is twice as high
 *     all; 0 = all is shown, where parts fill the view and in older models
 */
public record MetricGeometry(
        double smoothPixels,
        double spacingMetres,
        double slopeGain,
        double reliefPixels,
        double reliefMetres,
        double groundMetres) {
    private static final double MAX_PIXELS = 170;
    /** Sizes and heights of whatever a sensor sees, metres. */
    private static final double LEAST = 1e-9;

    private static final double MOST = 1e9;

    public MetricGeometry {
        Arguments.require(
                smoothPixels > 0 && smoothPixels <= reliefPixels && reliefPixels <= MAX_PIXELS,
                "the deviations of metric geometry must be above 0 and at most " + MAX_PIXELS
                        + " pixels, the relief's not the smaller one, not " + smoothPixels + " and " + reliefPixels);
        Arguments.require(
                spacingMetres >= LEAST && spacingMetres <= MOST, "the pixel spacing must be positive, in metres");
        Arguments.require(slopeGain > 0 && slopeGain / spacingMetres <= MOST, "the slope gain must be positive");
        Arguments.require(
                reliefMetres >= LEAST && reliefMetres <= MOST, "the relief's height must be positive, in metres");
        Arguments.require(
                groundMetres == 0 || groundMetres >= LEAST && groundMetres <= MOST,
                "the ground's height must be positive, in metres, or 0");
    }

    /** Deviation of the surroundings' Gaussian at size S: 6 pixels at 256, never finer than twice the surface's. */
    public static double reliefPixels(int size, double smoothPixels) {
        return Math.max(6.0 * size / 256, 2 * smoothPixels);
    }

    /** For networks whose parts nobody has measured: a sensor with a noise of 0.05 mm and points 0.5 mm apart. */
    public static MetricGeometry unmeasured(int size) {
        return new MetricGeometry(0.7, 0.5e-3 * 256 / size, 1.2, reliefPixels(size, 0.7), 1e-3, 0.2e-3);
    }

    /** The same where all is shown. */
    public MetricGeometry withoutGround() {
        return new MetricGeometry(smoothPixels, spacingMetres, slopeGain, reliefPixels, reliefMetres, 0);
    }

    /** Slope in the image of a height that changes by 1 m from a pixel to the next. */
    public double slopePerMetre() {
        return slopeGain / spacingMetres;
    }
}
