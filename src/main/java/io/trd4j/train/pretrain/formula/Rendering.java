package io.trd4j.train.pretrain.formula;

import java.util.Arrays;

/**
 * How a scene is seen: as a colour image, a depth image, or a map of surface normals, each with the accidents of its
 * sensor. Pictures are [3, size, size] planes in [0, 1], before normalisation.
 */
public enum Rendering {
    COLOUR,
    DEPTH,
    NORMALS;

    /**
     * The part of a scene that is seen.
     *
     * @param cut whether what the scene does not cover is missing in depths and normals
     * @param gain exaggeration of slopes in normals
     */
    record Window(int left, int top, int size, boolean cut, float gain) {
        boolean shows(FormulaScene scene, int pixel) {
            return !cut || scene.cover()[pixel] > 0;
        }
    }

    /** A window of a scene as this rendering shows it. */
    float[] render(FormulaScene scene, Window window, Draw draw) {
        return switch (this) {
            case COLOUR -> colour(scene, window, draw);
            case DEPTH -> depth(scene, window, draw);
            case NORMALS -> normals(scene, window, draw);
        };
    }

    private static float[] colour(FormulaScene scene, Window window, Draw draw) {
        int left = window.left;
        int top = window.top;
        int size = window.size;
        float azimuth = draw.angle();
        float elevation = draw.between(0.5f, 1.4f);
        float lampX = (float) (StrictMath.cos(azimuth) * StrictMath.cos(elevation));
        float lampY = (float) (StrictMath.sin(azimuth) * StrictMath.cos(elevation));
        float lampZ = (float) StrictMath.sin(elevation);
        float ambient = draw.between(0.25f, 0.7f);
        float gloss = draw.chance(0.5f) ? 0 : draw.between(0, 0.4f);
        float exposure = draw.logBetween(0.75f, 1.3f);
        float grey = draw.chance(0.15f) ? 1 : draw.between(0, 0.3f);
        float[] gain = {exposure * draw.between(0.85f, 1.15f), exposure, exposure * draw.between(0.85f, 1.15f)};
        int n = scene.size();
        float[] h = scene.height();
        float[] albedo = scene.albedo();
        float[] out = new float[3 * size * size];
        int plane = size * size;
        for (int y = 0, i = 0; y < size; y++) {
            for (int x = 0; x < size; x++, i++) {
                int at = (top + y) * n + left + x;
                float dx = slopeX(h, n, left + x, top + y);
                float dy = slopeY(h, n, left + x, top + y);
                float inverse = 1 / (float) Math.sqrt(1 + dx * dx + dy * dy);
                float lamp = Math.max(0, (lampZ - dx * lampX - dy * lampY) * inverse);
                float mirror = Math.max(0, ((lampZ + 1) - dx * lampX - dy * lampY) * inverse)
                        / (float) Math.sqrt(2 + 2 * lampZ);
                float m4 = mirror * mirror * mirror * mirror;
                float m16 = m4 * m4 * m4 * m4;
                float light = ambient + (1.1f - ambient) * lamp;
                float shine = gloss * m16 * m16;
                float mean = (albedo[3 * at] + albedo[3 * at + 1] + albedo[3 * at + 2]) / 3;
                for (int c = 0; c < 3; c++) {
                    out[c * plane + i] = gain[c] * (Noise.lerp(albedo[3 * at + c], mean, grey) * light + shine);
                }
            }
        }
        int passes = draw.index(3);
        for (int p = 0; p < passes; p++) {
            for (int c = 0; c < 3; c++) {
                blur(out, c * plane, size);
            }
        }
        noise(out, draw.chance(0.3f) ? 0 : draw.logBetween(0.003f, 0.04f), draw);
        return out;
    }

