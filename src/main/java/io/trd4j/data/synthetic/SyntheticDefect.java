package io.trd4j.data.synthetic;

import static io.trd4j.data.synthetic.SyntheticNoise.fractal;
import static io.trd4j.data.synthetic.SyntheticNoise.smooth;
import static io.trd4j.data.synthetic.SyntheticNoise.step;

import io.trd4j.data.Noise;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * One defect on a height field: where it is, how it changes the surface and the colour. Nothing changes outside of
 * {@link #mask}, which {@link #mark} sets.
 */
final class SyntheticDefect {
    /** The kinds, in the order test parts are dealt out. */
    enum Kind {
        /** Only the colour changes. */
        STAIN(true, false),
        /** Only the surface changes, not even its shading. */
        DENT(false, true),
        BUMP(false, true),
        /** Both change. */
        HOLE(true, true),
        CRACK(true, true),
        CONTAMINATION(true, true);

        final boolean colour;
        final boolean geometry;

        Kind(boolean colour, boolean geometry) {
            this.colour = colour;
            this.geometry = geometry;
        }

        String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How large and deep a defect is, in thirds of what {@link #severity} can be. */
    enum Grade {
        SLIGHT,
        MEDIUM,
        SEVERE;

        /** 1 for slight to 3 for severe, as files say it. */
        int number() {
            return ordinal() + 1;
        }

        static Grade of(double severity) {
            return values()[Math.min(values().length - 1, (int) (values().length * severity))];
        }
    }

    /** Changes of a standard part smaller than these would drown in the noise: they are neither made nor marked. */
    private static final float MIN_HEIGHT = 0.00015f;

    private static final float MIN_WEIGHT = 0.08f;
    private static final double[][] DARK_STAINS = {{0.10, 0.08, 0.06}, {0.13, 0.17, 0.42}, {0.24, 0.30, 0.12}};
    private static final double[][] LIGHT_STAINS = {{0.86, 0.83, 0.74}, {0.80, 0.62, 0.28}, {0.78, 0.78, 0.80}};
    private static final double[][] FOREIGN = {
        {0.90, 0.90, 0.88}, {0.20, 0.55, 0.25}, {0.25, 0.40, 0.80}, {0.85, 0.20, 0.15}
    };

    final Kind kind;
    /** From 0, the smallest defect of its kind, to 1, the largest. */
    final double severity;

    final boolean[] mask;
    /** Share of the defect's colour in each pixel; 0 outside of the mask and for defects without colour. */
    final float[] weight;
    /** The surface with the defect, metres. */
    final float[] height;
    /** The defect's own colour before shading. */
    final double[] colour;

    private final SplittableRandom random;
    private final long seed;
    private final int size;
    private final double pitch;
    private final float[] base;
    private final boolean hard;
    /** Mean albedo of the part. */
    private final double brightness;

    /**
     * @param grade null when the seed decides
     * @param base the undamaged surface, {@code size * size} metres above the background
     * @param pitch metres per pixel
     * @param brightness mean albedo of the part: stains of dark parts are light
     */
    SyntheticDefect(
            Kind kind,
            Grade grade,
            SyntheticDifficulty difficulty,
            long seed,
            float[] base,
            int size,
            double pitch,
            double brightness) {
        this.kind = kind;
        this.hard = difficulty == SyntheticDifficulty.HARD;
        this.brightness = brightness;
        this.seed = seed;
        this.base = base;
        this.size = size;
        this.pitch = pitch;
        this.random = new SplittableRandom(Noise.mix(seed, 11));
        this.mask = new boolean[base.length];
        this.weight = new float[base.length];
        this.height = base.clone();
        // Drawn in both cases, so that what is drawn after it does not depend on who decides.
        double drawn = SyntheticNoise.between(random, 0, 1);
        this.severity = grade == null ? drawn : (grade.ordinal() + drawn) / Grade.values().length;
        double[][] palette = kind == Kind.CONTAMINATION ? FOREIGN : brightness < 0.42 ? LIGHT_STAINS : DARK_STAINS;
        this.colour = palette[random.nextInt(palette.length)].clone();
        int centre = centre();
        switch (kind) {
            case STAIN -> blot(centre);
            case DENT -> swell(centre, -1);
            case BUMP -> swell(centre, 1);
            case HOLE -> hole(centre);
            case CRACK -> crack(centre);
            case CONTAMINATION -> lump(centre);
        }
    }

    /**
     * Metres by which its highest place is raised or, below 0, its deepest place sunk; 0 when the surface is as before.
     */
    double raised() {
        double most = 0;
        for (int i = 0; i < base.length; i++) {
            double raised = height[i] - base[i];
            most = mask[i] && Math.abs(raised) > Math.abs(most) ? raised : most;
        }
        return most;
    }

    /**
     * A measure of this defect at its severity: of a standard one from {@code least} to {@code least + span}, in equal
     * steps; of a hard one from {@code faint} to {@code plain}, in equal ratios.
     */
    private double graded(double least, double span, double faint, double plain) {
        return hard ? faint * StrictMath.pow(plain / faint, severity) : least + span * severity;
    }

    /** A pixel well inside the body. */
    private int centre() {
        float top = 0;
        int highest = 0;
        for (int i = 0; i < base.length; i++) {
            if (base[i] > top) {
                top = base[i];
                highest = i;
            }
        }
        int margin = Math.max(1, (int) (0.006 / pitch));
        for (int attempt = 0; attempt < 400; attempt++) {
            int x = margin + random.nextInt(size - 2 * margin);
            int y = margin + random.nextInt(size - 2 * margin);
            int i = y * size + x;
            float least = Math.min(
                    Math.min(base[i - margin], base[i + margin]),
                    Math.min(base[i - margin * size], base[i + margin * size]));
            if (base[i] > 0.6f * top && least > 0.5f * top) {
                return i;
            }
        }
        return highest;
    }

    /** Distance from the centre in units of an irregular, turned ellipse's radius; above 1 is outside. */
    private double blob(int i, int centre, double radius, double stretch, double turn, double irregular) {
        double dx = (i % size - centre % size) * pitch;
        double dy = (i / size - centre / size) * pitch;
        double c = StrictMath.cos(turn);
        double s = StrictMath.sin(turn);
        double a = (c * dx + s * dy) / stretch;
        double b = (c * dy - s * dx) * stretch;
        double r = Math.sqrt(a * a + b * b);
        if (r > 2 * radius) {
            return 2;
        }
        double rough = r < 1e-9 ? 0 : fractal(seed + 40, 1.3 * a / r, 1.3 * b / r, 3);
        return r / (Math.max(radius, 1.2 * pitch) * (1 + irregular * rough));
    }

    private void blot(int centre) {
        double radius = graded(0.0075, 0.005, 0.003, 0.011);
        double alpha = hard ? cover(graded(0, 0, 0.04, 0.6)) : SyntheticNoise.between(random, 0.6, 0.85);
        double stretch = SyntheticNoise.between(random, 1.0, 1.35);
        double turn = SyntheticNoise.between(random, 0, Math.PI);
        for (int i = 0; i < base.length; i++) {
            double d = blob(i, centre, radius, stretch, turn, 0.35);
            if (d < 1 && base[i] > 0.001f) {
                double cloud = 0.85 + 0.15 * fractal(seed + 50, i % size * pitch * 300, i / size * pitch * 300, 2);
                weight[i] = (float) (alpha * cloud * (1 - step(0.72, 1, d)));
            }
        }
    }

    private void swell(int centre, int sign) {
        double radius = graded(0.009, 0.004, 0.003, 0.007);
        double amount = graded(0.0028, 0.0022, 0.0003, 0.003);
        double stretch = SyntheticNoise.between(random, 1.0, 1.3);
        double turn = SyntheticNoise.between(random, 0, Math.PI);
        for (int i = 0; i < base.length; i++) {
            double d = blob(i, centre, radius, stretch, turn, 0.12);
            if (d < 1 && base[i] > 0.002f) {
                double profile = (1 - d * d) * (1 - d * d);
                height[i] = (float) Math.max(0.0012, base[i] + sign * amount * profile);
            }
        }
    }

    private void hole(int centre) {
        double radius = graded(0.005, 0.003, 0.0012, 0.005);
        double opacity = graded(1, 0, 0.15, 1);
        double depth = graded(0, 0, 0.0008, 0.010);
        double stretch = SyntheticNoise.between(random, 1.0, 1.2);
        double turn = SyntheticNoise.between(random, 0, Math.PI);
        colour[0] = 0.10;
        colour[1] = 0.10;
        colour[2] = 0.105;
        for (int i = 0; i < base.length; i++) {
            double d = blob(i, centre, radius, stretch, turn, 0.25);
            if (d < 1 && base[i] > 0.001f) {
                double floor = step(0.82, 1, d);
                weight[i] = (float) (opacity * (1 - step(0.85, 1, d)));
                height[i] = (float) (hard ? Math.max(0.0008, base[i] - depth * (1 - floor)) : base[i] * floor);
            }
        }
    }

    private void crack(int centre) {
        double width = Math.max(1.3 * narrowest(), graded(0.0015, 0.001, 0.0005, 0.002));
        double depth = graded(0.003, 0.003, 0.0003, 0.003);
        double length = graded(0.026, 0.018, 0.008, 0.040);
        double opacity = graded(0.9, 0, 0.08, 0.9);
        double heading = SyntheticNoise.between(random, 0, 2 * Math.PI);
        colour[0] = 0.09;
        colour[1] = 0.07;
        colour[2] = 0.06;
        double x = centre % size * pitch;
        double y = centre / size * pitch;
        for (int side = 0; side < 2; side++) {
            walk(x, y, heading + Math.PI * side, length / 2, width, depth, opacity);
        }
        walk(
                x,
                y,
                heading + (random.nextBoolean() ? 1 : -1) * SyntheticNoise.between(random, 0.7, 1.2),
                0.3 * length,
                0.8 * width,
                depth,
                opacity);
    }

    /** The unit of a crack's least width, metres: a standard one is more than a pixel wide. */
    private double narrowest() {
        return hard ? 0.4 * pitch : pitch;
    }

    /** The share of its colour with which a stain has a contrast to the part, as a share of the part's brightness. */
    private double cover(double contrast) {
        double own = (colour[0] + colour[1] + colour[2]) / 3;
        return Math.min(0.9, contrast * brightness / Math.max(0.1, Math.abs(own - brightness)));
    }

    /** A jagged line that tapers towards its end. */
    private void walk(double x, double y, double heading, double length, double width, double depth, double opacity) {
        int segments = 6;
        for (int s = 0; s < segments; s++) {
            double turned = heading + SyntheticNoise.between(random, -0.6, 0.6);
            double nextX = x + StrictMath.cos(turned) * length / segments;
            double nextY = y + StrictMath.sin(turned) * length / segments;
            double taper = 1 - 0.45 * s / segments;
            cut(x, y, nextX, nextY, Math.max(width * taper, 1.2 * narrowest()) / 2, depth * taper, opacity);
            x = nextX;
            y = nextY;
        }
    }

    private void cut(double x0, double y0, double x1, double y1, double half, double depth, double opacity) {
        double reach = half + pitch;
        int left = Math.max(0, (int) ((Math.min(x0, x1) - reach) / pitch));
        int right = Math.min(size - 1, (int) ((Math.max(x0, x1) + reach) / pitch) + 1);
        int top = Math.max(0, (int) ((Math.min(y0, y1) - reach) / pitch));
        int bottom = Math.min(size - 1, (int) ((Math.max(y0, y1) + reach) / pitch) + 1);
        double dx = x1 - x0;
        double dy = y1 - y0;
        double square = Math.max(dx * dx + dy * dy, 1e-12);
        for (int v = top; v <= bottom; v++) {
            for (int u = left; u <= right; u++) {
                int i = v * size + u;
                double px = u * pitch - x0;
                double py = v * pitch - y0;
                double t = Math.max(0, Math.min(1, (px * dx + py * dy) / square));
                double ex = px - t * dx;
                double ey = py - t * dy;
                double away = Math.sqrt(ex * ex + ey * ey);
                if (away < half + pitch / 2 && base[i] > 0.001f) {
                    double profile = 1 - step(half - pitch / 2, half + pitch / 2, away);
                    weight[i] = Math.max(weight[i], (float) (opacity * profile));
                    height[i] = Math.min(height[i], (float) Math.max(0.0008, base[i] - depth * profile));
                }
            }
        }
    }

    private void lump(int centre) {
        double radius = graded(0.0045, 0.0035, 0.0012, 0.006);
        double amount = graded(0.0024, 0.0018, 0.0003, 0.004);
        double opacity = graded(1, 0, 0.15, 1);
        double stretch = SyntheticNoise.between(random, 1.0, 1.5);
        double turn = SyntheticNoise.between(random, 0, Math.PI);
        for (int i = 0; i < base.length; i++) {
            double d = blob(i, centre, radius, stretch, turn, 0.3);
            if (d < 1 && base[i] > 0.001f) {
                double rough = 1 + 0.15 * smooth(seed + 60, i % size * pitch * 500, i / size * pitch * 500);
                weight[i] = (float) (opacity * (1 - step(0.86, 1, d)));
                height[i] = (float) (base[i] + amount * Math.sqrt(1 - d * d) * rough);
            }
        }
    }

    /** Where the surface or the colour is another than without it, however little. */
    boolean[] touched() {
        boolean[] touched = new boolean[base.length];
        for (int i = 0; i < base.length; i++) {
            touched[i] = weight[i] > 0 || height[i] != base[i];
        }
        return touched;
    }

    /** Where a standard defect is plain to see. */
    boolean[] plain() {
        boolean[] plain = new boolean[base.length];
        for (int i = 0; i < base.length; i++) {
            plain[i] = weight[i] > MIN_WEIGHT || Math.abs(height[i] - base[i]) > MIN_HEIGHT;
        }
        return plain;
    }

    /** Drops every change where it is not seen, so that the mask is exactly what was changed. */
    void mark(boolean[] seen) {
        for (int i = 0; i < base.length; i++) {
            mask[i] = seen[i];
            if (!seen[i] || !kind.colour) {
                weight[i] = 0;
            }
            if (!seen[i]) {
                height[i] = base[i];
            }
        }
    }
}
