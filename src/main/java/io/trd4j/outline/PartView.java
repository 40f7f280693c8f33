package io.trd4j.outline;

import io.trd4j.data.GroundPlane;
import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.PointReader;
import io.trd4j.data.RgbImage;
import io.trd4j.model.NormalImages;
import io.trd4j.ops.Pixels;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;

/**
 * A part seen in the pixels of its maps: of each, mean red, green and blue, and the mean height above the plane below
 * the part. Pixels are computed when they are asked for.
 */
public final class PartView {
    /** Floats of a pixel: red, green, blue, 0 to 255; relief, mm, NaN without points. */
    public static final int CHANNELS = 4;

    public static final int RELIEF = 3;
    /** Fewer points than this share of a pixel's do not measure it. */
    private static final double MIN_SHARE = 0.25;

    private final int size;
    private RgbImage rgb;
    private PointCloud cloud;
    private final float[] values;
    private final boolean[] known;
    private final PointReader points = new PointReader();
    private final GroundPlane plane = new GroundPlane();
    private boolean hasColour;
    private boolean hasRelief;

    /**
     * @param size S
     * @param part with a colour image, points, or both
     */
    public PartView(Part part, int size) {
        this(size);
        show(part);
    }

    /** Of no part yet: {@link #show} one. */
    public PartView(int size) {
        this.size = size;
        values = new float[CHANNELS * size * size];
        known = new boolean[size * size];
    }

    /** Becomes another part's view, in the same memory. */
    public void show(Part part) {
        rgb = part.rgb();
        cloud = part.xyz();
        Arrays.fill(known, false);
        if (cloud != null) {
            points.open(cloud.points());
        }
        hasColour = rgb != null;
        hasRelief = cloud != null && plane.fit(cloud);
    }

    /**
     * An image that has been computed already.
     *
     * @param values {@link #CHANNELS} of each of the size x size pixels, row by row; copied
     */
    public static PartView of(float[] values, int size) {
        PartView view = new PartView(size);
        System.arraycopy(values, 0, view.values, 0, values.length);
        Arrays.fill(view.known, true);
        for (int i = 0; i < values.length; i++) {
            if (i % CHANNELS == RELIEF) {
                view.hasRelief |= !Float.isNaN(values[i]);
            } else {
                view.hasColour |= values[i] != 0;
            }
        }
        return view;
    }

    /** A normal part, as a model keeps it. */
    PartView(NormalImages parts, int index) {
        this(parts.size());
        Arrays.fill(known, true);
        byte[] colours = parts.rgb().get(index);
        float[] relief = parts.relief().get(index);
        boolean anyColour = false;
        boolean anyRelief = false;
        for (int i = 0; i < size * size; i++) {
            for (int c = 0; c < 3; c++) {
                values[CHANNELS * i + c] = 0xff & colours[3 * i + c];
                anyColour |= colours[3 * i + c] != 0;
            }
            values[CHANNELS * i + RELIEF] = relief[i];
            anyRelief |= !Float.isNaN(relief[i]);
        }
        hasColour = anyColour;
        hasRelief = anyRelief;
    }

    /** Whole parts as a model keeps them. */
    static NormalImages reduce(List<Part> parts, int size) {
        List<byte[]> rgb = new ArrayList<>();
        List<float[]> relief = new ArrayList<>();
        for (Part part : parts) {
            PartView view = new PartView(part, size);
            byte[] colours = new byte[3 * size * size];
            float[] heights = new float[size * size];
            for (int i = 0; i < size * size; i++) {
                int at = view.pixel(i % size, i / size);
                for (int c = 0; c < 3; c++) {
                    colours[3 * i + c] = (byte) Math.round(view.values[at + c]);
                }
                heights[i] = view.values[at + RELIEF];
            }
            rgb.add(colours);
            relief.add(heights);
        }
        return new NormalImages(size, rgb, relief);
    }

    public int size() {
        return size;
    }

    public boolean hasColour() {
        return hasColour;
    }

    boolean hasPoints() {
        return cloud != null;
    }

    public boolean hasRelief() {
        return hasRelief;
    }

    /** Index of a pixel's values in {@link #values}, which are then known. */
    public int pixel(int x, int y) {
        int i = y * size + x;
        if (!known[i]) {
            known[i] = true;
            if (rgb != null) {
                colour(x, y);
            }
            values[CHANNELS * i + RELIEF] = hasRelief ? relief(x, y) : Float.NaN;
        }
        return CHANNELS * i;
    }

    public float[] values() {
        return values;
    }

    private void colour(int x, int y) {
        Pixels<byte[], BytePointer> pixels = rgb.pixels();
        int left = (int) ((long) x * rgb.width() / size);
        int right = Math.max(left + 1, (int) ((x + 1L) * rgb.width() / size));
        int top = (int) ((long) y * rgb.height() / size);
        int bottom = Math.max(top + 1, (int) ((y + 1L) * rgb.height() / size));
        byte[] array = pixels.array();
        ByteBuffer buffer = (ByteBuffer) pixels.buffer();
        int stride = pixels.rowElements(Byte.BYTES);
        int red = 0;
        int green = 0;
        int blue = 0;
        for (int v = top; v < bottom; v++) {
            for (int at = v * stride + 3 * left; at < v * stride + 3 * right; at += 3) {
                red += 0xff & (array != null ? array[at] : buffer.get(at));
                green += 0xff & (array != null ? array[at + 1] : buffer.get(at + 1));
                blue += 0xff & (array != null ? array[at + 2] : buffer.get(at + 2));
            }
        }
        float share = 1f / ((right - left) * (bottom - top));
        int to = CHANNELS * (y * size + x);
        values[to] = share * red;
        values[to + 1] = share * green;
        values[to + 2] = share * blue;
    }

    private float relief(int x, int y) {
        int left = (int) ((long) x * cloud.width() / size);
        int right = Math.max(left + 1, (int) ((x + 1L) * cloud.width() / size));
        int top = (int) ((long) y * cloud.height() / size);
        int bottom = Math.max(top + 1, (int) ((y + 1L) * cloud.height() / size));
        double sum = 0;
        int valid = 0;
        for (int v = top; v < bottom; v++) {
            for (int u = left; u < right; u++) {
                if (points.read(u, v)) {
                    sum += plane.above(points.x, points.y, points.z);
                    valid++;
                }
            }
        }
        return valid == 0 || valid < MIN_SHARE * (right - left) * (bottom - top)
                ? Float.NaN
                : (float) (1e3 * sum / valid);
    }
}
