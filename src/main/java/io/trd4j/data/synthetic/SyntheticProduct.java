package io.trd4j.data.synthetic;

import io.trd4j.data.Noise;
import java.util.Locale;
import java.util.SplittableRandom;

/** The products that {@link SyntheticParts} can make. */
public enum SyntheticProduct {
    /** A baked cookie with chocolate chips: round, rough, matte. */
    COOKIE,
    /** A machined metal plate with holes, a slot and a pocket, brushed. */
    PLATE,
    /** A rubber gasket with two grooves. */
    RING,
    /** A piece of rope of three strands. */
    ROPE,
    /** A folded cloth in waffle weave with two stripes: textured, soft, creased. */
    CLOTH;

    /** The name on the command line, also the default category. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The surface of one part in its own coordinates, metres, origin in its middle. {@code height} is 0 where the part
     * is not; {@code albedo} writes red, green, blue in [0, 1].
     */
    interface Surface {
        double height(double x, double y);

        void albedo(double x, double y, double height, double[] rgb);

        /** Strength of the highlight, 0 for matte. */
        double gloss();

        /** How far, radians, the part may lie turned from its usual direction. */
        double turn();
    }

    /** One normal part: no two have the same shade, texture and detail. */
    Surface create(long seed) {
        SplittableRandom random = new SplittableRandom(Noise.mix(seed, 1));
        return switch (this) {
            case COOKIE -> new SyntheticCookie(random, seed);
            case PLATE -> new SyntheticPlate(random, seed);
            case RING -> new SyntheticRing(random, seed);
            case ROPE -> new SyntheticRope(random, seed);
            case CLOTH -> new SyntheticCloth(random, seed);
        };
    }

    /** Uniform in [low, high). */
    static double between(SplittableRandom random, double low, double high) {
        return low + (high - low) * ((random.nextLong() >>> 11) * 0x1p-53);
    }
}
