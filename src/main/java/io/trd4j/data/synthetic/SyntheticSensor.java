package io.trd4j.data.synthetic;

import static io.trd4j.data.Noise.gaussian;
import static io.trd4j.data.Noise.uniform;
import static io.trd4j.data.synthetic.SyntheticNoise.smooth;
import static io.trd4j.data.synthetic.SyntheticNoise.step;

import io.trd4j.data.Noise;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;

/**
 * A 3D camera: turns colours and heights as they are into those it measures, with noise and missing points. Noise and
 * losses belong to a pixel: they are the same with and without a defect in it.
 */
final class SyntheticSensor {
    private final int size;
    private final long seed;
    private final double pitch;
    private final SyntheticCapture capture;
    private final SyntheticLight projector;

    /** @param seed of the part */
    SyntheticSensor(SyntheticCapture capture, int size, double pitch, long seed) {
        this.capture = capture;
        this.size = size;
        this.pitch = pitch;
        this.seed = seed;
        // Twice as far from the upright as the direction halfway to the camera.
        double x = 2 * capture.glintX * capture.glintZ;
        this.projector = new SyntheticLight(size, pitch, x, 0, 2 * capture.glintZ * capture.glintZ - 1);
    }

    /** @param colour red, green, blue per pixel, 1 for white */
    RgbImage rgb(float[] colour) {
        byte[] rgb = new byte[colour.length];
        long noise = Noise.mix(seed, 6);
        double read = capture.colourNoise * capture.colourNoise;
        double shot = capture.shotNoise * capture.shotNoise;
        for (int i = 0; i < rgb.length; i++) {
            int pixel = i / 3;
            double u = (pixel % size + 0.5) / size;
            double v = (pixel / size + 0.5) / size;
            double light = capture.gain(i % 3, u, v) * colour[i];
            double value = light + Math.sqrt(read + shot * light) * gaussian(noise, i);
            rgb[i] = (byte) Math.round(255 * Math.max(0, Math.min(1, value)));
        }
        return new RgbImage(size, size, rgb);
    }

    /**
     * @param base the surface without its defect, metres above the plane: where {@code changed} is not set, even the
     *     losses are those of this
     * @param height the surface
     */
    PointCloud xyz(float[] base, float[] height, boolean[] changed) {
        float[] xyz = new float[3 * size * size];
        long noise = Noise.mix(seed, 7);
        long loss = Noise.mix(seed, 8);
        double slant = Math.sqrt(1 + capture.tiltX * capture.tiltX + capture.tiltY * capture.tiltY);
        for (int y = 0, i = 0; y < size; y++) {
            double rayY = (y + 0.5 - size / 2.0) / (SyntheticCapture.FOCAL * size);
            for (int x = 0; x < size; x++, i++) {
                float[] seen = changed[i] ? height : base;
                double dx = projector.slopeX(seen, x, y);
                double dy = projector.slopeY(seen, x, y);
                double slope = Math.sqrt(dx * dx + dy * dy);
                if (uniform(loss, i) < lost(seen, x, y, dx, dy, slope)) {
                    continue;
                }
                double rayX = (x + 0.5 - size / 2.0) / (SyntheticCapture.FOCAL * size);
                double above = height[i] + capture.depthNoise * gaussian(noise, i);
                if (capture.waviness > 0) {
                    // Neighbouring points are measured from the same fringes, and a slanted spot is wide.
                    double wave = 2 * capture.waviness * smooth(noise + 1, x * pitch / 0.0025, y * pitch / 0.0025);
                    above += capture.depthNoise * (wave + 0.5 * Math.min(slope, 3) * gaussian(noise + 2, i));
                }
                double z = (capture.distance - above * slant) / (1 - capture.tiltX * rayX - capture.tiltY * rayY);
                if (capture.depthStep > 0) {
                    z = capture.depthStep * Math.rint(z / capture.depthStep);
                }
                xyz[3 * i] = (float) (rayX * z);
                xyz[3 * i + 1] = (float) (rayY * z);
                xyz[3 * i + 2] = (float) z;
            }
        }
        return new PointCloud(size, size, xyz);
    }

    /** The probability that a point is missing. */
    private double lost(float[] seen, int x, int y, double dx, double dy, double slope) {
        double lost = capture.speckle + 0.75 * step(1.1, 3.5, slope);
        if (capture.occlusion) {
            lost += 0.9 * step(0.4, 0.9, projector.shadow(seen, x, y));
        }
        if (capture.glint > 0) {
            double sx = dx - capture.tiltX;
            double sy = dy - capture.tiltY;
            double toCamera = capture.glintZ - sx * capture.glintX - sy * capture.glintY;
            double mirror = Math.max(0, toCamera / Math.sqrt(1 + sx * sx + sy * sy));
            double patch = 0.4 + 0.9 * smooth(Noise.mix(seed, 9), x * pitch / 0.008, y * pitch / 0.008);
            lost += 0.9 * step(0.45, 0.85, capture.glint * StrictMath.pow(mirror, 200) * patch);
        }
        return lost;
    }
}
