package io.trd4j.train.pretrain.formula;

/** The attractor of a random iterated function system (a few contracting affine maps), as a smooth repeating tile. */
final class FractalTile {
    private static final int SIDE = 64;
    private static final int POINTS = 6000;
    /** Pixels of the tile per unit of the texture's coordinates. */
    private static final float DENSITY = 12;

    private final float[] tile = new float[SIDE * SIDE];

    FractalTile(Draw draw) {
        int maps = 2 + draw.index(4);
        float[][] map = new float[maps][6];
        for (float[] m : map) {
            float a = draw.angle();
            float b = draw.angle();
            float s = draw.between(0.35f, 0.8f);
            float t = draw.between(0.2f, 0.7f);
            // Rotation, scaling, rotation: a contraction for s, t < 1.
            float ca = (float) StrictMath.cos(a);
            float sa = (float) StrictMath.sin(a);
            float cb = (float) StrictMath.cos(b);
            float sb = (float) StrictMath.sin(b);
            m[0] = ca * s * cb - sa * t * sb;
            m[1] = -ca * s * sb - sa * t * cb;
            m[2] = sa * s * cb + ca * t * sb;
            m[3] = -sa * s * sb + ca * t * cb;
            m[4] = draw.between(-1, 1);
            m[5] = draw.between(-1, 1);
        }
        float x = 0;
        float y = 0;
        for (int i = 0; i < POINTS; i++) {
            float[] m = map[draw.index(maps)];
            float next = m[0] * x + m[1] * y + m[4];
            y = m[2] * x + m[3] * y + m[5];
            x = next;
            tile[wrap(y * 14) * SIDE + wrap(x * 14)]++;
        }
        for (int pass = 0; pass < 2; pass++) {
            blur();
        }
        normalise();
    }

    private static int wrap(float at) {
        return Math.floorMod(Noise.floor(at), SIDE);
    }

    private void blur() {
        float[] from = tile.clone();
        for (int y = 0; y < SIDE; y++) {
            int up = (y + SIDE - 1) % SIDE * SIDE;
            int here = y * SIDE;
            int down = (y + 1) % SIDE * SIDE;
            for (int x = 0; x < SIDE; x++) {
                int left = (x + SIDE - 1) % SIDE;
                int right = (x + 1) % SIDE;
                tile[here + x] = 0.25f * from[here + x]
                        + 0.125f * (from[here + left] + from[here + right] + from[up + x] + from[down + x])
                        + 0.0625f * (from[up + left] + from[up + right] + from[down + left] + from[down + right]);
            }
        }
    }

    /** From densities to about [-1, 1]: densities span decades, so their square root. */
    private void normalise() {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < tile.length; i++) {
            tile[i] = (float) Math.sqrt(tile[i]);
            sum += tile[i];
            squares += tile[i] * tile[i];
        }
        double mean = sum / tile.length;
        double scale = 0.6 / Math.sqrt(Math.max(1e-9, squares / tile.length - mean * mean));
        for (int i = 0; i < tile.length; i++) {
            tile[i] = (float) Math.max(-1.5, Math.min(1.5, (tile[i] - mean) * scale));
        }
    }

    float value(float x, float y) {
        float u = x * DENSITY;
        float v = y * DENSITY;
        int iu = Noise.floor(u);
        int iv = Noise.floor(v);
        float top = Noise.lerp(at(iu, iv), at(iu + 1, iv), u - iu);
        float bottom = Noise.lerp(at(iu, iv + 1), at(iu + 1, iv + 1), u - iu);
        return Noise.lerp(top, bottom, v - iv);
    }

    private float at(int u, int v) {
        return tile[(v & SIDE - 1) * SIDE + (u & SIDE - 1)];
    }
}
