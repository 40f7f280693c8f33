package io.trd4j.data;

import static org.bytedeco.opencv.global.opencv_core.BORDER_CONSTANT;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_imgproc.MORPH_CLOSE;
import static org.bytedeco.opencv.global.opencv_imgproc.MORPH_RECT;
import static org.bytedeco.opencv.global.opencv_imgproc.getStructuringElement;
import static org.bytedeco.opencv.global.opencv_imgproc.morphologyDefaultBorderValue;
import static org.bytedeco.opencv.global.opencv_imgproc.morphologyEx;

import io.trd4j.io.InputException;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Steps 2 to 5 of SPEC section 5: the background plane is removed from an organised point cloud, what remains of z is
 * scaled to a range, and small gaps are filled.
 *
 * <p>Keeps its buffers between calls; used by one thread at a time.
 */
final class DepthImage {
    /** Points nearer to the background plane are background, metres. */
    static final float PLANE_DISTANCE = 0.005f;
    /** Beyond it a coordinate, metres, is not a measurement; keeps every sum and product below finite. */
    private static final float MAX_COORDINATE = 1e6f;
    /** Three corners span a plane when the sine of their angle is above this; float rounding stays far below. */
    private static final double MIN_SINE = 1e-5;

    private int width;
    private int height;
    private byte[] mask = {};
    private float[] depth = {};
    private float[] spare = {};

    /** Foreground after closing, 0 or 1, of the last call; valid up to width * height of it. */
    byte[] mask() {
        return mask;
    }

    /** The scaled depth of the last call, 0 = missing; valid up to width * height of it. */
    float[] depth() {
        return depth;
    }

    /** Sets a point to (0, 0, 0) when it is not a measurement. */
    static void copyClean(float[] from, int i, float[] to, int j) {
        boolean measured = Math.abs(from[i]) <= MAX_COORDINATE && Math.abs(from[i + 1]) <= MAX_COORDINATE
                && Math.abs(from[i + 2]) <= MAX_COORDINATE; // false for NaN
        to[j] = measured ? from[i] : 0;
        to[j + 1] = measured ? from[i + 1] : 0;
        to[j + 2] = measured ? from[i + 2] : 0;
    }

    /**
     * @param xyz clean points, row by row, {@code 3 * width * height}
     * @param low what the smallest foreground z becomes; the largest becomes {@code high}; where all are equal, low
     * @param source what an error names
     * @throws InputException when no point is foreground
     */
    void compute(float[] xyz, int width, int height, float low, float high, String source) {
        this.width = width;
        this.height = height;
        int n = width * height;
        if (mask.length < n) {
            mask = new byte[n];
            depth = new float[n];
            spare = new float[n];
        }
        if (width < 3 || height < 3) {
            throw new InputException(source + " has only " + width + "x" + height + " points; at least 3x3 are needed");
        }
        foreground(xyz, n);
        close();
        scale(xyz, n, low, high, source);
        fill();
        fill();
    }

    private void foreground(float[] xyz, int n) {
        float[] p1 = corner(xyz, 0, 0);
        float[] p2 = corner(xyz, width - 3, 0);
        float[] p3 = corner(xyz, 0, height - 3);
        float ax = p3[0] - p1[0];
        float ay = p3[1] - p1[1];
        float az = p3[2] - p1[2];
        float bx = p2[0] - p1[0];
        float by = p2[1] - p1[1];
        float bz = p2[2] - p1[2];
        float nx = ay * bz - az * by;
        float ny = az * bx - ax * bz;
        float nz = ax * by - ay * bx;
        float offset = -(nx * p1[0] + ny * p1[1] + nz * p1[2]);
        float length = (float) Math.sqrt(nx * nx + ny * ny + nz * nz);
        double sides = Math.sqrt(((double) ax * ax + (double) ay * ay + (double) az * az)
                * ((double) bx * bx + (double) by * by + (double) bz * bz));
        boolean plane = length > MIN_SINE * sides && length <= Float.MAX_VALUE;
        for (int i = 0, p = 0; i < n; i++, p += 3) {
            boolean apart = !plane
                    || Math.abs(nx * xyz[p] + ny * xyz[p + 1] + nz * xyz[p + 2] + offset) / length > PLANE_DISTANCE;
            mask[i] = (byte) (apart && xyz[p + 2] != 0 ? 1 : 0);
        }
    }

    private float[] corner(float[] xyz, int left, int top) {
        float[] sum = new float[3];
        int count = 0;
        for (int y = top; y < top + 3; y++) {
            for (int x = left; x < left + 3; x++) {
                int p = 3 * (y * width + x);
                sum[0] += xyz[p];
                sum[1] += xyz[p + 1];
                sum[2] += xyz[p + 2];
                count += xyz[p + 2] != 0 ? 1 : 0;
            }
        }
        float divisor = (float) Math.max(count, 1e-12);
        for (int c = 0; c < 3; c++) {
            // Without a valid point the sum is 0 as well, unless x or y were measured without z: no corner then.
            sum[c] = count == 0 ? 0 : sum[c] / divisor;
        }
        return sum;
    }

    private void close() {
        try (PointerScope scope = new PointerScope(); BytePointer data = new BytePointer((long) width * height)) {
            data.put(mask, 0, width * height);
            Mat image = new Mat(height, width, CV_8UC1, data);
            Mat ones = getStructuringElement(MORPH_RECT, new Size(3, 3));
            morphologyEx(image, image, MORPH_CLOSE, ones, new Point(-1, -1), 3, BORDER_CONSTANT,
                    morphologyDefaultBorderValue());
            data.get(mask, 0, width * height);
        }
    }

    private void scale(float[] xyz, int n, float low, float high, String source) {
        float min = Float.POSITIVE_INFINITY;
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            float z = mask[i] != 0 ? xyz[3 * i + 2] : 0;
            depth[i] = z;
            if (z != 0) {
                min = Math.min(min, z);
                max = Math.max(max, z);
            }
        }
        if (max < min) {
            throw new InputException(source + " has no valid point more than 5 mm off the background plane; "
                    + "check that the part is in view and that the coordinates are metres");
        }
        float range = max - min;
        for (int i = 0; i < n; i++) {
            if (depth[i] != 0) {
                depth[i] = range > 0 ? (depth[i] - min) / range * (high - low) + low : low;
            }
        }
    }

    /** Each missing pixel becomes the mean of its positive neighbours, all at once. */
    private void fill() {
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int i = y * width + x;
                spare[i] = depth[i] != 0 ? depth[i] : neighbours(x, y);
            }
        }
        float[] swap = depth;
        depth = spare;
        spare = swap;
    }

    private float neighbours(int x, int y) {
        float sum = 0;
        int positive = 0;
        for (int v = Math.max(y - 1, 0); v <= Math.min(y + 1, height - 1); v++) {
            for (int u = Math.max(x - 1, 0); u <= Math.min(x + 1, width - 1); u++) {
                float value = depth[v * width + u];
                sum += value;
                positive += value > 0 ? 1 : 0;
            }
        }
        return positive == 0 ? 0 : sum / positive;
    }
}
