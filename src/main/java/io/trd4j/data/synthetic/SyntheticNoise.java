package io.trd4j.data.synthetic;

import io.trd4j.data.Noise;
import java.util.SplittableRandom;

/** Smooth noise for surfaces and colours, built on {@link Noise}, and random numbers within bounds. */
final class SyntheticNoise {
    private SyntheticNoise() {}

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

    /** Uniform in [low, high). */
    static double between(SplittableRandom random, double low, double high) {
        return low + (high - low) * ((random.nextLong() >>> 11) * 0x1p-53);
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
        return Noise.uniform(seed, x * 0x632BE59BD9B4E019L + y) * 2 - 1;
    }
}
