package io.trd4j.data.synthetic;

import static io.trd4j.data.synthetic.SyntheticNoise.between;
import static io.trd4j.data.synthetic.SyntheticNoise.fractal;
import static io.trd4j.data.synthetic.SyntheticNoise.smooth;
import static io.trd4j.data.synthetic.SyntheticNoise.step;

import java.util.SplittableRandom;

/**
 * A part that departs from its product as far as a normal one may: stretched, warped, thicker or thinner, wavy, lying
 * on one side, of another shade, mottled, with small marks that are no defect.
 */
final class SyntheticVariation implements SyntheticSurface {
    /** Every shape lies turned by up to 15 degrees at least. */
    private static final double LEAST_TURN = 0.2618;

    private final SyntheticSurface ideal;
    private final double tolerance;
    private final long seed;
    private final double stretchX;
    private final double stretchY;
    private final double thicker;
    private final double leanX;
    private final double leanY;
    private final double tone;
    private final double warmth;
    private final double mottle;

    /** @param tolerance by how much an outline departs from the ideal one, metres */
    SyntheticVariation(SyntheticSurface ideal, double tolerance, SplittableRandom random, long seed) {
        this.ideal = ideal;
        this.tolerance = tolerance;
        this.seed = seed;
        double stretch = tolerance / 0.04;
        stretchX = 1 + between(random, -stretch, stretch);
        stretchY = 1 + between(random, -stretch, stretch);
        thicker = 1 + between(random, -0.05, 0.05);
        leanX = between(random, -0.012, 0.012);
        leanY = between(random, -0.012, 0.012);
        tone = between(random, 0.92, 1.06);
        warmth = between(random, -0.03, 0.03);
        mottle = between(random, 0.03, 0.07);
    }

    private double warpedX(double x, double y) {
        return stretchX * x + tolerance * fractal(seed + 700, 24 * x, 24 * y, 2);
    }

    private double warpedY(double x, double y) {
        return stretchY * y + tolerance * fractal(seed + 710, 24 * x, 24 * y, 2);
    }

    @Override
    public double height(double x, double y) {
        double ideally = ideal.height(warpedX(x, y), warpedY(x, y));
        if (ideally <= 0) {
            return 0;
        }
        double wave = 0.3 * tolerance * fractal(seed + 720, 40 * x, 40 * y, 2);
        double lean = leanX * x + leanY * y;
        // Rims stay on the plane.
        return Math.max(0.0004, thicker * ideally + (wave + lean) * Math.min(1, ideally / 0.004));
    }

    @Override
    public void albedo(double x, double y, double height, double[] rgb) {
        ideal.albedo(warpedX(x, y), warpedY(x, y), height, rgb);
        double patches = mottle * fractal(seed + 730, 45 * x, 45 * y, 3) + 0.02 * smooth(seed + 740, 900 * x, 900 * y);
        // Small dark marks, a few on every part.
        double marks = 0.05 * step(0.72, 0.9, smooth(seed + 750, 260 * x, 260 * y));
        double shade = tone * (1 + patches - marks);
        rgb[0] *= shade * (1 + warmth);
        rgb[1] *= shade;
        rgb[2] *= shade * (1 - warmth);
    }

    @Override
    public double gloss() {
        return ideal.gloss();
    }

    @Override
    public double turn() {
        return Math.max(LEAST_TURN, ideal.turn());
    }
}
