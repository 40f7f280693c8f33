package io.trd4j.data;

/** Noise as a pure function of a seed and a position, so that it does not depend on the order of evaluation. */
final class SyntheticNoise {
    private static final double UNIT = 0x1p-53;

    private SyntheticNoise() {}

    /** A well-mixed seed for purpose {@code b} under seed {@code a}. */
    static long mix(long a, long b) {
        long z = a + (b + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Uniform in [0, 1). */
    static double uniform(long seed, long i) {
        return (mix(seed, i) >>> 11) * UNIT;
    }

    /** Nearly Gaussian, mean 0, deviation 1: four 16-bit uniforms, without transcendental functions. */
    static double gaussian(long seed, long i) {
        long bits = mix(seed, i);
        long sum = (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
        return (sum / 65535.0 - 2) * 1.7320508075688772;
    }

    /** Smooth value noise in [-1, 1] with one feature per unit. */
    static double smooth(long seed, double x, double y) {
        double fx = Math.floor(x);
        double fy = Math.floor(y);
        long ix = (long) fx;
        long iy = (long) fy;
        double tx = ease(x - fx);
        double ty = ease(y - fy);
        double top = lerp(lattice(seed, ix, iy), lattice(seed, ix + 1, iy), tx);
        double bottom = lerp(lattice(seed, ix, iy + 1), lattice(seed, ix + 1, iy + 1), tx);
        return lerp(top, bottom, ty);
    }

    /** Sum of {@code octaves} of smooth noise, each of half the size and amplitude; about [-1, 1]. */
    static double fractal(long seed, double x, double y, int octaves) {
        double sum = 0;
        double amplitude = 0.5;
        for (int o = 0; o < octaves; o++) {
            sum += amplitude * smooth(seed + o, x, y);
            x = 2 * x + 17.3;
            y = 2 * y - 9.1;
            amplitude /= 2;
        }
        return 1.4 * sum;
    }

    static double lerp(double a, double b, double t) {
        return a + (b - a) * t;
    }

    /** 0 at or below {@code from}, 1 at or above {@code to}, smooth between. */
    static double step(double from, double to, double x) {
        return ease(Math.max(0, Math.min(1, (x - from) / (to - from))));
    }

    private static double ease(double t) {
        return t * t * (3 - 2 * t);
    }

    private static double lattice(long seed, long x, long y) {
        return uniform(seed, x * 0x632BE59BD9B4E019L + y) * 2 - 1;
    }
}
