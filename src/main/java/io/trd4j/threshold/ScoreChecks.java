package io.trd4j.threshold;

import java.util.Arrays;

/** Checks on the arguments of every method here. */
final class ScoreChecks {
    private ScoreChecks() {}

    /**
     * An ascending copy.
     *
     * @throws IllegalArgumentException for a score that is not finite
     */
    static float[] sorted(float[] scores) {
        for (int i = 0; i < scores.length; i++) {
            if (!Float.isFinite(scores[i])) {
                throw new IllegalArgumentException("score " + i + " is " + scores[i] + ", not finite");
            }
        }
        float[] sorted = scores.clone();
        Arrays.sort(sorted);
        return sorted;
    }

    /** Both strictly between 0 and 1, else an IllegalArgumentException. */
    static void check(double rate, double confidence) {
        if (!(rate > 0 && rate < 1 && confidence > 0 && confidence < 1)) {
            throw new IllegalArgumentException(
                    "a rate and a confidence lie between 0 and 1, not " + rate + " and " + confidence);
        }
    }
}
