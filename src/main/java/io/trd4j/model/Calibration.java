package io.trd4j.model;

/**
 * Mean and population standard deviation of all pixels of all validation maps, per branch (SPEC section 4).
 *
 * @param alone the same of each branch without the other modality; null in models that were calibrated before there was
 *     such a thing
 */
public record Calibration(double meanRgb, double stdRgb, double meanDepth, double stdDepth, Alone alone) {
    public Calibration {
        require(meanRgb, stdRgb, meanDepth, stdDepth);
    }

    /** Without the numbers that inspection with one modality needs. */
    public Calibration(double meanRgb, double stdRgb, double meanDepth, double stdDepth) {
        this(meanRgb, stdRgb, meanDepth, stdDepth, null);
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
        if (!(stdRgb > 0 && stdDepth > 0) || !Double.isFinite(meanRgb + stdRgb + meanDepth + stdDepth)) {
            throw new IllegalArgumentException(
                    "a calibration needs finite means and positive standard deviations, not rgb " + meanRgb + " +- "
                            + stdRgb + ", depth " + meanDepth + " +- " + stdDepth);
        }
    }
}
