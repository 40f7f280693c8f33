package io.trd4j.model;

import io.trd4j.io.Arguments;

/**
 * Mean and population standard deviation of all pixels of all validation maps, per branch, and how high these reach
 * (SPEC section 4).
 *
 * @param alone the same of each branch without the other modality; null in models that were calibrated before there was
 *     such a thing
 * @param highest how high the maps reach on normal parts; null = the combined map is the sum of both branches'
 */
public record Calibration(
        double meanRgb, double stdRgb, double meanDepth, double stdDepth, Alone alone, HighestPlaces highest) {
    public Calibration {
        require(meanRgb, stdRgb, meanDepth, stdDepth);
    }

    /** Without the numbers that inspection with one modality needs. */
    public Calibration(double meanRgb, double stdRgb, double meanDepth, double stdDepth) {
        this(meanRgb, stdRgb, meanDepth, stdDepth, null);
    }

    /** Of a combined map that is the sum of both branches'. */
    public Calibration(double meanRgb, double stdRgb, double meanDepth, double stdDepth, Alone alone) {
        this(meanRgb, stdRgb, meanDepth, stdDepth, alone, null);
    }

    /** @param measured null = the combined map is the sum of both branches' */
    Calibration withHighest(HighestPlaces measured) {
        return new Calibration(meanRgb, stdRgb, meanDepth, stdDepth, alone, measured);
    }

    /**
     * Of maps where a black image stood in for the other modality: the rgb branch's without depth, and the second
     * branch's without colour.
     */
    public record Alone(double meanRgb, double stdRgb, double meanDepth, double stdDepth) {
        public Alone {
            require(meanRgb, stdRgb, meanDepth, stdDepth);
        }
    }

    private static void require(double meanRgb, double stdRgb, double meanDepth, double stdDepth) {
        boolean sound = Arguments.isFloat(meanRgb)
                && Arguments.isFloat(meanDepth)
                && Arguments.isFloat(stdRgb)
                && Arguments.isFloat(stdDepth);
        if (!sound || stdRgb < Float.MIN_NORMAL || stdDepth < Float.MIN_NORMAL) {
            throw new IllegalArgumentException(
                    "a calibration needs finite means and positive standard deviations, not rgb " + meanRgb + " +- "
                            + stdRgb + ", depth " + meanDepth + " +- " + stdDepth);
        }
    }
}
