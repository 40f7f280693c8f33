package io.trd4j.train.pretrain.formula;

/**
 * A local event on a surface: something small that a texture does not have, in the relief, in the colour, or in both.
 * Its kind is a class per pixel; 0 stands for none.
 */
final class Mark {
    private static final int SEGMENTS = 5;

    private final Canvas canvas;
    private final Draw draw;

    /** Draws one mark somewhere. */
    static void add(Canvas canvas, Draw draw) {
        new Mark(canvas, draw).add();
    }

    private Mark(Canvas canvas, Draw draw) {
        this.canvas = canvas;
        this.draw = draw;
    }

    private void add() {
        boolean inRelief = draw.chance(0.7f);
        boolean inColour = !inRelief || draw.chance(0.4f);
        boolean line = draw.chance(0.35f);
        ReliefMark relief = !inRelief
                ? null
                : line
                        ? (draw.chance(0.5f) ? ReliefMark.GROOVE : ReliefMark.RIDGE)
                        : ReliefMark.values()[draw.index(4)];
        ColourMark colour = !inColour
                ? null
                : line
                        ? (draw.chance(0.5f) ? ColourMark.DARK_LINE : ColourMark.LIGHT_LINE)
                        : ColourMark.values()[draw.index(3)];
        float strength = draw.logBetween(0.15f, 0.9f);
        float opacity = draw.between(0.3f, 1);
        float[] tint = tint(colour);
        if (line) {
            line(relief, colour, strength, opacity, tint);
        } else {
            spot(relief, colour, strength, opacity, tint);
        }
    }

    private float[] tint(ColourMark colour) {
        float level = colour == ColourMark.DARK_SPOT || colour == ColourMark.DARK_LINE
                ? draw.between(0, 0.2f)
                : draw.between(0.7f, 1);
        if (colour != ColourMark.HUE_SPOT) {
            return new float[] {
                level * draw.between(0.85f, 1), level * draw.between(0.85f, 1), level * draw.between(0.85f, 1)
            };
        }
        return new float[] {draw.unit(), draw.unit(), draw.unit()};
    }

    /**
     * An irregular ellipse; smooth (dent, bump) or with a steep border (pit, knob). {@code strength} is the largest
     * slope.
     */
    private void spot(ReliefMark relief, ColourMark colour, float strength, float opacity, float[] tint) {
        int n = canvas.size();
        float radius = draw.logBetween(2, 0.14f * n);
        float cx = draw.between(0, n);
        float cy = draw.between(0, n);
        float stretch = draw.logBetween(1, 1.7f);
        float angle = draw.angle();
        float cos = (float) StrictMath.cos(angle);
        float sin = (float) StrictMath.sin(angle);
        float rough = draw.between(0, 0.35f);
        int seed = draw.seed();
        boolean steep = relief == ReliefMark.PIT || relief == ReliefMark.KNOB;
        float sign = relief == ReliefMark.DENT || relief == ReliefMark.PIT ? -1 : 1;
        // The steepest slope of (1 - d^2)^2 is 1.54 / radius.
        float amount = sign * strength * (steep ? 0.8f * Math.min(radius, 4) + 0.5f : radius / 1.54f);
        int reach = (int) (radius * stretch * 1.4f) + 2;
        int left = Math.max(0, (int) cx - reach);
        int right = Math.min(n - 1, (int) cx + reach);
        for (int y = Math.max(0, (int) cy - reach); y <= Math.min(n - 1, (int) cy + reach); y++) {
            for (int x = left; x <= right; x++) {
                float u = (cos * (x - cx) + sin * (y - cy)) / stretch;
                float v = (cos * (y - cy) - sin * (x - cx)) * stretch;
                float r = Math.max(1e-3f, (float) Math.sqrt(u * u + v * v));
                float d = r / (radius * (1 + rough * Noise.smooth(seed, 1.7f * u / r, 1.7f * v / r)));
                if (d < 1) {
                    int i = y * n + x;
                    float solid = 1 - Noise.step(0.75f, 1, d);
                    if (relief != null) {
                        canvas.lift(i, amount * (steep ? solid : (1 - d * d) * (1 - d * d)), d < 0.8f ? relief : null);
                    }
                    if (colour != null) {
                        canvas.dye(i, opacity * solid, tint, d < 0.9f ? colour : null);
                    }
                }
            }
        }
    }

    /** A line that turns and tapers. */
    private void line(ReliefMark relief, ColourMark colour, float strength, float opacity, float[] tint) {
        int n = canvas.size();
        float width = draw.logBetween(1, 5);
        float length = draw.between(0.15f, 0.7f) * n;
        float bend = draw.between(0, 0.8f);
        float heading = draw.angle();
        float x = draw.between(0.1f, 0.9f) * n;
        float y = draw.between(0.1f, 0.9f) * n;
        float amount = (relief == ReliefMark.GROOVE ? -1 : 1) * strength * (0.6f * width + 0.4f);
        for (int s = 0; s < SEGMENTS; s++) {
            float nextX = x + (float) StrictMath.cos(heading) * length / SEGMENTS;
            float nextY = y + (float) StrictMath.sin(heading) * length / SEGMENTS;
            segment(x, y, nextX, nextY, width / 2, amount, relief, colour, opacity, tint);
            x = nextX;
            y = nextY;
            heading += draw.between(-bend, bend);
        }
    }

    private void segment(
            float x0,
            float y0,
            float x1,
            float y1,
            float half,
            float amount,
            ReliefMark relief,
            ColourMark colour,
            float opacity,
            float[] tint) {
        int n = canvas.size();
        float reach = half + 1;
        float dx = x1 - x0;
        float dy = y1 - y0;
        float square = Math.max(dx * dx + dy * dy, 1e-6f);
        int left = Math.max(0, (int) (Math.min(x0, x1) - reach));
        int right = Math.min(n - 1, (int) (Math.max(x0, x1) + reach) + 1);
        int bottom = Math.min(n - 1, (int) (Math.max(y0, y1) + reach) + 1);
        for (int y = Math.max(0, (int) (Math.min(y0, y1) - reach)); y <= bottom; y++) {
            for (int x = left; x <= right; x++) {
                float t = ((x - x0) * dx + (y - y0) * dy) / square;
                if (t < 0 || t > 1) {
                    continue;
                }
                float ex = x - x0 - t * dx;
                float ey = y - y0 - t * dy;
                float away = (float) Math.sqrt(ex * ex + ey * ey);
                float profile = 1 - Noise.step(half - 0.5f, half + 0.7f, away);
                if (profile > 0) {
                    int i = y * n + x;
                    if (relief != null) {
                        canvas.lift(i, amount * profile, profile > 0.3f ? relief : null);
                    }
                    if (colour != null) {
                        canvas.dye(i, opacity * profile, tint, profile > 0.3f ? colour : null);
                    }
                }
            }
        }
    }
}
