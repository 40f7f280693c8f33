package io.trd4j.train;

/**
 * Steps of an epoch that has not ended.
 *
 * @param steps 1 or more
 * @param rgb sum of their losses, and {@code depth} of the other branch's
 */
record BegunEpoch(int steps, double rgb, double depth) {
    BegunEpoch {
        if (steps < 1 || !Double.isFinite(rgb) || !Double.isFinite(depth)) {
            throw new IllegalArgumentException("an epoch that has begun needs steps, and finite numbers");
        }
    }
}
