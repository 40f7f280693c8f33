package io.trd4j.data.synthetic;

import static io.trd4j.data.synthetic.SyntheticNoise.fractal;
import static io.trd4j.data.synthetic.SyntheticNoise.smooth;
import static io.trd4j.data.synthetic.SyntheticNoise.step;

import java.util.SplittableRandom;

/** A milled plate with chamfered edges, four holes, a slot and a round pocket, brushed along its length. */
final class SyntheticPlate implements SyntheticSurface {
    private static final double CHAMFER = 0.0014;
    private static final double[][] HOLES = {{-0.040, -0.024}, {0.040, -0.024}, {-0.040, 0.024}, {0.040, 0.024}};

    private final long seed;
    private final double thickness;
    private final double shade;
    private final double warmth;

    SyntheticPlate(SplittableRandom random, long seed) {
        this.seed = seed;
        thickness = SyntheticNoise.between(random, 0.0105, 0.0115);
        shade = SyntheticNoise.between(random, 0.60, 0.68);
        warmth = SyntheticNoise.between(random, -0.015, 0.02);
    }

    /** Distance to the outline, negative inside; holes are outside. */
    private static double outline(double x, double y) {
        double d = box(x, y, 0.051, 0.035, 0.007);
        for (double[] hole : HOLES) {
            d = Math.max(d, 0.0046 - distance(x - hole[0], y - hole[1]));
        }
        return Math.max(d, -box(x - 0.022, y, 0.0035, 0.016, 0.0034));
    }

    private static double box(double x, double y, double halfWidth, double halfHeight, double corner) {
        double dx = Math.abs(x) - halfWidth + corner;
        double dy = Math.abs(y) - halfHeight + corner;
        return distance(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - corner;
    }

    private static double distance(double x, double y) {
        return Math.sqrt(x * x + y * y);
    }

    @Override
    public double height(double x, double y) {
        double inside = -outline(x, y);
        if (inside <= 0) {
            return 0;
        }
        double edge = Math.min(1, 0.80 + 0.20 * inside / CHAMFER);
        double pocket = 0.0022 * (1 - step(0.0148, 0.0156, distance(x + 0.012, y)));
        double boss = 0.0014 * (1 - step(0.0048, 0.0056, distance(x + 0.012, y)));
        double brush = 0.00003 * smooth(seed + 100, 60 * x, 2400 * y);
        return thickness * edge - pocket + boss + brush;
    }

    @Override
    public void albedo(double x, double y, double height, double[] rgb) {
        double brush = 0.055 * smooth(seed + 100, 45 * x, 1900 * y) + 0.035 * smooth(seed + 110, 16 * x, 600 * y);
        double turned = distance(x + 0.012, y);
        if (turned < 0.0152) { // the pocket is turned, not brushed
            brush = 0.05 * smooth(seed + 120, 1700 * turned, 0);
        }
        double haze = 0.04 * fractal(seed + 130, 25 * x, 25 * y, 2);
        double tone = shade + brush + haze;
        rgb[0] = tone * (0.98 + warmth);
        rgb[1] = tone;
        rgb[2] = tone * (1.04 - warmth);
    }

    @Override
    public double gloss() {
        return 0.22;
    }

    @Override
    public double turn() {
        return 0.12;
    }
}
