package io.trd4j.data.synthetic;

import static io.trd4j.data.synthetic.SyntheticNoise.between;

import java.util.SplittableRandom;

/**
 * The circumstances in which one part is seen: how it lies, lamp, projector and camera. All are drawn, in a fixed
 * order, from the part's random numbers.
 */
final class SyntheticCapture {
    /** Width of the scene at the plane, metres. */
    static final double FIELD = 0.16;
    /** Focal length in widths of the image. */
    static final double FOCAL = 0.62 / FIELD;

    /**
     * How far the circumstances of one difficulty spread. Uniform within ± the value, or within the interval.
     *
     * @param shift of the part, metres
     * @param tilt of the plane, metres per metre
     * @param azimuth of the lamp, radians; {@code elevation} too
     * @param gain of the sensor
     * @param warmth share by which red grows and blue falls
     * @param gradient of the light over the field, as a share of it
     * @param colourNoise deviation of a colour in [0, 1] at black
     * @param shotNoise deviation that comes on top at white
     * @param depthNoise deviation of a height, metres
     * @param waviness deviation of the correlated part of that noise, as a share of it
     * @param depthStep to which depths are rounded, metres; 0 for none
     * @param speckle share of points that are missing anywhere
     */
    private record Spread(
            double[] scale,
            double shift,
            double tilt,
            double azimuth,
            double elevation,
            double[] gain,
            double warmth,
            double gradient,
            double[] ambient,
            double colourNoise,
            double shotNoise,
            double[] depthNoise,
            double waviness,
            double depthStep,
            double speckle) {}

    private static final Spread STANDARD = new Spread(
            new double[] {0.96, 1.04},
            0.005,
            0.08,
            0.2,
            0.06,
            new double[] {0.95, 1.05},
            0,
            0,
            new double[] {0.44, 0.44},
            0.007,
            0,
            new double[] {0.00006, 0.00006},
            0,
            0,
            0.002);
    private static final Spread HARD = new Spread(
            new double[] {0.95, 1.05},
            0.008,
            0.12,
            0.5,
            0.15,
            new double[] {0.78, 1.06},
            0.08,
            0.2,
            new double[] {0.38, 0.58},
            0.008,
            0.014,
            new double[] {0.000045, 0.000055},
            0.5,
            0.00002,
            0.01);

    // Pose of the part on the plane, and of the plane.
    final double cos;
    final double sin;
    final double scale;
    final double shiftX;
    final double shiftY;
    final double distance;
    final double tiltX;
    final double tiltY;
    // Direction of the lamp, and the light that comes from everywhere.
    final double lampX;
    final double lampY;
    final double lampZ;
    final double ambient;
    /** Direction halfway between the projector of the 3D camera and its eye. */
    final double glintX;

    final double glintY;
    final double glintZ;
    /** Strength of the projector's glints where a surface mirrors it into the camera; 0 where they cost no point. */
    final double glint;
    /** Whether points are missing where the projector does not reach. */
    final boolean occlusion;

    final double colourNoise;
    final double shotNoise;
    final double depthNoise;
    final double waviness;
    final double depthStep;
    final double speckle;

    private final double[] gain;
    private final double gradientX;
    private final double gradientY;

    SyntheticCapture(SyntheticDifficulty difficulty, SplittableRandom random, SyntheticSurface surface) {
        boolean hard = difficulty == SyntheticDifficulty.HARD;
        Spread spread = hard ? HARD : STANDARD;
        double turn = within(random, surface.turn());
        cos = StrictMath.cos(turn);
        sin = StrictMath.sin(turn);
        scale = between(random, spread.scale[0], spread.scale[1]);
        shiftX = within(random, spread.shift);
        shiftY = within(random, spread.shift);
        distance = between(random, 0.60, 0.64);
        tiltX = within(random, spread.tilt);
        tiltY = within(random, spread.tilt);
        double azimuth = 3.9 + within(random, spread.azimuth);
        double elevation = 0.9 + within(random, spread.elevation);
        lampX = StrictMath.cos(azimuth) * StrictMath.cos(elevation);
        lampY = StrictMath.sin(azimuth) * StrictMath.cos(elevation);
        lampZ = StrictMath.sin(elevation);
        double exposure = between(random, spread.gain[0], spread.gain[1]);
        // From here on standard parts draw nothing that shows.
        double warmth = within(random, spread.warmth);
        double tint = within(random, spread.warmth / 4);
        gain = new double[] {exposure * (1 + warmth), exposure * (1 + tint), exposure * (1 - warmth)};
        double uphill = between(random, 0, 2 * Math.PI);
        double steep = between(random, 0, spread.gradient);
        gradientX = steep * StrictMath.cos(uphill);
        gradientY = steep * StrictMath.sin(uphill);
        ambient = between(random, spread.ambient[0], spread.ambient[1]);
        depthNoise = between(random, spread.depthNoise[0], spread.depthNoise[1]);
        colourNoise = spread.colourNoise;
        shotNoise = spread.shotNoise;
        waviness = spread.waviness;
        depthStep = spread.depthStep;
        speckle = spread.speckle;
        // The projector stands left of the camera, 20 degrees off: halfway is 10.
        glintX = -0.17364817766693033;
        glintY = 0;
        glintZ = 0.984807753012208;
        glint = hard ? Math.min(1, surface.gloss() / 0.15) : 0;
        occlusion = hard;
    }

    /** Light at a place of the image, as a factor of a channel's values; u and v run from 0 to 1. */
    double gain(int channel, double u, double v) {
        return gain[channel] * (1 + gradientX * (u - 0.5) + gradientY * (v - 0.5));
    }

    private static double within(SplittableRandom random, double most) {
        return between(random, -most, most);
    }
}
