package io.trd4j.train.pretrain.formula;

import java.util.SplittableRandom;

/** Random parameters of a scene. */
final class Draw {
    private final SplittableRandom random;

    Draw(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Uniform in [0, 1). */
    float unit() {
        return (random.nextLong() >>> 40) * 0x1p-24f;
    }

    float between(float low, float high) {
        return low + (high - low) * unit();
    }

    /** Uniform in the logarithm. */
    float logBetween(float low, float high) {
        return (float) (low * StrictMath.pow(high / low, unit()));
    }

    /** 0 to {@code bound} - 1. */
    int index(int bound) {
        return Math.min(bound - 1, (int) (unit() * bound));
    }

    boolean chance(float probability) {
        return unit() < probability;
    }

    float angle() {
        return between(0, (float) (2 * Math.PI));
    }

    int seed() {
        return (int) random.nextLong();
    }
}
