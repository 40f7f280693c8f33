package io.trd4j.train.pretrain.formula;

/** Lattice noise as a pure function of a seed and a position in units of one feature: fast rather than perfect. */
final class Noise {
    private Noise() {}

    /** A well-mixed seed for purpose {@code b} under seed {@code a}. */
    static long mix(long a, long b) {
        long z = a + (b + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Uniform in [0, 1) at a lattice point. */
    static float lattice(int seed, int x, int y) {
        int h = seed ^ x * 0x27D4EB2D ^ y * 0x165667B1;
        h = (h ^ (h >>> 15)) * 0x85EBCA6B;
        h = (h ^ (h >>> 13)) * 0xC2B2AE35;
        return ((h ^ (h >>> 16)) >>> 8) * 0x1p-24f;
    }

    /** Nearly Gaussian, mean 0, deviation 1, for pixel {@code i}: the sum of four 16-bit uniforms. */
    static float gaussian(long seed, int i) {
        long bits = mix(seed, i);
        long sum = (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
        return (sum / 65535f - 2) * 1.7320508f;
    }

    /** Smooth value noise in [-1, 1]. */
    static float smooth(int seed, float x, float y) {
        int ix = floor(x);
        int iy = floor(y);
        float tx = ease(x - ix);
        float ty = ease(y - iy);
        float top = lerp(lattice(seed, ix, iy), lattice(seed, ix + 1, iy), tx);
        float bottom = lerp(lattice(seed, ix, iy + 1), lattice(seed, ix + 1, iy + 1), tx);
        return 2 * lerp(top, bottom, ty) - 1;
    }

    /**
     * Octaves of smooth noise, each of half the size; {@code gain}, their ratio of amplitudes, sets the spectrum's
     * slope.
     */
    static float octaves(int seed, float x, float y, int count, float gain) {
        float sum = 0;
        float amplitude = 1;
        float total = 0;
        for (int o = 0; o < count; o++) {
            sum += amplitude * smooth(seed + o * 101, x, y);
            total += amplitude * amplitude;
            x = 2 * x + 17.3f;
            y = 2 * y - 9.1f;
            amplitude *= gain;
        }
        return sum / (float) Math.sqrt(total);
    }

    /** Distances to the nearest and second nearest of one random point per unit cell. */
    static void cells(int seed, float x, float y, float[] nearest) {
        int ix = floor(x);
        int iy = floor(y);
        float first = 9;
        float second = 9;
        for (int v = iy - 1; v <= iy + 1; v++) {
            for (int u = ix - 1; u <= ix + 1; u++) {
                float dx = u + lattice(seed, u, v) - x;
                float dy = v + lattice(seed + 1, u, v) - y;
                float d = dx * dx + dy * dy;
                if (d < first) {
                    second = first;
                    first = d;
                } else if (d < second) {
                    second = d;
                }
            }
        }
        nearest[0] = (float) Math.sqrt(first);
        nearest[1] = (float) Math.sqrt(second);
    }

    static int floor(float x) {
        int i = (int) x;
        return x < i ? i - 1 : i;
    }

    static float lerp(float a, float b, float t) {
        return a + (b - a) * t;
    }

    /** 0 at or below {@code from}, 1 at or above {@code to}, smooth between. */
    static float step(float from, float to, float x) {
        return ease(Math.max(0, Math.min(1, (x - from) / (to - from))));
    }

    private static float ease(float t) {
        return t * t * (3 - 2 * t);
    }
}
