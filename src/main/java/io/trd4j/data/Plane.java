package io.trd4j.data;

/** The plane z = a x + b y + c through points, by least squares; used again after {@link #reset}. */
public final class Plane {
    /** Fewer points do not say where a plane lies. */
    private static final int MIN_POINTS = 12;

    private int n;
    private double x0;
    private double y0;
    private double x;
    private double y;
    private double z;
    private double xx;
    private double xy;
    private double yy;
    private double xz;
    private double yz;

    /** Forgets all points. */
    public void reset() {
        n = 0;
        x = y = z = xx = xy = yy = xz = yz = 0;
    }

    /** Sums are around the first point: differences of large squares would lose the digits that matter. */
    public void add(double px, double py, double pz) {
        if (n++ == 0) {
            x0 = px;
            y0 = py;
        }
        double u = px - x0;
        double v = py - y0;
        x += u;
        y += v;
        z += pz;
        xx += u * u;
        xy += u * v;
        yy += v * v;
        xz += u * pz;
        yz += v * pz;
    }

    /** Of the points added. */
    public int points() {
        return n;
    }

    /** Mean z of the points; NaN without any. */
    public double meanZ() {
        return z / n;
    }

    /** a; NaN with fewer than 12 points, or with points on one line. */
    public double slopeX() {
        return (cxz() * cyy() - cyz() * cxy()) / determinant();
    }

    /** b; NaN as {@link #slopeX}. */
    public double slopeY() {
        return (cyz() * cxx() - cxz() * cxy()) / determinant();
    }

    /** Height of the plane; NaN as {@link #slopeX}. */
    public double z(double px, double py) {
        return z / n + slopeX() * (px - x0 - x / n) + slopeY() * (py - y0 - y / n);
    }

    private double cxx() {
        return xx - x * x / n;
    }

    private double cxy() {
        return xy - x * y / n;
    }

    private double cyy() {
        return yy - y * y / n;
    }

    private double cxz() {
        return xz - x * z / n;
    }

    private double cyz() {
        return yz - y * z / n;
    }

    private double determinant() {
        double determinant = cxx() * cyy() - cxy() * cxy();
        return n >= MIN_POINTS && determinant > 1e-12 * cxx() * cyy() ? determinant : Double.NaN;
    }
}
