package io.trd4j.align;

/** An affine map between two images' pixels: x' = a x + b y + c, y' = d x + e y + f; 0 = the first pixel's centre. */
final class Affine {
    /** Lengths change by this factor at most: with the distance, and where a part is tilted. */
    private static final double MOST = 1.45;

    double a = 1;
    double b;
    double c;
    double d;
    double e = 1;
    double f;

    double x(double x, double y) {
        return a * x + b * y + c;
    }

    double y(double x, double y) {
        return d * x + e * y + f;
    }

    void set(double newA, double newB, double newC, double newD, double newE, double newF) {
        a = newA;
        b = newB;
        c = newC;
        d = newD;
        e = newE;
        f = newF;
    }

    /**
     * Whether lengths change little in every direction: beyond, one shape is made of another.
     *
     * @param scale by which they are to change
     * @param aspect height over width of a pixel, in both images
     */
    boolean keepsShape(double scale, double aspect) {
        double across = b / aspect;
        double down = d * aspect;
        double squares = (a * a + across * across + down * down + e * e) / (scale * scale);
        double product = Math.abs(determinant()) / (scale * scale);
        // Singular values p >= q: p² + q² and p q are these.
        double root = Math.sqrt(Math.max(0, squares * squares - 4 * product * product));
        return (squares + root) / 2 <= MOST * MOST && (squares - root) / 2 >= 1 / (MOST * MOST);
    }

    double determinant() {
        return a * e - b * d;
    }

    /** Becomes the other one's inverse, which must have a determinant other than 0. */
    void invert(Affine other) {
        double det = other.determinant();
        double ia = other.e / det;
        double ib = -other.b / det;
        double id = -other.d / det;
        double ie = other.a / det;
        set(ia, ib, -ia * other.c - ib * other.f, id, ie, -id * other.c - ie * other.f);
    }

    /** Becomes this after {@code first}: first is applied to a pixel, then what this was. */
    void after(Affine first) {
        set(
                a * first.a + b * first.d,
                a * first.b + b * first.e,
                a * first.c + b * first.f + c,
                d * first.a + e * first.d,
                d * first.b + e * first.e,
                d * first.c + e * first.f + f);
    }

    /**
     * Becomes another map between images of other resolutions.
     *
     * @param domain pixels here per pixel there, in the image that is mapped from
     * @param range pixels here per pixel there, in the image that is mapped to
     */
    void rescale(Affine there, double domain, double range) {
        double ratio = range / domain;
        double centre = 0.5 / domain - 0.5;
        set(
                there.a * ratio,
                there.b * ratio,
                range * (there.x(centre, centre) + 0.5) - 0.5,
                there.d * ratio,
                there.e * ratio,
                range * (there.y(centre, centre) + 0.5) - 0.5);
    }
}
