package io.trd4j.inspect;

import io.trd4j.engine.PartMaps;
import io.trd4j.model.HighestPlaces;
import io.trd4j.model.HighestPlaces.Usual;

/**
 * Joins both branches' maps: their sum, raised where one branch alone is higher than it gets on normal parts (SPEC
 * section 4). The sum cancels each branch's chance highs and is best for defects that both see; a defect that one
 * branch sees clearly must not be lost in the other's noise.
 *
 * <p>Every step rises with the value, so that the joint map's maximum follows from the maxima of the three maps: scores
 * need no maps, and are their maxima bit for bit.
 */
final class RaisedSum {
    /** Below what normal parts reach, a branch falls away so many times as fast, and soon says nothing. */
    private static final float STEEP = 10;

    /** From here on a branch may raise the sum, in the sum's units. */
    private final float level;

    private final float rgbFactor;
    private final float rgbOffset;
    private final float depthFactor;
    private final float depthOffset;

    RaisedSum(HighestPlaces highest) {
        Usual sum = highest.sum();
        level = (float) sum.median();
        rgbFactor = factor(sum, highest.rgb());
        rgbOffset = offset(sum, highest.rgb());
        depthFactor = factor(sum, highest.depth());
        depthOffset = offset(sum, highest.depth());
    }

    private static float factor(Usual sum, Usual branch) {
        return (float) (sum.spread() / branch.spread());
    }

    private static float offset(Usual sum, Usual branch) {
        return (float) (sum.median() - sum.spread() * branch.raises() / branch.spread());
    }

    /**
     * Raises the combined map and score.
     *
     * @param result of both modalities
     * @param withMaps whether it has maps, or scores alone
     */
    void apply(PartMaps result, boolean withMaps) {
        long start = System.nanoTime();
        if (withMaps) {
            float[] map = result.map;
            for (int i = 0; i < map.length; i++) {
                map[i] = raised(map[i], result.mapRgb[i], result.mapDepth[i]);
            }
        }
        result.score = raised(result.score, result.scoreRgb, result.scoreDepth);
        result.anomalyMapNanos += System.nanoTime() - start;
    }

    private float raised(float sum, float rgb, float depth) {
        float alone = Math.max(rgbFactor * rgb + rgbOffset, depthFactor * depth + depthOffset);
        return Math.max(sum, alone >= level ? alone : level + STEEP * (alone - level));
    }
}
