package io.trd4j.metrics;

import java.util.Arrays;

/** Where scores stand among those of normal parts: comparable between models whose scores are not. */
public final class NormalRank {
    private NormalRank() {}

    /**
     * Per score, the share of the normal scores that are lower, ties half, 0 to 1.
     *
     * @param normal at least one; NaN is in neither
     */
    public static double[] of(double[] scores, double[] normal) {
        if (normal.length == 0) {
            throw new IllegalArgumentException("there are no normal scores to stand among");
        }
        return Arrays.stream(scores)
                .map(score -> {
                    int below = 0;
                    int same = 0;
                    for (double other : normal) {
                        below += other < score ? 1 : 0;
                        same += other == score ? 1 : 0;
                    }
                    return (below + 0.5 * same) / normal.length;
                })
                .toArray();
    }
}
