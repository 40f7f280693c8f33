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
        double[] sorted = Arrays.stream(normal).map(NormalRank::plain).sorted().toArray();
        return Arrays.stream(scores)
                .map(NormalRank::plain)
                .map(score -> (lower(sorted, score) + lower(sorted, Math.nextUp(score))) / 2.0 / sorted.length)
                .toArray();
    }

    /** One zero, for {@link Arrays#sort} has two. */
    private static double plain(double score) {
        return score + 0.0;
    }

    /** How many are lower. */
    private static int lower(double[] sorted, double score) {
        int from = 0;
        int to = sorted.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (sorted[middle] < score) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }
}
