package io.trd4j.data.synthetic;

import static io.trd4j.data.Noise.gaussian;
import static io.trd4j.data.Noise.uniform;
import static io.trd4j.data.synthetic.SyntheticNoise.fractal;
import static io.trd4j.data.synthetic.SyntheticNoise.lerp;
import static io.trd4j.data.synthetic.SyntheticNoise.step;

import io.trd4j.data.Noise;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import java.util.SplittableRandom;

/**
 * Renders one part on a tilted, matte plane as a 3D camera sees it: a colour image shaded by a lamp, and an organised
 * point cloud in metres, both with sensor noise; points are missing at random and where the surface is steep.
 *
 * <p>Everything random is a function of the seed, so the same seed with and without a defect gives images that differ
 * only where the defect is.
 */
final class SyntheticScene {
    /** Width of the scene at the plane, metres. */
    private static final double FIELD = 0.16;

    private static final double FOCAL = 0.62 / FIELD;
    private static final double DEPTH_NOISE = 0.00006;
    private static final double COLOUR_NOISE = 0.007;
    private static final double SPECKLE = 0.002;

    private final int size;
    private final long seed;
    private final double pitch;
    private final SyntheticSurface surface;
    private final float[] base;
    private final float[] shade;
    private final float[] highlight;
    private final float[] colour;
    private final SyntheticDefect defect;

    // Pose, lamp and camera of this part.
    private final double cos;
    private final double sin;
    private final double scale;
    private final double shiftX;
    private final double shiftY;
    private final double distance;
    private final double tiltX;
    private final double tiltY;
    private final double lampX;
    private final double lampY;
    private final double lampZ;
    private final double exposure;

    /**
     * @param kind the defect, or null for a good part
     * @param grade null when the seed decides
     */
    SyntheticScene(
            SyntheticProduct shape, int size, long seed, SyntheticDefect.Kind kind, SyntheticDefect.Grade grade) {
        this.size = size;
        this.seed = seed;
        this.pitch = FIELD / size;
        this.surface = shape.create(Noise.mix(seed, 2));
        SplittableRandom random = new SplittableRandom(Noise.mix(seed, 3));
        double turn = SyntheticNoise.between(random, -surface.turn(), surface.turn());
        cos = StrictMath.cos(turn);
        sin = StrictMath.sin(turn);
        scale = SyntheticNoise.between(random, 0.96, 1.04);
        shiftX = SyntheticNoise.between(random, -0.005, 0.005);
        shiftY = SyntheticNoise.between(random, -0.005, 0.005);
        distance = SyntheticNoise.between(random, 0.60, 0.64);
        tiltX = SyntheticNoise.between(random, -0.08, 0.08);
        tiltY = SyntheticNoise.between(random, -0.08, 0.08);
        double azimuth = 3.9 + SyntheticNoise.between(random, -0.2, 0.2);
        double elevation = 0.9 + SyntheticNoise.between(random, -0.06, 0.06);
        lampX = StrictMath.cos(azimuth) * StrictMath.cos(elevation);
        lampY = StrictMath.sin(azimuth) * StrictMath.cos(elevation);
        lampZ = StrictMath.sin(elevation);
        exposure = SyntheticNoise.between(random, 0.95, 1.05);
        int n = size * size;
        base = new float[n];
        shade = new float[n];
        highlight = new float[n];
        colour = new float[3 * n];
        measureHeights();
        light(base, shade, highlight);
        double brightness = paint();
        blur();
        defect = kind == null
                ? null
                : new SyntheticDefect(kind, grade, Noise.mix(seed, 5), base, size, pitch, brightness < 0.42);
        if (defect != null && kind.colour) {
            paintDefect();
        }
    }

