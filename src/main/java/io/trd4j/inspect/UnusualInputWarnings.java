package io.trd4j.inspect;

import io.trd4j.model.DriftReference;
import io.trd4j.model.Statistic;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Points out images that are unlike those of normal parts. A measure is unusual when it lies farther outside what the
 * normal parts of the calibration had than they differ among each other, and farther than a little that nobody would
 * call unusual.
 */
final class UnusualInputWarnings {
    private final float[] low = new float[PartStatistics.COUNT];
    private final float[] high = new float[PartStatistics.COUNT];
    private final float[] values = new float[PartStatistics.COUNT];

    /** @param reference null when the model has none: then nothing is unusual */
    UnusualInputWarnings(DriftReference reference) {
        Arrays.fill(low, Float.NEGATIVE_INFINITY);
        Arrays.fill(high, Float.POSITIVE_INFINITY);
        if (reference != null) {
            reference.statistics().forEach(this::set);
        }
    }

    private void set(Statistic statistic, List<Float> ascending) {
        float least = ascending.get(0);
        float most = ascending.get(ascending.size() - 1);
        float little = switch (statistic) {
            case SCORE, SCORE_RGB, SCORE_DEPTH -> Float.POSITIVE_INFINITY; // thresholds judge these
            case BRIGHTNESS -> 8;
            case RED_SHARE, BLUE_SHARE, SATURATED_SHARE, VALID_DEPTH_SHARE -> 0.02f;
            case SHARPNESS -> 0.1f * most;
            case MEAN_DEPTH -> 0.01f * Math.abs(most);
            case TILT_X, TILT_Y -> 1;
        };
        float margin = Math.max(most - least, little);
        low[statistic.ordinal()] = least - margin;
        high[statistic.ordinal()] = most + margin;
    }

    /** Adds what is unusual of the part. Allocates nothing. */
    void warn(Inspection inspection, Set<Warning> warnings) {
        PartStatistics.read(inspection, values);
        if (outside(Statistic.BRIGHTNESS) && inspection.quality().rgbWidth() > 0
                || outside(Statistic.RED_SHARE)
                || outside(Statistic.BLUE_SHARE)
                || above(Statistic.SATURATED_SHARE)) {
            warnings.add(Warning.UNUSUAL_COLOUR);
        }
        if (below(Statistic.SHARPNESS)) {
            warnings.add(Warning.BLURRED);
        }
        if (below(Statistic.VALID_DEPTH_SHARE) && inspection.quality().secondWidth() > 0) {
            warnings.add(Warning.FEW_POINTS);
        }
        if (outside(Statistic.MEAN_DEPTH) || outside(Statistic.TILT_X) || outside(Statistic.TILT_Y)) {
            warnings.add(Warning.UNUSUAL_POSE);
        }
    }

    /** False for NaN, which is what a part does not have. */
    private boolean below(Statistic statistic) {
        return values[statistic.ordinal()] < low[statistic.ordinal()];
    }

    private boolean above(Statistic statistic) {
        return values[statistic.ordinal()] > high[statistic.ordinal()];
    }

    private boolean outside(Statistic statistic) {
        return below(statistic) || above(statistic);
    }
}
