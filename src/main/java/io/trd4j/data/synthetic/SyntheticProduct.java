package io.trd4j.data.synthetic;

import io.trd4j.data.Noise;
import io.trd4j.io.Keyed;
import java.util.SplittableRandom;

/** The products that {@link SyntheticParts} can make. */
public enum SyntheticProduct implements Keyed {
    /** A baked cookie with chocolate chips: round, rough, matte. */
    COOKIE(0.0010),
    /** A machined metal plate with holes, a slot and a pocket, brushed. */
    PLATE(0.0002),
    /** A rubber gasket with two grooves. */
    RING(0.0005),
    /** A piece of rope of three strands. */
    ROPE(0.0008),
    /** A folded cloth in waffle weave with two stripes: textured, soft, creased. */
    CLOTH(0.0010);

    /** By how much the outline of a hard category's normal part departs from the drawing, metres. */
    private final double tolerance;

    SyntheticProduct(double tolerance) {
        this.tolerance = tolerance;
    }

    /** The name on the command line, also the default category. */
    @Override
    public String key() {
        return Keyed.hyphenated(this);
    }

    /** One normal part: no two have the same shade, texture and detail. */
    SyntheticSurface create(long seed, SyntheticDifficulty difficulty) {
        SyntheticSurface surface = drawn(seed);
        return difficulty == SyntheticDifficulty.STANDARD
                ? surface
                : new SyntheticVariation(surface, tolerance, new SplittableRandom(Noise.mix(seed, 2)), seed);
    }

    private SyntheticSurface drawn(long seed) {
        SplittableRandom random = new SplittableRandom(Noise.mix(seed, 1));
        return switch (this) {
            case COOKIE -> new SyntheticCookie(random, seed);
            case PLATE -> new SyntheticPlate(random, seed);
            case RING -> new SyntheticRing(random, seed);
            case ROPE -> new SyntheticRope(random, seed);
            case CLOTH -> new SyntheticCloth(random, seed);
        };
    }
}
