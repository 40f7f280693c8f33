package io.trd4j.data.synthetic;

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
    /**
     * Of a hard part, a pixel belongs to the defect where its height changes by this, metres (the noise of the sensor),
     * or a colour by that, 1 for white; or by half of the defect's largest change, where that is less.
     */
    private static final double SEEN_HEIGHT = 0.00005;

    private static final double SEEN_COLOUR = 0.008;

    private final int size;
    private final long seed;
    private final double pitch;
    private final SyntheticSurface surface;
    private final SyntheticCapture capture;
    private final SyntheticLight lamp;
    private final SyntheticSensor sensor;
    private final float[] base;
    private final float[] shade;
    private final float[] highlight;
    private final float[] clean;
    private final float[] colour;
    private final SyntheticDefect defect;

    /**
     * @param kind the defect, or null for a good part
     * @param grade null when the seed decides
     */
    SyntheticScene(
            SyntheticProduct shape,
            SyntheticDifficulty difficulty,
            int size,
            long seed,
            SyntheticDefect.Kind kind,
            SyntheticDefect.Grade grade) {
        this.size = size;
        this.seed = seed;
        this.pitch = SyntheticCapture.FIELD / size;
        this.surface = shape.create(Noise.mix(seed, 2), difficulty);
        this.capture = new SyntheticCapture(difficulty, new SplittableRandom(Noise.mix(seed, 3)), surface);
        this.lamp = new SyntheticLight(size, pitch, capture.lampX, capture.lampY, capture.lampZ);
        this.sensor = new SyntheticSensor(capture, size, pitch, seed);
        int n = size * size;
        base = new float[n];
        shade = new float[n];
        highlight = new float[n];
        float[] sharp = new float[3 * n];
        measureHeights();
        lamp.shade(base, capture.ambient, surface.gloss(), shade, highlight);
        double brightness = paint(sharp);
        clean = blurred(sharp);
        colour = clean.clone();
        defect = kind == null
                ? null
                : new SyntheticDefect(kind, grade, difficulty, Noise.mix(seed, 5), base, size, pitch, brightness);
        if (defect != null) {
            if (difficulty == SyntheticDifficulty.HARD) {
                paintAsSeen(sharp);
            } else {
                defect.mark(defect.plain());
                paintOver();
            }
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

    /**
     * How much lighter or darker than without the defect its pixels are, as a share, in the mean over the mask and
     * before noise; 0 for a good part.
     */
    double contrast() {
        double sum = 0;
        int count = 0;
        for (int i = 0; defect != null && i < base.length; i++) {
            if (defect.mask[i]) {
                double without = clean[3 * i] + clean[3 * i + 1] + clean[3 * i + 2];
                double with = colour[3 * i] + colour[3 * i + 1] + colour[3 * i + 2];
                sum += Math.abs(with - without) / without;
                count++;
            }
        }
        return count == 0 ? 0 : sum / count;
    }

    RgbImage rgb() {
        return sensor.rgb(colour);
    }

    PointCloud xyz() {
        return defect == null
                ? sensor.xyz(base, base, new boolean[base.length])
                : sensor.xyz(base, defect.height, defect.mask);
    }

    private void measureHeights() {
        for (int i = 0; i < base.length; i++) {
            base[i] = (float) (capture.scale * surface.height(partX(i), partY(i)));
        }
    }

    private double partX(int i) {
        double x = (i % size + 0.5) * pitch - SyntheticCapture.FIELD / 2 - capture.shiftX;
        double y = (i / size + 0.5) * pitch - SyntheticCapture.FIELD / 2 - capture.shiftY;
        return (capture.cos * x + capture.sin * y) / capture.scale;
    }

    private double partY(int i) {
        double x = (i % size + 0.5) * pitch - SyntheticCapture.FIELD / 2 - capture.shiftX;
        double y = (i / size + 0.5) * pitch - SyntheticCapture.FIELD / 2 - capture.shiftY;
        return (capture.cos * y - capture.sin * x) / capture.scale;
    }

    /** Colours part and plane; returns the mean albedo of the part. */
    private double paint(float[] out) {
        double[] rgb = new double[3];
        long cloth = Noise.mix(seed, 4);
        double sum = 0;
        int count = 0;
        for (int i = 0; i < base.length; i++) {
            double u = (i % size + 0.5) / size;
            double v = (i / size + 0.5) / size;
            double cover = cover(i);
            double plane =
                    0.27 * (1 + 0.06 * fractal(cloth, 50 * u, 50 * v, 3) + 0.03 * fractal(cloth + 9, 5 * u, 5 * v, 2));
            if (cover > 0) {
                surface.albedo(partX(i), partY(i), base[i], rgb);
                sum += (rgb[0] + rgb[1] + rgb[2]) / 3;
                count++;
            }
            double light = shade[i] * vignette(i);
            out[3 * i] = (float) (lerp(0.96 * plane, rgb[0], cover) * light + cover * highlight[i]);
            out[3 * i + 1] = (float) (lerp(plane, rgb[1], cover) * light + cover * highlight[i]);
            out[3 * i + 2] = (float) (lerp(1.07 * plane, rgb[2], cover) * light + cover * highlight[i]);
        }
        return count == 0 ? 0 : sum / count;
    }

    private double cover(int i) {
        return step(0, 0.0015, base[i]);
    }

    private double vignette(int i) {
        double u = (i % size + 0.5) / size;
        double v = (i / size + 0.5) / size;
        return 1 - 0.25 * ((u - 0.5) * (u - 0.5) + (v - 0.5) * (v - 0.5));
    }

    /** The lens: a 1-2-1 kernel in both directions. */
    private float[] blurred(float[] sharp) {
        float[] across = new float[sharp.length];
        float[] out = new float[sharp.length];
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                int left = 3 * (y * size + Math.max(0, x - 1));
                int here = 3 * (y * size + x);
                int right = 3 * (y * size + Math.min(size - 1, x + 1));
                for (int c = 0; c < 3; c++) {
                    across[here + c] = (sharp[left + c] + 2 * sharp[here + c] + sharp[right + c]) / 4;
                }
            }
        }
        for (int y = 0; y < size; y++) {
            int above = 3 * Math.max(0, y - 1) * size;
            int here = 3 * y * size;
            int below = 3 * Math.min(size - 1, y + 1) * size;
            for (int k = 0; k < 3 * size; k++) {
                out[here + k] = (across[above + k] + 2 * across[here + k] + across[below + k]) / 4;
            }
        }
        return out;
    }

    /**
     * Blends a standard defect's colour in, past the lens; what stands out of the surface has its own shading, a stain
     * the part's, a dent or a bump none.
     */
    private void paintOver() {
        float[] light = shade;
        if (defect.kind == SyntheticDefect.Kind.CONTAMINATION) {
            light = new float[base.length];
            lamp.shade(defect.height, capture.ambient, surface.gloss(), light, highlight);
        }
        for (int i = 0; i < base.length; i++) {
            float w = defect.weight[i];
            if (w > 0) {
                for (int c = 0; c < 3; c++) {
                    double own = defect.colour[c] * light[i];
                    colour[3 * i + c] = (float) lerp(colour[3 * i + c], own, w);
                }
            }
        }
    }

    /** A hard defect as the camera sees it: shaded as it is shaped, through the lens, marked where a change is seen. */
    private void paintAsSeen(float[] sharp) {
        boolean[] touched = defect.touched();
        float[] light = new float[base.length];
        float[] shine = new float[base.length];
        lamp.shade(defect.height, capture.ambient, surface.gloss(), light, shine);
        double[] rgb = new double[3];
        float[] painted = sharp.clone();
        for (int i = 0; i < base.length; i++) {
            if (touched[i]) {
                surface.albedo(partX(i), partY(i), base[i], rgb);
                double cover = cover(i);
                float w = defect.weight[i];
                for (int c = 0; c < 3; c++) {
                    // The plane shows through at the part's very rim: what is left of its light stays.
                    double rest = sharp[3 * i + c] - cover * (rgb[c] * shade[i] * vignette(i) + highlight[i]);
                    double own = lerp(rgb[c], defect.colour[c], w) * light[i] * vignette(i) + (1 - w) * shine[i];
                    painted[3 * i + c] = (float) (rest + cover * own);
                }
            }
        }
        float[] through = blurred(painted);
        boolean[] seen = seen(touched, through);
        for (int i = 0; i < base.length; i++) {
            if (seen[i]) {
                System.arraycopy(through, 3 * i, colour, 3 * i, 3);
            }
        }
        defect.mark(seen);
    }

    /** Of the pixels that the defect touches and their neighbours, to which the lens spreads it: where it is seen. */
    private boolean[] seen(boolean[] touched, float[] through) {
        double highest = 0;
        double strongest = 0;
        for (int i = 0; i < base.length; i++) {
            highest = Math.max(highest, Math.abs(defect.height[i] - base[i]));
            strongest = Math.max(strongest, change(through, i));
        }
        boolean[] seen = new boolean[base.length];
        for (int i = 0; i < base.length; i++) {
            boolean raised = Math.abs(defect.height[i] - base[i]) > Math.min(SEEN_HEIGHT, highest / 2);
            boolean coloured = change(through, i) > Math.min(SEEN_COLOUR, strongest / 2);
            seen[i] = (raised || coloured) && near(touched, i);
        }
        return seen;
    }

    private double change(float[] through, int i) {
        double most = 0;
        for (int c = 0; c < 3; c++) {
            most = Math.max(most, Math.abs(through[3 * i + c] - clean[3 * i + c]));
        }
        return most;
    }

    private boolean near(boolean[] touched, int i) {
        int x = i % size;
        int y = i / size;
        boolean any = false;
        for (int v = Math.max(0, y - 1); v <= Math.min(size - 1, y + 1); v++) {
            for (int u = Math.max(0, x - 1); u <= Math.min(size - 1, x + 1); u++) {
                any |= touched[v * size + u];
            }
        }
        return any;
    }
}
