package io.trd4j.inspect;

import io.trd4j.data.InputQuality;
import io.trd4j.model.InspectionMode;
import io.trd4j.model.Statistic;

/** Statistics of an inspected part that drift is watched by: its {@link Statistic}s. */
public final class PartStatistics {
    public static final int COUNT = Statistic.values().length;

    private PartStatistics() {}

    /**
     * Reads the part's statistics. Allocates nothing.
     *
     * @param values one per {@link Statistic}; NaN where the part has none
     */
    public static void read(Inspection inspection, float[] values) {
        boolean both = inspection.mode() == InspectionMode.BOTH;
        InputQuality quality = inspection.quality();
        boolean rgb = quality.rgbWidth() > 0;
        double brightness = quality.brightness();
        boolean points = quality.meanDepth() != 0;
        set(values, Statistic.SCORE, both, inspection.score());
        set(values, Statistic.SCORE_RGB, both, inspection.scoreRgb());
        set(values, Statistic.SCORE_DEPTH, both, inspection.scoreDepth());
        set(values, Statistic.BRIGHTNESS, true, brightness);
        set(values, Statistic.RED_SHARE, brightness > 0, quality.red() / (3 * brightness));
        set(values, Statistic.BLUE_SHARE, brightness > 0, quality.blue() / (3 * brightness));
        set(values, Statistic.SATURATED_SHARE, rgb, quality.saturatedShare());
        set(values, Statistic.SHARPNESS, rgb, quality.sharpness());
        set(values, Statistic.VALID_DEPTH_SHARE, true, quality.validDepthShare());
        set(values, Statistic.MEAN_DEPTH, points, quality.meanDepth());
        set(values, Statistic.TILT_X, points, quality.tiltX());
        set(values, Statistic.TILT_Y, points, quality.tiltY());
    }

    private static void set(float[] values, Statistic statistic, boolean has, double value) {
        values[statistic.ordinal()] = has ? (float) value : Float.NaN;
    }
}
