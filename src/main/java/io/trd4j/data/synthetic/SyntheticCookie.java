package io.trd4j.data.synthetic;

import static io.trd4j.data.synthetic.SyntheticNoise.fractal;
import static io.trd4j.data.synthetic.SyntheticNoise.lerp;
import static io.trd4j.data.synthetic.SyntheticNoise.smooth;
import static io.trd4j.data.synthetic.SyntheticNoise.step;

import java.util.Arrays;
import java.util.SplittableRandom;

/** A domed, rough disc of dough with chips pressed into it. */
final class SyntheticCookie implements SyntheticSurface {
    private final long seed;
    private final double radius;
    private final double thickness;
    private final double bake;
    private final double[] chipX;
    private final double[] chipY;
    private final double[] chipRadius;
    private final double[] chipTurn;

    SyntheticCookie(SplittableRandom random, long seed) {
        this.seed = seed;
        radius = SyntheticNoise.between(random, 0.046, 0.050);
        thickness = SyntheticNoise.between(random, 0.0125, 0.0145);
        bake = SyntheticNoise.between(random, -0.06, 0.06);
        int wanted = 13 + random.nextInt(4);
        double[] xs = new double[wanted];
        double[] ys = new double[wanted];
        int n = 0;
        for (int attempt = 0; attempt < 400 && n < wanted; attempt++) {
            double x = SyntheticNoise.between(random, -0.82, 0.82) * radius;
            double y = SyntheticNoise.between(random, -0.82, 0.82) * radius;
            boolean free = x * x + y * y < 0.67 * radius * radius;
            for (int i = 0; i < n && free; i++) {
                free = (x - xs[i]) * (x - xs[i]) + (y - ys[i]) * (y - ys[i]) > 0.0125 * 0.0125;
            }
            if (free) {
                xs[n] = x;
                ys[n++] = y;
            }
        }
        chipX = Arrays.copyOf(xs, n);
        chipY = Arrays.copyOf(ys, n);
        chipRadius = new double[n];
        chipTurn = new double[n];
        for (int i = 0; i < n; i++) {
            chipRadius[i] = SyntheticNoise.between(random, 0.0034, 0.0049);
            chipTurn[i] = SyntheticNoise.between(random, 0, 3.14);
        }
    }

    @Override
    public double height(double x, double y) {
        double r = Math.sqrt(x * x + y * y);
        double ux = r > 1e-9 ? x / r : 1;
        double uy = r > 1e-9 ? y / r : 0;
        double rim = radius * (1 + 0.022 * fractal(seed + 100, 1.6 * ux, 1.6 * uy, 2));
        double t = r / rim;
        if (t >= 1) {
            return 0;
        }
        double t4 = t * t * t * t;
        double body = thickness * Math.sqrt(1 - t4 * t * t) * (1 - 0.12 * t * t);
        double relief = 0.0011 * fractal(seed + 200, 75 * x, 75 * y, 3) + 0.0003 * smooth(seed + 210, 520 * x, 520 * y);
        double chips = 0.0017 * chip(x, y);
        return Math.max(0.0004, body + (relief + chips) * (1 - t4));
    }

    /** 1 in the middle of a chip, 0 outside of all. */
    private double chip(double x, double y) {
        double most = 0;
        for (int i = 0; i < chipX.length; i++) {
            double dx = x - chipX[i];
            double dy = y - chipY[i];
            double limit = 1.35 * chipRadius[i];
            if (dx * dx + dy * dy < limit * limit) {
                double c = StrictMath.cos(chipTurn[i]);
                double s = StrictMath.sin(chipTurn[i]);
                double a = c * dx + s * dy;
                double b = 1.25 * (c * dy - s * dx);
                double d = Math.sqrt(a * a + b * b) / chipRadius[i];
                most = Math.max(most, 1 - step(0.72, 1.02, d + 0.12 * smooth(seed + 300 + i, 300 * x, 300 * y)));
            }
        }
        return most;
    }

    @Override
    public void albedo(double x, double y, double height, double[] rgb) {
        double edge = step(0.6, 1.0, Math.sqrt(x * x + y * y) / radius);
        double crumb = fractal(seed + 400, 160 * x, 160 * y, 3);
        double patch = fractal(seed + 410, 40 * x, 40 * y, 2);
        double tone = 1 + bake + 0.09 * crumb + 0.07 * patch - 0.22 * edge;
        double chip = chip(x, y);
        double chipTone = 1 + 0.2 * crumb;
        rgb[0] = lerp(0.86 * tone, 0.27 * chipTone, chip);
        rgb[1] = lerp((0.63 - 0.05 * edge) * tone, 0.155 * chipTone, chip);
        rgb[2] = lerp((0.36 - 0.06 * edge) * tone, 0.095 * chipTone, chip);
    }

    @Override
    public double gloss() {
        return 0.04;
    }

    @Override
    public double turn() {
        return Math.PI;
    }
}
