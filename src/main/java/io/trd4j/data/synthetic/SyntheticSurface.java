package io.trd4j.data.synthetic;

/**
 * The surface of one part in its own coordinates, metres, origin in its middle. {@code height} is 0 where the part is
 * not; {@code albedo} writes red, green, blue in [0, 1].
 */
interface SyntheticSurface {
    double height(double x, double y);

    void albedo(double x, double y, double height, double[] rgb);

    /** Strength of the highlight, 0 for matte. */
    double gloss();

    /** How far, radians, the part may lie turned from its usual direction. */
    double turn();
}
