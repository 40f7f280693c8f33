package io.trd4j.data;

/**
 * A pinhole camera without distortion: the point at column u and row v with depth z has x = (u - cx) / fx · z and y =
 * (v - cy) / fy · z.
 *
 * @param fx focal length, pixels
 * @param fy focal length, pixels
 * @param cx column of the principal point, pixels; 0 is the middle of the first
 * @param cy row of the principal point, pixels
 */
public record Intrinsics(double fx, double fy, double cx, double cy) {
    public Intrinsics {
        if (!(fx > 0 && fy > 0) || !Double.isFinite(fx + fy + cx + cy)) {
            throw new IllegalArgumentException("intrinsics need positive focal lengths and a principal point, not fx "
                    + fx + ", fy " + fy + ", cx " + cx + ", cy " + cy);
        }
    }
}
