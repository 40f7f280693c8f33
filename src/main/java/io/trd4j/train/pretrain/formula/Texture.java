package io.trd4j.train.pretrain.formula;

/**
 * A texture: a formula family with random scale, direction and detail. Values are about [-1, 1] around 0. Its class,
 * the family and the octave of its scale, is what a network is asked for.
 */
final class Texture {
    enum Family {
        FLAT,
        CLOUDS,
        ROUGH,
        BRUSHED,
        WAVES,
        STRIPES,
        PLAID,
        DOTS,
        CELLS,
        CRACKLE,
        RIDGES,
        MARBLE,
        RINGS,
        WEAVE,
        GRAINS,
        FRACTAL
    }

    /** Octaves of the feature size, from {@link #SMALLEST} pixels on. */
    static final int SCALES = 3;

    static final int CLASSES = Family.values().length * SCALES;
    private static final float SMALLEST = 3;
    private static final float TAU = (float) (2 * Math.PI);

    private final Family family;
    private final int octave;
    private final float period;
    private final float cos;
    private final float sin;
    private final float stretch;
    private final float detail;
    private final float shiftX;
    private final float shiftY;
    private final int seed;
    private final FractalTile tile;
    private final float[] nearest = new float[2];

    Texture(Draw draw) {
        family = Family.values()[draw.index(Family.values().length)];
        float octaves = draw.between(0, SCALES);
        octave = (int) octaves;
        period = (float) (SMALLEST * StrictMath.pow(2, octaves));
        float angle = draw.angle();
        cos = (float) StrictMath.cos(angle);
        sin = (float) StrictMath.sin(angle);
        stretch = draw.logBetween(1, 1.8f);
        detail = draw.unit();
        shiftX = draw.between(-500, 500);
        shiftY = draw.between(-500, 500);
        seed = draw.seed();
        tile = family == Family.FRACTAL ? new FractalTile(draw) : null;
    }

    int label() {
        return family.ordinal() * SCALES + octave;
    }

    boolean flat() {
        return family == Family.FLAT;
    }

    /** Pixels per feature. */
    float period() {
        return period;
    }

    /** At a position in pixels. */
    float value(float px, float py) {
        float x = (cos * px + sin * py) / period * stretch + shiftX;
        float y = (cos * py - sin * px) / (period * stretch) + shiftY;
        return switch (family) {
            case FLAT -> 0;
            case CLOUDS -> Noise.octaves(seed, x, y, 2, 0.35f);
            case ROUGH -> Noise.octaves(seed, x, y, 4, 0.6f + 0.5f * detail);
            case BRUSHED -> Noise.octaves(seed, 2 * x, y / (6 + 8 * detail), 2, 0.8f);
            case WAVES -> sine(x + 0.25f * detail * Noise.smooth(seed, 0.4f * x, 0.4f * y));
            case STRIPES -> Math.max(-1, Math.min(1, 4 * (sine(x) + detail - 0.5f)));
            case PLAID -> sine(x) * sine(y * (1 + detail));
            case DOTS -> dots(x, y);
            case CELLS -> cells(x, y);
            case CRACKLE -> crackle(x, y);
            case RIDGES -> 1 - 3 * Math.abs(Noise.octaves(seed, x, y, 2, 0.4f));
            case MARBLE -> sine(0.7f * x + (1 + 2 * detail) * Noise.octaves(seed, 0.5f * x, 0.5f * y, 3, 0.5f));
            case RINGS -> rings(x, y);
            case WEAVE -> weave(x, y);
            case GRAINS -> grains(x, y);
            case FRACTAL -> tile.value(x, y);
        };
    }

    private static float sine(float turns) {
        // A parabola per half turn, refined: within 0.001 of the sine, several times faster.
        float t = turns - Noise.floor(turns);
        float p = t < 0.5f ? 8 * t * (1 - 2 * t) : -8 * (t - 0.5f) * (2 - 2 * t);
        return p * (0.775f + 0.225f * Math.abs(p));
    }

    private float dots(float x, float y) {
        float row = Noise.floor(y);
        float u = x + 0.5f * (((int) row & 1) == 0 || detail < 0.4f ? 0 : 1);
        float dx = u - Noise.floor(u) - 0.5f;
        float dy = y - row - 0.5f;
        return 1 - 2 * Noise.step(0.2f + 0.15f * detail, 0.34f + 0.15f * detail, (float) Math.sqrt(dx * dx + dy * dy));
    }

    private float cells(float x, float y) {
        Noise.cells(seed, x, y, nearest);
        return 1.2f - 2.2f * nearest[0];
    }

    private float crackle(float x, float y) {
        Noise.cells(seed, x, y, nearest);
        return 2 * Noise.step(0.02f, 0.1f + 0.2f * detail, nearest[1] - nearest[0]) - 1;
    }

    private float rings(float x, float y) {
        float big = 5 + 5 * detail;
        float dx = x - big * (Noise.floor(x / big) + 0.5f);
        float dy = y - big * (Noise.floor(y / big) + 0.5f);
        return sine((float) Math.sqrt(dx * dx + dy * dy));
    }

    private float weave(float x, float y) {
        int ix = Noise.floor(x);
        int iy = Noise.floor(y);
        float u = x - ix - 0.5f;
        float v = y - iy - 0.5f;
        boolean over = (ix + iy & 1) == 0;
        float along = over ? u : v;
        float across = over ? v : u;
        return 1.2f - 2.8f * along * along - 5 * across * across;
    }

    /** Sparse round grains, each cell has one or none. */
    private float grains(float x, float y) {
        int ix = Noise.floor(x);
        int iy = Noise.floor(y);
        if (Noise.lattice(seed, ix, iy) > 0.25f + 0.5f * detail) {
            return -0.4f;
        }
        float radius = 0.2f + 0.25f * Noise.lattice(seed + 1, ix, iy);
        float dx = x - ix - radius - (1 - 2 * radius) * Noise.lattice(seed + 2, ix, iy);
        float dy = y - iy - radius - (1 - 2 * radius) * Noise.lattice(seed + 3, ix, iy);
        return Math.max(-0.4f, 1.2f - 1.6f * (dx * dx + dy * dy) / (radius * radius));
    }
}
