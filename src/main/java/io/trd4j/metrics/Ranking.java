package io.trd4j.metrics;

/**
 * Samples ranked by score, sorted once and shared by every rank metric. A score is kept as an int whose order is the
 * float's order, so equal scores are equal ints (0 and -0 too) and sorting needs no comparator.
 */
final class Ranking {
    /** Keys of the normal and of the anomalous samples, both ascending, neither empty. */
    final int[] normal;

    final int[] anomalous;

    /** Takes ownership of both arrays and sorts them. */
    Ranking(int[] normal, int[] anomalous) {
        if (normal.length == 0 || anomalous.length == 0) {
            throw new IllegalArgumentException("a rank metric needs normal and anomalous samples, not " + normal.length
                    + " normal and " + anomalous.length + " anomalous");
        }
        RadixSort.sort(normal);
        RadixSort.sort(anomalous);
        this.normal = normal;
        this.anomalous = anomalous;
    }

    /**
     * @throws IllegalArgumentException for arrays of different length, a score that is not finite, or an empty class
     */
    static Ranking of(float[] scores, boolean[] anomalous) {
        if (scores.length != anomalous.length) {
            throw new IllegalArgumentException(scores.length + " scores but " + anomalous.length + " labels");
        }
        int positives = 0;
        for (boolean a : anomalous) {
            positives += a ? 1 : 0;
        }
        int[] high = new int[positives];
        int[] low = new int[scores.length - positives];
        int h = 0;
        int l = 0;
        for (int i = 0; i < scores.length; i++) {
            if (!Float.isFinite(scores[i])) {
                throw new IllegalArgumentException("the score of sample " + i + " is " + scores[i] + ", not finite");
            }
            if (anomalous[i]) {
                high[h++] = key(scores[i]);
            } else {
                low[l++] = key(scores[i]);
            }
        }
        return new Ranking(low, high);
    }

    /** An int ordered as the float; adding 0 turns -0 into 0. */
    static int key(float score) {
        int bits = Float.floatToIntBits(score + 0.0f);
        return bits ^ ((bits >> 31) & 0x7fffffff);
    }

    /** The score of a key. */
    static float score(int key) {
        return Float.intBitsToFloat(key ^ ((key >> 31) & 0x7fffffff));
    }

    /**
     * All distinct scores from the highest down; each is a threshold that calls every sample at or above it anomalous.
     */
    Descent descend() {
        return new Descent();
    }

    final class Descent {
        /** The threshold, as {@link Ranking#key} makes it. */
        int threshold;
        /** Normal and anomalous samples at or above the threshold. */
        long falsePositives;

        long truePositives;
        private int n = normal.length;
        private int a = anomalous.length;

        /** Moves to the next lower threshold; ties move together. Returns false when none is left. */
        boolean next() {
            if (n == 0 && a == 0) {
                return false;
            }
            // No finite score has the key MIN_VALUE, so it can stand for "none left".
            threshold =
                    Math.max(n > 0 ? normal[n - 1] : Integer.MIN_VALUE, a > 0 ? anomalous[a - 1] : Integer.MIN_VALUE);
            while (n > 0 && normal[n - 1] == threshold) {
                n--;
            }
            while (a > 0 && anomalous[a - 1] == threshold) {
                a--;
            }
            falsePositives = normal.length - n;
            truePositives = anomalous.length - a;
            return true;
        }
    }
}
