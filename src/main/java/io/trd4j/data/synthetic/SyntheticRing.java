package io.trd4j.data.synthetic;

import static io.trd4j.data.synthetic.SyntheticNoise.fractal;
import static io.trd4j.data.synthetic.SyntheticNoise.smooth;
import static io.trd4j.data.synthetic.SyntheticNoise.step;

import java.util.SplittableRandom;

/** A moulded rubber gasket: an annulus with rounded edges, two grooves and three tabs. */
final class SyntheticRing implements SyntheticSurface {
    private static final double MIDDLE = 0.0345;

    private final long seed;
    private final double halfWidth;
    private final double thickness;
    private final double oval;
    private final double shade;
    private final double hue;

    SyntheticRing(SplittableRandom random, long seed) {
        this.seed = seed;
        halfWidth = SyntheticNoise.between(random, 0.0125, 0.0132);
        thickness = SyntheticNoise.between(random, 0.0110, 0.0122);
        oval = SyntheticNoise.between(random, -0.02, 0.02);
        shade = SyntheticNoise.between(random, 0.92, 1.08);
        hue = SyntheticNoise.between(random, -0.02, 0.02);
    }

    private double radial(double x, double y) {
        double sx = x * (1 + oval);
        double sy = y * (1 - oval);
        return Math.sqrt(sx * sx + sy * sy) - MIDDLE;
    }

    @Override
    public double height(double x, double y) {
        double q = radial(x, y) / halfWidth;
        double rounded = 0;
        if (Math.abs(q) < 1) {
            double q2 = q * q;
            double q8 = q2 * q2 * q2 * q2;
            double grooves = 0.0015 * (groove(q - 0.38) + groove(q + 0.38));
            rounded = thickness * Math.sqrt(1 - q8) - grooves;
        }
        double tab = 0;
        for (int i = 0; i < 3; i++) {
            double angle = 2.0943951023931953 * i;
            double dx = x - 0.0465 * StrictMath.cos(angle);
            double dy = y - 0.0465 * StrictMath.sin(angle);
            double d = Math.sqrt(dx * dx + dy * dy);
            if (d < 0.0062) {
                tab = Math.max(tab, 0.0085 * step(0, 0.0012, 0.0062 - d));
            }
        }
        double height = Math.max(rounded, tab);
        return height <= 0 ? 0 : height + 0.00012 * smooth(seed + 100, 260 * x, 260 * y);
    }

    private static double groove(double q) {
        double t = q / 0.13;
        return Math.abs(t) >= 1 ? 0 : (1 - t * t) * (1 - t * t);
    }

    @Override
    public void albedo(double x, double y, double height, double[] rgb) {
        double tone = shade
                * (1 + 0.05 * fractal(seed + 200, 45 * x, 45 * y, 2) + 0.06 * smooth(seed + 210, 700 * x, 700 * y));
        double bloom = 0.05 * Math.max(0, fractal(seed + 220, 30 * x, 30 * y, 3));
        rgb[0] = 0.20 * tone + bloom;
        rgb[1] = (0.44 + hue) * tone + bloom;
        rgb[2] = (0.52 - hue) * tone + bloom;
    }

    @Override
    public double gloss() {
        return 0.15;
    }

    @Override
    public double turn() {
        return Math.PI;
    }
}
