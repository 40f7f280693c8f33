package io.trd4j.data;

/** Noise as a pure function of a seed and a position, so that it does not depend on the order of evaluation. */
public final class Noise {
    private static final double UNIT = 0x1p-53;

    private Noise() {}

    /** A well-mixed seed for purpose {@code b} under seed {@code a}. */
    public static long mix(long a, long b) {
        long z = a + (b + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Uniform in [0, 1). */
    public static double uniform(long seed, long i) {
        return (mix(seed, i) >>> 11) * UNIT;
    }

    /** Nearly Gaussian, mean 0, deviation 1: four 16-bit uniforms, without transcendental functions. */
    public static double gaussian(long seed, long i) {
        long bits = mix(seed, i);
        long sum = (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
        return (sum / 65535.0 - 2) * 1.7320508075688772;
    }
}
