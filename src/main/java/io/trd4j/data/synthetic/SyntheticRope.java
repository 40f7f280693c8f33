package io.trd4j.data.synthetic;

import static io.trd4j.data.synthetic.SyntheticNoise.fractal;
import static io.trd4j.data.synthetic.SyntheticNoise.smooth;

import java.util.SplittableRandom;

/** A straight, slightly bowed piece of three-strand rope with cut ends; one strand carries a coloured tracer. */
final class SyntheticRope implements SyntheticSurface {
    private static final int STRANDS = 3;

    private final long seed;
    private final double halfLength;
    private final double radius;
    private final double lay;
    private final double phase;
    private final double bow;
    private final double shade;

    SyntheticRope(SplittableRandom random, long seed) {
        this.seed = seed;
        halfLength = SyntheticNoise.between(random, 0.054, 0.057);
        radius = SyntheticNoise.between(random, 0.0105, 0.0115);
        lay = SyntheticNoise.between(random, 0.052, 0.058);
        phase = SyntheticNoise.between(random, 0, 1);
        bow = SyntheticNoise.between(random, -0.004, 0.004);
        shade = SyntheticNoise.between(random, 0.93, 1.05);
    }

    private double across(double x, double y) {
        double t = x / halfLength;
        return (y - bow * (1 - t * t)) / radius;
    }

    /** Position around the strands: its whole part is the strand, its fraction the place across it. */
    private double strand(double x, double u) {
        double around = StrictMath.asin(Math.max(-1, Math.min(1, 0.97 * u))) / (2 * Math.PI);
        return STRANDS * (x / lay + around + phase) + 3000;
    }

    @Override
    public double height(double x, double y) {
        double end = halfLength + 0.0012 * fractal(seed + 50, 260 * y, x > 0 ? 5 : -5, 2) - Math.abs(x);
        double u = across(x, y);
        if (end <= 0 || Math.abs(u) >= 1.08) {
            return 0;
        }
        double s = strand(x, u);
        double q = 2 * (s - Math.floor(s)) - 1;
        double strand = Math.sqrt(Math.max(0, 1 - 0.92 * q * q));
        // The strands also shape the outline: valleys lie further in.
        double edge = 0.93 + 0.12 * strand;
        double v = u / edge;
        if (Math.abs(v) >= 1) {
            return 0;
        }
        double body = radius * (1 + Math.sqrt(1 - v * v)) - 0.0030 * (1 - strand);
        double fibre = 0.00018 * smooth(seed + 100, 900 * (x * 0.55 + 1.2 * radius * u), 130 * (x - radius * u));
        return Math.max(0.001, body * Math.min(1, 0.75 + 0.25 * end / 0.003) + fibre);
    }

    @Override
    public void albedo(double x, double y, double height, double[] rgb) {
        double u = across(x, y);
        double s = strand(x, u);
        double q = 2 * (s - Math.floor(s)) - 1;
        boolean tracer = Math.floorMod((long) Math.floor(s), STRANDS) == 0;
        double yarn = smooth(seed + 200, 7 * q + 0.3 * x / radius, 2);
        double fibre = smooth(seed + 210, 1400 * (x * 0.55 + 1.2 * radius * u), 160 * (x - radius * u));
        double tone = shade
                * (0.95
                        + 0.06 * yarn
                        + 0.10 * fibre
                        + 0.05 * fractal(seed + 220, 35 * x, 35 * y, 2)
                        - 0.30 * q * q * q * q);
        double blue = tracer && Math.abs(q) < 0.45 ? 0.75 : 0;
        rgb[0] = tone * SyntheticNoise.lerp(0.80, 0.24, blue);
        rgb[1] = tone * SyntheticNoise.lerp(0.72, 0.36, blue);
        rgb[2] = tone * SyntheticNoise.lerp(0.55, 0.70, blue);
    }

    @Override
    public double gloss() {
        return 0.05;
    }

    @Override
    public double turn() {
        return 0.15;
    }
}
