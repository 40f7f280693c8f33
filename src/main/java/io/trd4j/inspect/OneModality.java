package io.trd4j.inspect;

import io.trd4j.engine.PartMaps;
import io.trd4j.model.Calibration;
import io.trd4j.model.InspectionMode;
import java.util.Arrays;

/**
 * Scores and maps of a part that was inspected by one modality: from the calibration of both modalities to that of the
 * branch alone. A line through each value does that, because blurring commutes with it; it rises, so that it takes
 * maxima to maxima.
 */
final class OneModality {
    private OneModality() {}

    /**
     * Makes the branch's result the combined one, and the other branch's 0.
     *
     * @param mode not {@link InspectionMode#BOTH}
     * @param withMaps whether the result has maps, or scores alone
     */
    static void calibrate(PartMaps result, InspectionMode mode, Calibration both, boolean withMaps) {
        Calibration.Alone alone = both.alone();
        boolean rgb = mode == InspectionMode.RGB_ONLY;
        float factor = (float) (rgb ? both.stdRgb() / alone.stdRgb() : both.stdDepth() / alone.stdDepth());
        float shift = (float)
                (rgb
                        ? (both.meanRgb() - alone.meanRgb()) / alone.stdRgb()
                        : (both.meanDepth() - alone.meanDepth()) / alone.stdDepth());
        result.score = factor * (rgb ? result.scoreRgb : result.scoreDepth) + shift;
        result.scoreRgb = rgb ? result.score : 0;
        result.scoreDepth = rgb ? 0 : result.score;
        if (withMaps) {
            float[] own = rgb ? result.mapRgb : result.mapDepth;
            for (int i = 0; i < own.length; i++) {
                own[i] = factor * own[i] + shift;
            }
            System.arraycopy(own, 0, result.map, 0, own.length);
            Arrays.fill(rgb ? result.mapDepth : result.mapRgb, 0);
        }
    }
}
