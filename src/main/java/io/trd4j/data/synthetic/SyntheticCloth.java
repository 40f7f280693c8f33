package io.trd4j.data.synthetic;

import static io.trd4j.data.synthetic.SyntheticNoise.fractal;
import static io.trd4j.data.synthetic.SyntheticNoise.lerp;
import static io.trd4j.data.synthetic.SyntheticNoise.smooth;
import static io.trd4j.data.synthetic.SyntheticNoise.step;

import java.util.SplittableRandom;

/** A folded cloth in waffle weave: soft and creased, its weave drawn out of line, with two woven stripes. */
final class SyntheticCloth implements SyntheticSurface {
    /** Half of a stripe's width and how far its middle lies from that of the cloth, metres. */
    private static final double STRIPE = 0.0042;

    private static final double STRIPE_AT = 0.027;

    private final long seed;
    private final double halfWidth;
    private final double halfHeight;
    private final double thickness;
    private final double cell;
    private final double phaseX;
    private final double phaseY;
    private final double shade;
    private final double warmth;

    SyntheticCloth(SplittableRandom random, long seed) {
        this.seed = seed;
        halfWidth = SyntheticNoise.between(random, 0.045, 0.048);
        halfHeight = SyntheticNoise.between(random, 0.036, 0.039);
        thickness = SyntheticNoise.between(random, 0.0105, 0.0125);
        cell = SyntheticNoise.between(random, 0.0046, 0.0052);
        phaseX = SyntheticNoise.between(random, 0, 1);
        phaseY = SyntheticNoise.between(random, 0, 1);
        shade = SyntheticNoise.between(random, 0.94, 1.06);
        warmth = SyntheticNoise.between(random, -0.02, 0.02);
    }

    /** Position along the cloth's width, metres, with the weave drawn out of line; the same along its height. */
    private double drawnX(double x, double y) {
        return x + 0.0016 * fractal(seed + 100, 28 * x, 28 * y, 2);
    }

    private double drawnY(double x, double y) {
        return y + 0.0016 * fractal(seed + 110, 28 * x, 28 * y, 2);
    }

    /** 1 on the ridges around a cell of the weave, 0 at its bottom. */
    private double ridge(double x, double y) {
        double a = fromMiddle(drawnX(x, y) / cell + phaseX);
        double b = fromMiddle(drawnY(x, y) / cell + phaseY);
        return step(0.1, 1, Math.max(a, b));
    }

    /** Distance from the middle of the unit interval that holds {@code u}: 0 in the middle, 1 at both ends. */
    private static double fromMiddle(double u) {
        return Math.abs(2 * (u - Math.floor(u)) - 1);
    }

    /** How far inside of the outline, metres; negative outside. */
    private double inside(double x, double y) {
        double wave = 0.0012 * fractal(seed + 200, 32 * x, 32 * y, 2);
        double dx = Math.max(Math.abs(x) - halfWidth + 0.006, 0);
        double dy = Math.max(Math.abs(y) - halfHeight + 0.006, 0);
        return 0.006 + wave - Math.sqrt(dx * dx + dy * dy);
    }

    @Override
    public double height(double x, double y) {
        double inside = inside(x, y);
        if (inside <= 0) {
            return 0;
        }
        double t = 1 - Math.min(1, inside / 0.005);
        double body = thickness * Math.sqrt(1 - 0.98 * t * t);
        double creases = 0.0012 * fractal(seed + 300, 26 * x, 26 * y, 2);
        double weave = 0.0009 * ridge(x, y) + 0.00012 * smooth(seed + 310, 900 * x, 900 * y);
        return Math.max(0.001, body + (creases + weave) * (1 - t * t));
    }

    @Override
    public void albedo(double x, double y, double height, double[] rgb) {
        double ridge = ridge(x, y);
        double yarn = smooth(seed + 400, 1300 * drawnX(x, y), 260 * drawnY(x, y))
                + smooth(seed + 410, 260 * drawnX(x, y), 1300 * drawnY(x, y));
        double worn = fractal(seed + 420, 35 * x, 35 * y, 3);
        double tone = shade * (0.86 + 0.14 * ridge + 0.05 * yarn + 0.05 * worn);
        double off = Math.abs(Math.abs(drawnX(x, y)) - STRIPE_AT);
        double stripe = 0.8 * (1 - step(STRIPE - 0.0006, STRIPE + 0.0006, off));
        rgb[0] = tone * lerp(0.74 + warmth, 0.58, stripe);
        rgb[1] = tone * lerp(0.71, 0.30, stripe);
        rgb[2] = tone * lerp(0.62 - warmth, 0.27, stripe);
    }

    @Override
    public double gloss() {
        return 0.02;
    }

    @Override
    public double turn() {
        return 0.25;
    }
}