    /** The ground truth, 255 where the defect is; all 0 for a good part. */
    byte[] mask() {
        byte[] mask = new byte[size * size];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = (byte) (defect != null && defect.mask[i] ? 255 : 0);
        }
        return mask;
    }

    /** How severe the defect is, from 0 to 1; 0 for a good part. */
    double severity() {
        return defect == null ? 0 : defect.severity;
    }

    /** Metres by which the defect is raised; see {@link SyntheticDefect#raised}. */
    double raised() {
        return defect == null ? 0 : defect.raised();
    }

    RgbImage rgb() {
        byte[] rgb = new byte[colour.length];
        long noise = Noise.mix(seed, 6);
        for (int i = 0; i < rgb.length; i++) {
            double value = exposure * colour[i] + COLOUR_NOISE * gaussian(noise, i);
            rgb[i] = (byte) Math.round(255 * Math.max(0, Math.min(1, value)));
        }
        return new RgbImage(size, size, rgb);
    }

    PointCloud xyz() {
        float[] xyz = new float[3 * size * size];
        float[] height = defect == null ? base : defect.height;
        long noise = Noise.mix(seed, 7);
        long loss = Noise.mix(seed, 8);
        double slant = Math.sqrt(1 + tiltX * tiltX + tiltY * tiltY);
        for (int y = 0, i = 0; y < size; y++) {
            double rayY = (y + 0.5 - size / 2.0) / (FOCAL * size);
            for (int x = 0; x < size; x++, i++) {
                // Outside of the defect even the losses are those of the undamaged part.
                float[] seen = defect != null && defect.mask[i] ? height : base;
                double lost = SPECKLE + 0.75 * step(1.1, 3.5, slope(seen, x, y));
                if (uniform(loss, i) < lost) {
                    continue;
                }
                double rayX = (x + 0.5 - size / 2.0) / (FOCAL * size);
                double above = height[i] + DEPTH_NOISE * gaussian(noise, i);
                double z = (distance - above * slant) / (1 - tiltX * rayX - tiltY * rayY);
                xyz[3 * i] = (float) (rayX * z);
                xyz[3 * i + 1] = (float) (rayY * z);
                xyz[3 * i + 2] = (float) z;
            }
        }
        return new PointCloud(size, size, xyz);
    }

    private void measureHeights() {
        for (int i = 0; i < base.length; i++) {
            base[i] = (float) (scale * surface.height(partX(i), partY(i)));
        }
    }

    private double partX(int i) {
        double x = (i % size + 0.5) * pitch - FIELD / 2 - shiftX;
        double y = (i / size + 0.5) * pitch - FIELD / 2 - shiftY;
        return (cos * x + sin * y) / scale;
    }

    private double partY(int i) {
        double x = (i % size + 0.5) * pitch - FIELD / 2 - shiftX;
        double y = (i / size + 0.5) * pitch - FIELD / 2 - shiftY;
        return (cos * y - sin * x) / scale;
    }

    private float at(float[] field, int x, int y) {
        return field[Math.max(0, Math.min(size - 1, y)) * size + Math.max(0, Math.min(size - 1, x))];
    }

    private double slope(float[] field, int x, int y) {
        double dx = (at(field, x + 1, y) - at(field, x - 1, y)) / (2 * pitch);
        double dy = (at(field, x, y + 1) - at(field, x, y - 1)) / (2 * pitch);
        return Math.sqrt(dx * dx + dy * dy);
    }

    /** Ambient and lamp light, with cast shadows, and the highlight of the lamp. */
    private void light(float[] field, float[] shadeOut, float[] highlightOut) {
        double hx = lampX / 2;
        double hy = lampY / 2;
        double hz = (lampZ + 1) / 2;
        double half = Math.sqrt(hx * hx + hy * hy + hz * hz);
        for (int y = 0, i = 0; y < size; y++) {
            for (int x = 0; x < size; x++, i++) {
                double dx = (at(field, x + 1, y) - at(field, x - 1, y)) / (2 * pitch);
                double dy = (at(field, x, y + 1) - at(field, x, y - 1)) / (2 * pitch);
                double length = Math.sqrt(dx * dx + dy * dy + 1);
                double lamp = Math.max(0, (lampZ - dx * lampX - dy * lampY) / length);
                double lit = 1 - shadow(field, x, y);
                double sky = 0.75 + 0.25 / length;
                shadeOut[i] = (float) (0.44 * sky + 0.74 * lamp * lit);
                double mirror = Math.max(0, (hz - dx * hx - dy * hy) / (length * half));
                double m4 = mirror * mirror * mirror * mirror;
                double m16 = m4 * m4 * m4 * m4;
                highlightOut[i] = (float) (surface.gloss() * m16 * m16 * lit);
            }
        }
    }

    /** How much of the lamp the surface between here and the lamp hides, 0 to 1, with a soft edge. */
    private double shadow(float[] field, int x, int y) {
        double flat = Math.sqrt(lampX * lampX + lampY * lampY);
        double rise = lampZ / flat;
        double hidden = 0;
        for (int s = 1; s <= 8; s++) {
            double away = 0.0018 * s;
            int u = (int) Math.round(x + lampX / flat * away / pitch);
            int v = (int) Math.round(y + lampY / flat * away / pitch);
            double over = at(field, u, v) - at(field, x, y) - away * rise;
            hidden = Math.max(hidden, over / (0.0012 + 0.12 * away));
        }
        return Math.min(1, hidden);
    }

    /** Colours part and plane; returns the mean albedo of the part. */
    private double paint() {
        double[] rgb = new double[3];
        long cloth = Noise.mix(seed, 4);
        double sum = 0;
        int count = 0;
        for (int i = 0; i < base.length; i++) {
            double u = (i % size + 0.5) / size;
            double v = (i / size + 0.5) / size;
            double cover = step(0, 0.0015, base[i]);
            double plane =
                    0.27 * (1 + 0.06 * fractal(cloth, 50 * u, 50 * v, 3) + 0.03 * fractal(cloth + 9, 5 * u, 5 * v, 2));
            if (cover > 0) {
                surface.albedo(partX(i), partY(i), base[i], rgb);
                sum += (rgb[0] + rgb[1] + rgb[2]) / 3;
                count++;
            }
            double vignette = 1 - 0.25 * ((u - 0.5) * (u - 0.5) + (v - 0.5) * (v - 0.5));
            double lamp = shade[i] * vignette;
            colour[3 * i] = (float) (lerp(0.96 * plane, rgb[0], cover) * lamp + cover * highlight[i]);
            colour[3 * i + 1] = (float) (lerp(plane, rgb[1], cover) * lamp + cover * highlight[i]);
            colour[3 * i + 2] = (float) (lerp(1.07 * plane, rgb[2], cover) * lamp + cover * highlight[i]);
        }
        return count == 0 ? 0 : sum / count;
    }

    /** The lens: a 1-2-1 kernel in both directions. */
    private void blur() {
        float[] across = new float[colour.length];
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                int left = 3 * (y * size + Math.max(0, x - 1));
                int here = 3 * (y * size + x);
                int right = 3 * (y * size + Math.min(size - 1, x + 1));
                for (int c = 0; c < 3; c++) {
                    across[here + c] = (colour[left + c] + 2 * colour[here + c] + colour[right + c]) / 4;
                }
            }
        }
        for (int y = 0; y < size; y++) {
            int above = 3 * Math.max(0, y - 1) * size;
            int here = 3 * y * size;
            int below = 3 * Math.min(size - 1, y + 1) * size;
            for (int k = 0; k < 3 * size; k++) {
                colour[here + k] = (across[above + k] + 2 * across[here + k] + across[below + k]) / 4;
            }
        }
    }

    /** Blends the defect's colour in; what stands out of the surface has its own shading, a stain the part's. */
    private void paintDefect() {
        float[] lamp = shade;
        if (defect.kind == SyntheticDefect.Kind.CONTAMINATION) {
            lamp = new float[base.length];
            light(defect.height, lamp, highlight);
        }
        for (int i = 0; i < base.length; i++) {
            float w = defect.weight[i];
            if (w > 0) {
                for (int c = 0; c < 3; c++) {
                    double own = defect.colour[c] * lamp[i];
                    colour[3 * i + c] = (float) lerp(colour[3 * i + c], own, w);
                }
            }
        }
    }
}
