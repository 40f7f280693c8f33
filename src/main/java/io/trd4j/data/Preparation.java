package io.trd4j.data;

import io.trd4j.io.InputException;

/**
 * Turns a part into the network's two inputs (SPEC section 5): 3 x size x size floats each, channel-major, normalised
 * with ImageNet's mean and standard deviation.
 *
 * <p>Defined beyond the specification, so that every result is finite:
 * <ul>
 * <li>a point with a coordinate that is NaN, infinite or beyond 1000 km is missing;
 * <li>the three corners span no plane (all missing, or in one line: the part fills the frame): every valid point is
 *     foreground; a single corner without any valid point counts as the origin, as the specification has it;
 * <li>all foreground points have the same z: they get the low end of the range;
 * <li>no foreground point at all, or fewer than 3 x 3 points: {@link InputException} naming the file.
 * </ul>
 * The colour image and the point cloud may differ in size and need not be square.
 *
 * <p>Keeps buffers between calls: used by one thread at a time.
 */
public final class Preparation {
    private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
    private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

    private final int size;
    private final Modality modality;
    private final int normalKernel;
    private final float[][] table = new float[3][256];
    private final byte[] small;
    private final DepthImage depth = new DepthImage();
    private final NormalImage normals = new NormalImage();
    private final float[] interleaved;
    private float[] points = {};
    private PillowResize rgbResize;
    private PillowResize normalsResize;

    /**
     * @param size S, pixels
     * @param modality what {@link #second} makes of a point cloud
     * @param normalKernel aperture of the Sobel derivatives, 3, 5 or 7; used for {@link Modality#NORMALS} only
     */
    public Preparation(int size, Modality modality, int normalKernel) {
        if (size < 1 || size > 4096) {
            throw new IllegalArgumentException("size " + size + " is not in 1..4096");
        }
        if (modality == Modality.NORMALS && normalKernel != 3 && normalKernel != 5 && normalKernel != 7) {
            throw new IllegalArgumentException("normal kernel " + normalKernel + " is not 3, 5 or 7");
        }
        this.size = size;
        this.modality = modality;
        this.normalKernel = normalKernel;
        this.small = new byte[3 * size * size];
        this.interleaved = new float[3 * size * size];
        for (int c = 0; c < 3; c++) {
            for (int v = 0; v < 256; v++) {
                table[c][v] = normalised(v / 255f, c);
            }
        }
    }

    private static float normalised(float value, int channel) {
        return (value - MEAN[channel]) / DEVIATION[channel];
    }

    /** Writes the colour input, {@code 3 * size * size} values from {@code out[0]}. */
    public void rgb(Part part, float[] out) {
        RgbImage image = part.rgb();
        if (rgbResize == null || rgbResize.width != image.width() || rgbResize.height != image.height()) {
            rgbResize = new PillowResize(image.width(), image.height(), size, 3);
        }
        colour(rgbResize, image, out);
    }

    /**
     * Writes the second modality's input, {@code 3 * size * size} values from {@code out[0]}.
     *
     * @throws InputException when the point cloud has no foreground, or depth is asked of a part that has only normals
     */
    public void second(Part part, float[] out) {
        if (part.normals() != null) {
            normalsImage(part, out);
        } else if (modality == Modality.DEPTH) {
            depthImage(part);
            int n = size * size;
            for (int i = 0; i < n; i++) {
                for (int c = 0; c < 3; c++) {
                    out[c * n + i] = normalised(depth.depth()[i], c);
                }
            }
        } else {
            PointCloud cloud = part.xyz();
            fullDepth(part);
            normals.compute(depth, cloud.width(), cloud.height(), normalKernel, size, interleaved);
            int n = size * size;
            for (int i = 0; i < n; i++) {
                for (int c = 0; c < 3; c++) {
                    out[c * n + i] = normalised(interleaved[3 * i + c], c);
                }
            }
        }
    }

    /** The depth image before it is normalised, at size x size; with its mask, for tests. */
    DepthImage depthImage(Part part) {
        PointCloud cloud = part.xyz();
        reserve(size * size);
        for (int y = 0, j = 0; y < size; y++) {
            long row = (long) y * cloud.height() / size * cloud.width();
            for (int x = 0; x < size; x++, j += 3) {
                int i = 3 * (int) (row + (long) x * cloud.width() / size);
                DepthImage.copyClean(cloud.xyz(), i, points, j);
            }
        }
        depth.compute(points, size, size, 0.1f, 0.9f, part.source());
        return depth;
    }

    /** The depth that normals are derived from, at the cloud's own size; with its mask, for tests. */
    DepthImage fullDepth(Part part) {
        PointCloud cloud = part.xyz();
        int n = cloud.width() * cloud.height();
        reserve(n);
        for (int i = 0; i < 3 * n; i += 3) {
            DepthImage.copyClean(cloud.xyz(), i, points, i);
        }
        depth.compute(points, cloud.width(), cloud.height(), 0, 1, part.source());
        return depth;
    }

    private void reserve(int n) {
        if (points.length < 3 * n) {
            points = new float[3 * n];
        }
    }

    private void normalsImage(Part part, float[] out) {
        if (modality == Modality.DEPTH) {
            throw new InputException(part.source() + " is a surface-normal image, but the model's second modality is depth;"
                    + " give a point cloud (a TIFF of float x, y, z) or use a model trained with --modality normals");
        }
        RgbImage image = part.normals();
        if (normalsResize == null || normalsResize.width != image.width() || normalsResize.height != image.height()) {
            normalsResize = new PillowResize(image.width(), image.height(), size, 3);
        }
        colour(normalsResize, image, out);
    }

    private void colour(PillowResize resize, RgbImage image, float[] out) {
        resize.resize(image.rgb(), small);
        int n = size * size;
        for (int i = 0, p = 0; i < n; i++, p += 3) {
            out[i] = table[0][small[p] & 0xFF];
            out[n + i] = table[1][small[p + 1] & 0xFF];
            out[2 * n + i] = table[2][small[p + 2] & 0xFF];
        }
    }
}
