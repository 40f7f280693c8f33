package io.trd4j.model;

/**
 * Mean losses of one epoch of training, per student: cosine distances, 0 to 24.
 *
 * @param validationRgb loss of the normal validation parts after it; null when there were none
 * @param validationDepth null when the other is
 */
public record EpochLoss(double rgb, double depth, Double validationRgb, Double validationDepth) {
    public EpochLoss {
        if (!Double.isFinite(rgb + depth)
                || validationRgb != null && !Double.isFinite(validationRgb)
                || validationDepth != null && !Double.isFinite(validationDepth)) {
            throw new IllegalArgumentException("a training curve has finite numbers");
        }
    }

    /** Whether there were validation parts. */
    public boolean validated() {
        return validationRgb != null && validationDepth != null;
    }
}
