package io.trd4j.data;

import java.nio.ByteBuffer;

/**
 * Measures of a part's raw images, whatever their layout and size: what tells a bad exposure, a lost focus, a failing
 * sensor or a moved camera. Taken at up to 64 x 64 positions of each image, evenly spaced, so that they cost the same
 * for every resolution. All are finite for every input. Filled again by every {@link #measure}, which allocates
 * nothing.
 */
public final class InputQuality {
    /**
     * Of a channel: at or below it is dark, at or above the other saturated. Compression moves black and white by a
     * step or two.
     */
    private static final int DARK = 2;

    private static final int SATURATED = 254;

    private final Plane plane = new Plane();
    /** Columns that are looked at: computed once per image, as divisions cost more than all else. */
    private final int[] at = new int[PointSample.SIDE];

    private final PointSample points = new PointSample();

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
            normals(part.normals().image());
        } else {
            points(part.xyz(), PointCloud.MAX_METRES);
        }
    }

    /**
     * Measures points alone, in whatever unit they are.
     *
     * @param limit points with a coordinate beyond it are missing
     */
    void measure(PointCloud cloud, float limit) {
        colour(null);
        points(cloud, limit);
    }

    private int columns(int width) {
        int columns = PointSample.positions(width);
        for (int i = 0; i < columns; i++) {
            at[i] = PointSample.position(i, width);
        }
        return columns;
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
        int rows = PointSample.positions(rgbHeight);
        for (int j = 0; j < rows; j++) {
            int y = PointSample.position(j, rgbHeight);
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
        points(null, 0);
        secondWidth = image.width();
        secondHeight = image.height();
        byte[] array = image.pixels().array();
        ByteBuffer buffer = (ByteBuffer) image.pixels().buffer();
        int stride = image.pixels().rowElements(Byte.BYTES);
        int columns = columns(secondWidth);
        int rows = PointSample.positions(secondHeight);
        long seen = 0;
        for (int j = 0; j < rows; j++) {
            int row = PointSample.position(j, secondHeight) * stride;
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

    private void points(PointCloud cloud, float limit) {
        secondWidth = cloud == null ? 0 : cloud.width();
        secondHeight = cloud == null ? 0 : cloud.height();
        points.read(cloud, limit);
        plane.reset();
        for (int j = 0; j < points.rows; j++) {
            for (int k = j * PointSample.SIDE; k < j * PointSample.SIDE + points.columns; k++) {
                if (points.z[k] != 0) {
                    plane.add(points.x[k], points.y[k], points.z[k]);
                }
            }
        }
        validDepthShare = plane.points() / Math.max(1, (double) points.columns * points.rows);
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

    /** How many of the positions that are looked at have a valid point. */
    public int validPoints() {
        return points.points();
    }

    /** Mean distance from a point to its neighbour in a row, metres; 0 without neighbours. */
    public double pointSpacing() {
        return points.spacing();
    }

    /** Length of a row of points over the surface, metres: the spacing times the points in a row. */
    public double fieldWidth() {
        return points.spacing() * secondWidth;
    }

    /**
     * The coordinate that changes from column to column: 1, 2 or 3 for x, y or z, negative where it falls; 0 where none
     * changes more than twice as much as each other.
     */
    public int axisOfColumns() {
        return points.axisOfColumns();
    }

    /** The coordinate that changes from row to row, as {@link #axisOfColumns}. */
    public int axisOfRows() {
        return points.axisOfRows();
    }

    /**
     * A depth that eight and more of the points have to the last bit, far from all others: a mark for missing points
     * that is not known as one ({@link PointConvention}); 0 = there is none.
     */
    public float recurringDepth() {
        return points.recurringDepth();
    }
}
