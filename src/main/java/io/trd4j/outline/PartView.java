package io.trd4j.outline;

import io.trd4j.data.GroundPlane;
import io.trd4j.data.Part;
import io.trd4j.model.NormalImages;
import io.trd4j.ops.PartViews;
import java.util.ArrayList;
import java.util.List;

/**
 * A part seen in the pixels of its maps: of each, mean red, green and blue, and the mean height above the plane below
 * the part.
 */
public final class PartView {
    /** Floats of a pixel: red, green, blue, 0 to 255; relief, mm, NaN without points. */
    public static final int CHANNELS = 4;

    public static final int RELIEF = 3;
    private final int size;
    private final float[] values;
    private final GroundPlane plane = new GroundPlane();
    private final float[] below = new float[GroundPlane.VALUES];
    /** Null until a part is shown. */
    private PartViews views;

    private boolean hasColour;
    private boolean hasPoints;
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
    }

    /** Becomes another part's view, in the same memory. */
    public void show(Part part) {
        hasColour = part.rgb() != null;
        hasPoints = part.xyz() != null;
        hasRelief = hasPoints && plane.fit(part.xyz());
        if (views == null) {
            views = new PartViews(size);
        }
        if (hasColour) {
            views.colour(part.rgb().pixels());
        }
        if (hasRelief) {
            plane.write(below);
            views.relief(part.xyz().points(), below);
        }
        views.get(values);
        for (int i = RELIEF; !hasRelief && i < values.length; i += CHANNELS) {
            values[i] = Float.NaN;
        }
    }

    /**
     * An image that has been computed already.
     *
     * @param values {@link #CHANNELS} of each of the size x size pixels, row by row; copied
     */
    public static PartView of(float[] values, int size) {
        PartView view = new PartView(size);
        System.arraycopy(values, 0, view.values, 0, values.length);
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
        return hasPoints;
    }

    public boolean hasRelief() {
        return hasRelief;
    }

    /** Index of a pixel's values in {@link #values}. */
    public int pixel(int x, int y) {
        return CHANNELS * (y * size + x);
    }

    public float[] values() {
        return values;
    }
}
