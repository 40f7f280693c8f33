package io.trd4j.model;

/** Mean and population standard deviation of all pixels of all validation maps, per branch (SPEC section 4). */
public record Calibration(double meanRgb, double stdRgb, double meanDepth, double stdDepth) {
    public Calibration {
        if (!(stdRgb > 0 && stdDepth > 0) || !Double.isFinite(meanRgb + stdRgb + meanDepth + stdDepth)) {
            throw new IllegalArgumentException("a calibration needs finite means and positive standard deviations, not rgb "
                    + meanRgb + " +- " + stdRgb + ", depth " + meanDepth + " +- " + stdDepth);
        }
    }
}
