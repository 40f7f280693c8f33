package io.trd4j.report;

/**
 * The fixed ends of a heat map's colour scale, in units of the calibrated map (standard deviations of the validation
 * pixels, SPEC section 4). The same ends for every part: colours of different parts can be compared.
 *
 * @param low at and below it nothing is drawn
 * @param high at and above it the last colour is drawn
 */
public record HeatScale(float low, float high) {
    /** For the combined map: a normal part's pixels, being sums of two branches, hardly reach the low end. */
    public static final HeatScale COMBINED = new HeatScale(1.5f, 8);
    /** For one branch's map. */
    public static final HeatScale BRANCH = new HeatScale(1, 5);

    public HeatScale {
        if (!(low < high) || !Float.isFinite(low) || !Float.isFinite(high)) {
            throw new IllegalArgumentException(
                    "a heat scale needs finite ends, low before high, not " + low + " and " + high);
        }
    }

    /** 0 at low, 1 at high, clamped; 0 for NaN. */
    float position(float value) {
        float t = (value - low) / (high - low);
        return t > 0 ? Math.min(t, 1) : 0;
    }
}
