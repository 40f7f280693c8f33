package io.trd4j.train.pretrain.formula;

/**
 * A surface made by formulas: regions of relief and colour textures, steps between them, and {@link Mark}s, drawn from
 * a seed alone. Holds what is there (height, albedo, cover) and what it is called (classes per pixel).
 */
public final class FormulaScene implements Canvas {
    private static final int MAX_REGIONS = 4;
    private static final int MAX_MARKS = 7;

    private final int size;
    private final float[] height;
    private final float[] albedo;
    private final float[] cover;
    private final byte[] reliefTexture;
    private final byte[] colourTexture;
    private final byte[] reliefMark;
    private final byte[] colourMark;

    /** The material that fills one region. */
    private static final class Material {
        final Texture relief;
        final float amount;
        final Texture colour;
        final float[] dark = new float[3];
        final float[] light = new float[3];

        Material(Draw draw, Material other) {
            // Now and then two regions share their relief or their colour, so that neither tells the other.
            boolean shareRelief = other != null && draw.chance(0.25f);
            boolean shareColour = other != null && !shareRelief && draw.chance(0.25f);
            relief = shareRelief ? other.relief : new Texture(draw);
            // Amplitude in pixels: a slope times the feature's size.
            amount = shareRelief
                    ? other.amount
                    : relief.flat() ? 0 : draw.logBetween(0.06f, 0.7f) * relief.period() / 6.3f;
            colour = shareColour ? other.colour : new Texture(draw);
            float contrast = draw.logBetween(0.12f, 1);
            float level = draw.between(0.1f, 0.9f);
            float saturation = draw.between(0, 0.5f);
            for (int c = 0; c < 3; c++) {
                float own = level + saturation * draw.between(-0.5f, 0.5f);
                float far = draw.unit();
                dark[c] = shareColour ? other.dark[c] : clamp(own);
                light[c] = shareColour ? other.light[c] : clamp(own + contrast * (far - own));
            }
        }

        private static float clamp(float x) {
            return Math.max(0.02f, Math.min(0.98f, x));
        }
    }

    /** @param size width and height, pixels */
    public FormulaScene(int size, long seed) {
        this.size = size;
        int n = size * size;
        height = new float[n];
        albedo = new float[3 * n];
        cover = new float[n];
        reliefTexture = new byte[n];
        colourTexture = new byte[n];
        reliefMark = new byte[n];
        colourMark = new byte[n];
        Draw draw = new Draw(seed);
        paint(draw);
        bend(draw);
        int marks = draw.index(MAX_MARKS + 1);
        for (int i = 0; i < marks; i++) {
            Mark.add(this, draw);
        }
    }

    private void paint(Draw draw) {
        int regions = 1 + draw.index(MAX_REGIONS);
        boolean object = regions > 1 && draw.chance(0.5f);
        Material[] materials = new Material[regions];
        Outline[] outlines = new Outline[regions];
        float[] lift = new float[regions];
        float[] bevel = new float[regions];
        for (int r = 0; r < regions; r++) {
            materials[r] = new Material(draw, r == 0 ? null : materials[r - 1]);
            boolean body = object && r == 1;
            outlines[r] =
                    r == 0 ? null : body ? new Outline(draw, size, 0.3f, 0.6f) : new Outline(draw, size, 0.06f, 0.45f);
            lift[r] = body ? draw.between(4, 14) : draw.chance(0.3f) ? 0 : draw.between(-4, 4);
            bevel[r] = draw.logBetween(0.8f, body ? 16 : 8);
        }
        float[] distance = new float[regions];
        for (int y = 0, i = 0; y < size; y++) {
            for (int x = 0; x < size; x++, i++) {
                int owner = 0;
                float base = 0;
                boolean reliefEdge = false;
                boolean colourEdge = false;
                for (int r = 1; r < regions; r++) {
                    distance[r] = outlines[r].distance(x, y);
                    if (distance[r] < 0) {
                        owner = r;
                        base += lift[r] * Noise.step(0, bevel[r], -distance[r]);
                    }
                }
                for (int r = owner == 0 ? 1 : owner; r < regions; r++) {
                    boolean near = Math.abs(distance[r]) < 1.6f;
                    colourEdge |= near && materials[r].colour != materials[0].colour;
                    reliefEdge |= near && Math.abs(lift[r]) > 0.5f * bevel[r] * 0.5f;
                }
                Material m = materials[owner];
                float raised = m.amount == 0 ? 0 : m.relief.value(x, y);
                float mix = 0.5f + 0.5f * m.colour.value(x, y);
                height[i] = base + m.amount * raised;
                for (int c = 0; c < 3; c++) {
                    albedo[3 * i + c] = Math.max(0, Math.min(1, Noise.lerp(m.dark[c], m.light[c], mix)));
                }
                cover[i] = object && owner == 0 ? 0 : 1;
                reliefTexture[i] = (byte) m.relief.label();
                colourTexture[i] = (byte) m.colour.label();
                reliefMark[i] = (byte) (reliefEdge ? ReliefMark.EDGE.ordinal() + 1 : 0);
                colourMark[i] = (byte) (colourEdge ? ColourMark.EDGE.ordinal() + 1 : 0);
            }
        }
    }

    /** The form of the whole: a tilt and a gentle swell. */
    private void bend(Draw draw) {
        float tiltX = draw.between(-0.15f, 0.15f);
        float tiltY = draw.between(-0.15f, 0.15f);
        float swell = draw.chance(0.5f) ? 0 : draw.between(0, 0.08f) * size;
        int seed = draw.seed();
        float scale = draw.between(1, 2.5f) / size;
        for (int i = 0; i < height.length; i++) {
            int x = i % size;
            int y = i / size;
            height[i] += tiltX * x + tiltY * y + (swell == 0 ? 0 : swell * Noise.smooth(seed, x * scale, y * scale));
        }
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void lift(int i, float by, ReliefMark kind) {
        height[i] += by;
        if (kind != null && cover[i] > 0) {
            reliefMark[i] = (byte) (kind.ordinal() + 1);
        }
    }

    @Override
    public void dye(int i, float share, float[] colour, ColourMark kind) {
        for (int c = 0; c < 3; c++) {
            albedo[3 * i + c] = Noise.lerp(albedo[3 * i + c], colour[c], share);
        }
        if (kind != null) {
            colourMark[i] = (byte) (kind.ordinal() + 1);
        }
    }

    float[] height() {
        return height;
    }

    float[] albedo() {
        return albedo;
    }

    float[] cover() {
        return cover;
    }

    byte[] reliefTexture() {
        return reliefTexture;
    }

    byte[] colourTexture() {
        return colourTexture;
    }

    byte[] reliefMark() {
        return reliefMark;
    }

    byte[] colourMark() {
        return colourMark;
    }
}