    /** Heights scaled to [0.1, 0.9], near is dark, as SPEC section 5 makes them; what is not covered is 0. */
    private static float[] depth(FormulaScene scene, Window window, Draw draw) {
        int left = window.left;
        int top = window.top;
        int size = window.size;
        int n = scene.size();
        float[] h = scene.height();
        float sigma = draw.chance(0.3f) ? 0 : draw.logBetween(0.01f, 0.1f);
        long seed = draw.seed();
        int plane = size * size;
        float[] out = new float[3 * plane];
        float low = Float.MAX_VALUE;
        float high = -Float.MAX_VALUE;
        for (int y = 0, i = 0; y < size; y++) {
            for (int x = 0; x < size; x++, i++) {
                int at = (top + y) * n + left + x;
                if (window.shows(scene, at)) {
                    out[i] = -h[at] + sigma * Noise.gaussian(seed, i);
                    low = Math.min(low, out[i]);
                    high = Math.max(high, out[i]);
                } else {
                    out[i] = Float.NaN;
                }
            }
        }
        // Nothing covered, or all of one height: a plain picture.
        float scale = high > low ? 0.8f / (high - low) : 0;
        for (int i = 0; i < plane; i++) {
            out[i] = Float.isNaN(out[i]) ? 0 : 0.1f + scale * (out[i] - low);
        }
        System.arraycopy(out, 0, out, plane, plane);
        System.arraycopy(out, 0, out, 2 * plane, plane);
        return out;
    }

    /** Normals of exaggerated relief, as the Sobel derivatives of SPEC section 5 give them. */
    private static float[] normals(FormulaScene scene, Window window, Draw draw) {
        int left = window.left;
        int top = window.top;
        int size = window.size;
        int n = scene.size();
        float gain = window.gain;
        float sigma = draw.chance(0.2f) ? 0 : draw.logBetween(0.01f, 0.35f) / gain;
        long seed = draw.seed();
        float[] h = scene.height();
        if (sigma > 0) {
            h = h.clone();
            for (int i = 0; i < h.length; i++) {
                h[i] += sigma * Noise.gaussian(seed, i);
            }
        }
        int passes = draw.index(2);
        if (passes > 0) {
            h = h == scene.height() ? h.clone() : h;
            blur(h, 0, n);
        }
        int plane = size * size;
        float[] out = new float[3 * plane];
        for (int y = 0, i = 0; y < size; y++) {
            for (int x = 0; x < size; x++, i++) {
                int at = (top + y) * n + left + x;
                if (!window.shows(scene, at)) {
                    continue;
                }
                float dx = gain * slopeX(h, n, left + x, top + y);
                float dy = gain * slopeY(h, n, left + x, top + y);
                float inverse = 0.5f / (float) Math.sqrt(1 + dx * dx + dy * dy);
                out[i] = 0.5f + dx * inverse;
                out[plane + i] = 0.5f + dy * inverse;
                out[2 * plane + i] = 0.5f + inverse;
            }
        }
        return out;
    }

    private static float slopeX(float[] h, int n, int x, int y) {
        int row = y * n;
        return x == 0
                ? h[row + 1] - h[row]
                : x == n - 1 ? h[row + x] - h[row + x - 1] : 0.5f * (h[row + x + 1] - h[row + x - 1]);
    }

    private static float slopeY(float[] h, int n, int x, int y) {
        int at = y * n + x;
        return y == 0 ? h[at + n] - h[at] : y == n - 1 ? h[at] - h[at - n] : 0.5f * (h[at + n] - h[at - n]);
    }

    private static void noise(float[] out, float sigma, Draw draw) {
        long seed = draw.seed();
        for (int i = 0; i < out.length; i++) {
            float value = sigma == 0 ? out[i] : out[i] + sigma * Noise.gaussian(seed, i);
            out[i] = Math.max(0, Math.min(1, value));
        }
    }

    /** 1-2-1 in both directions, in place. */
    private static void blur(float[] planes, int from, int size) {
        float[] row = new float[size];
        for (int y = 0; y < size; y++) {
            int at = from + y * size;
            for (int x = 0; x < size; x++) {
                row[x] = 0.25f
                        * (planes[at + Math.max(0, x - 1)]
                                + 2 * planes[at + x]
                                + planes[at + Math.min(size - 1, x + 1)]);
            }
            System.arraycopy(row, 0, planes, at, size);
        }
        float[] above = Arrays.copyOfRange(planes, from, from + size);
        for (int y = 0; y < size; y++) {
            int at = from + y * size;
            int below = from + Math.min(size - 1, y + 1) * size;
            for (int x = 0; x < size; x++) {
                float here = planes[at + x];
                planes[at + x] = 0.25f * (above[x] + 2 * here + planes[below + x]);
                above[x] = here;
            }
        }
    }
}
