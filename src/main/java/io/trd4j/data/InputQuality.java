package io.trd4j.data;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * Measures of a part's raw images, whatever their layout and size: what tells a bad exposure, a lost focus, a failing
 * sensor or a moved camera. Taken at up to 64 x 64 positions of each image, evenly spaced, so that they cost the same
 * for every resolution. All are finite for every input. Filled again by every {@link #measure}, which allocates
 * nothing.
 */
public final class InputQuality {
    private static final int POSITIONS = 64;
    /**
     * Of a channel: at or below it is dark, at or above the other saturated. Compression moves black and white by a
     * step or two.
     */
    private static final int DARK = 2;

    private static final int SATURATED = 254;

    private final Plane plane = new Plane();
    /** Columns that are looked at: computed once per image, as divisions cost more than all else. */
    private final int[] at = new int[POSITIONS];

    private int rgbWidth;
    private int rgbHeight;
    private int secondWidth;
    private int secondHeight;
    private double red;
    private double green;
    private double blue;
    private double saturatedShare;
    private double darkShare;
    private double sharpness;
    private double validDepthShare;
    private double meanDepth;
    private double tiltX;
    private double tiltY;

    /** Measures what there is of a part; what is missing has the size 0 x 0, and 0 for every measure. */
    public void measure(Part part) {
        colour(part.rgb());
        if (part.normals() != null) {
            normals(part.normals());
        } else {
            points(part.xyz());
        }
    }

    private static int positions(int side) {
        return Math.min(side, POSITIONS);
    }

    private int columns(int width) {
        int columns = positions(width);
        for (int i = 0; i < columns; i++) {
            at[i] = position(i, width);
        }
        return columns;
    }

    /** The middle of the i-th of equal pieces. */
    private static int position(int i, int side) {
        return (int) ((2L * i + 1) * side / (2L * positions(side)));
    }

    private void colour(RgbImage image) {
        rgbWidth = image == null ? 0 : image.width();
        rgbHeight = image == null ? 0 : image.height();
        byte[] array = image == null ? null : image.pixels().array();
        ByteBuffer buffer = image == null ? null : (ByteBuffer) image.pixels().buffer();
        int stride = image == null ? 0 : image.pixels().rowElements(Byte.BYTES);
        long sumRed = 0;
        long sumGreen = 0;
        long sumBlue = 0;
        long squares = 0;
        long saturated = 0;
        long dark = 0;
        long edges = 0;
        long edgePositions = 0;
        int columns = columns(rgbWidth);
        int rows = positions(rgbHeight);
        for (int j = 0; j < rows; j++) {
            int y = position(j, rgbHeight);
            for (int i = 0; i < columns; i++) {
                int x = at[i];
                int pixel = y * stride + 3 * x;
                int r = channel(array, buffer, pixel);
                int g = channel(array, buffer, pixel + 1);
                int b = channel(array, buffer, pixel + 2);
                int grey = r + g + b;
                sumRed += r;
                sumGreen += g;
                sumBlue += b;
                squares += (long) grey * grey;
                saturated += Math.max(r, Math.max(g, b)) >= SATURATED ? 1 : 0;
                dark += Math.max(r, Math.max(g, b)) <= DARK ? 1 : 0;
                if (x > 0 && y > 0 && x < rgbWidth - 1 && y < rgbHeight - 1) {
                    edges += Math.abs(4 * grey
                            - grey(array, buffer, pixel - 3)
                            - grey(array, buffer, pixel + 3)
                            - grey(array, buffer, pixel - stride)
                            - grey(array, buffer, pixel + stride));
                    edgePositions++;
                }
            }
        }
        double n = Math.max(1, (double) columns * rows);
        red = sumRed / n;
        green = sumGreen / n;
        blue = sumBlue / n;
        saturatedShare = saturated / n;
        darkShare = dark / n;
        double mean = red + green + blue;
        double deviation = Math.sqrt(Math.max(0, squares / n - mean * mean));
        sharpness = edgePositions == 0 || deviation == 0 ? 0 : edges / (double) edgePositions / deviation;
    }

    private static int channel(byte[] array, ByteBuffer buffer, int i) {
        return (array != null ? array[i] : buffer.get(i)) & 0xff;
    }

    private static int grey(byte[] array, ByteBuffer buffer, int i) {
        return channel(array, buffer, i) + channel(array, buffer, i + 1) + channel(array, buffer, i + 2);
    }

    private void normals(RgbImage image) {
        points(null);
        secondWidth = image.width();
        secondHeight = image.height();
        byte[] array = image.pixels().array();
        ByteBuffer buffer = (ByteBuffer) image.pixels().buffer();
        int stride = image.pixels().rowElements(Byte.BYTES);
        int columns = columns(secondWidth);
        int rows = positions(secondHeight);
        long seen = 0;
        for (int j = 0; j < rows; j++) {
            int row = position(j, secondHeight) * stride;
            for (int i = 0; i < columns; i++) {
                int pixel = row + 3 * at[i];
                seen += Math.max(
                                        channel(array, buffer, pixel),
                                        Math.max(channel(array, buffer, pixel + 1), channel(array, buffer, pixel + 2)))
                                > DARK
                        ? 1
                        : 0;
            }
        }
        validDepthShare = seen / ((double) columns * rows);
    }

    private void points(PointCloud cloud) {
        secondWidth = cloud == null ? 0 : cloud.width();
        secondHeight = cloud == null ? 0 : cloud.height();
        float[] array = cloud == null ? null : cloud.points().array();
        FloatBuffer buffer = cloud == null ? null : (FloatBuffer) cloud.points().buffer();
        int stride = cloud == null ? 0 : cloud.points().rowElements(Float.BYTES);
        int columns = columns(secondWidth);
        int rows = positions(secondHeight);
        plane.reset();
        for (int j = 0; j < rows; j++) {
            int row = position(j, secondHeight) * stride;
            for (int i = 0; i < columns; i++) {
                int point = row + 3 * at[i];
                float x = array != null ? array[point] : buffer.get(point);
                float y = array != null ? array[point + 1] : buffer.get(point + 1);
                float z = array != null ? array[point + 2] : buffer.get(point + 2);
                if (PointCloud.isPoint(x, y, z)) {
                    plane.add(x, y, z);
                }
            }
        }
        validDepthShare = plane.points() / Math.max(1, (double) columns * rows);
        meanDepth = plane.points() == 0 ? 0 : plane.meanZ();
        tiltX = degrees(plane.slopeX());
        tiltY = degrees(plane.slopeY());
    }

    private static double degrees(double slope) {
        return Double.isFinite(slope) ? Math.toDegrees(Math.atan(slope)) : 0;
    }

    /** Pixels per row of the colour image. */
    public int rgbWidth() {
        return rgbWidth;
    }

    public int rgbHeight() {
        return rgbHeight;
    }

    /** Points, or pixels of the surface-normal image, per row. */
    public int secondWidth() {
        return secondWidth;
    }

    public int secondHeight() {
        return secondHeight;
    }

    /** Mean of the channel, 0 to 255. */
    public double red() {
        return red;
    }

    public double green() {
        return green;
    }

    public double blue() {
        return blue;
    }

    /** Mean of the three channels, 0 to 255. */
    public double brightness() {
        return (red + green + blue) / 3;
    }

    /** Share of pixels of which a channel is 254 or more. */
    public double saturatedShare() {
        return saturatedShare;
    }

    /** Share of pixels of which all channels are 2 or less. */
    public double darkShare() {
        return darkShare;
    }

    /** Whether there is a colour image, and every pixel of it is dark. */
    public boolean black() {
        return rgbWidth > 0 && darkShare >= 1;
    }

    /**
     * Mean magnitude of grey's Laplacian (4 neighbours) over grey's standard deviation: falls with blur, and does not
     * depend on how bright or rich in contrast the image is. Noise raises it. 0 for an even image.
     */
    public double sharpness() {
        return sharpness;
    }

    /**
     * Share of points that are valid ({@link PointCloud}); of a surface-normal image: share of its pixels that are not
     * dark.
     */
    public double validDepthShare() {
        return validDepthShare;
    }

    /** Mean z of the valid points, metres; 0 without any. */
    public double meanDepth() {
        return meanDepth;
    }

    /** Slope of the plane through the valid points along x, degrees; 0 when they give none. */
    public double tiltX() {
        return tiltX;
    }

    /** Slope of that plane along y, degrees. */
    public double tiltY() {
        return tiltY;
    }
}
