package io.trd4j.metrics;

import java.util.List;

/** Area under the per-region-overlap curve up to a false positive rate, divided by it (SPEC section 6). */
public final class Aupro {
    private Aupro() {}

    /**
     * @param maps per part height*width scores, higher = more anomalous
     * @param masks per part height*width, true = anomalous; regions are 8-connected
     * @param limit the false positive rate up to which the area is taken: 0.3 for AUPRO@30
     * @return the normalised area, 0..1
     * @throws IllegalArgumentException for sizes that disagree, a score that is not finite, no normal or no anomalous
     *     pixel, or a limit outside (0, 1]
     */
    public static double of(float[][] maps, boolean[][] masks, int height, int width, double limit) {
        return ProCurve.of(PixelRanking.of(maps, masks, null, height, width)).area(limit);
    }

    /** The curve itself, x = false positive rate, y = mean overlap: 101 points. Errors as {@link #of}. */
    public static List<CurvePoint> curve(float[][] maps, boolean[][] masks, int height, int width) {
        return ProCurve.of(PixelRanking.of(maps, masks, null, height, width)).points();
    }
}
