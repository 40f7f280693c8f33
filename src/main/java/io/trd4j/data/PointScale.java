package io.trd4j.data;

import java.util.Locale;

/**
 * Which distances, fields of view and spacings of points a sensor can have: from a microscope (points 5 µm apart, 50 mm
 * away) to a pallet (6 m wide, 5 m away). Numbers beyond that are meant in another unit.
 */
public final class PointScale {
    /** Metres. */
    private static final double FARTHEST = 10;

    private static final double WIDEST = 10;
    private static final double COARSEST = 0.2;
    /** Points in metres that were taken for a smaller unit are nearer and narrower than both. */
    private static final double NEAREST = 0.005;

    private static final double NARROWEST = 0.002;
    /** Fewer points do not say how large they are. */
    private static final double MIN_POINTS = 64;

    private static final double[] UNITS = {1, 1e-3, 1e-6};
    private static final String[] NAMES = {"metres", "millimetres", "micrometres"};
    private static final String[] KEYS = {"m", "mm", "um"};

    private PointScale() {}

    /** Whether points of these measures can be metres; true for those too few to tell. Allocates nothing. */
    public static boolean plausible(InputQuality quality) {
        return plausible(quality, 1, false);
    }

    /** @param large whether they cannot be so small either that they were metres */
    private static boolean plausible(InputQuality q, double factor, boolean large) {
        double distance = Math.abs(q.meanDepth()) * factor;
        double field = q.fieldWidth() * factor;
        return q.validPoints() < MIN_POINTS
                || distance <= FARTHEST
                        && field <= WIDEST
                        && q.pointSpacing() * factor <= COARSEST
                        && (!large || distance >= NEAREST || field >= NARROWEST);
    }

    /**
     * The rest of a sentence about points that cannot be metres: their measures, and the unit that they look like.
     *
     * @param quality of the points as they were made metres
     * @param statedUnit metres per unit by which that was done; null = they were taken as metres
     * @return null when they can be metres
     */
    public static String problem(InputQuality quality, Double statedUnit) {
        double unit = statedUnit == null ? 1 : statedUnit;
        if (plausible(quality, 1, unit < 1)) {
            return null;
        }
        String advice =
                "they are neither metres nor milli- nor micrometres; say --point-unit METRES, the metres of one "
                        + "unit (in Java PointConvention.withMetresPerUnit)";
        for (int i = UNITS.length - 1; i >= 0; i--) {
            if (plausible(quality, UNITS[i] / unit, true)) {
                advice = "it looks like " + NAMES[i] + "; "
                        + (i == 0 ? "leave --point-unit away" : "say --point-unit " + KEYS[i])
                        + " (in Java PointConvention.withMetresPerUnit(" + UNITS[i] + ")), or the metres of its unit, "
                        + "such as 0.01 for centimetres";
            }
        }
        return String.format(
                Locale.ROOT,
                "has points %.3g m away and %.3g m apart%s: %s",
                Math.abs(quality.meanDepth()),
                quality.pointSpacing(),
                statedUnit == null ? "" : ", a unit taken as " + statedUnit + " m",
                advice);
    }
}
