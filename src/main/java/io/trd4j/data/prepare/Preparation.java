package io.trd4j.data.prepare;

import io.trd4j.data.GreyImage;
import io.trd4j.data.GroundPlane;
import io.trd4j.data.Part;
import io.trd4j.data.RgbImage;
import io.trd4j.io.InputException;
import io.trd4j.model.Geometry;
import io.trd4j.model.Modality;
import io.trd4j.ops.ElementType;
import io.trd4j.ops.OpTarget;
import io.trd4j.ops.Ops;
import io.trd4j.ops.Pixels;
import io.trd4j.ops.Retained;
import io.trd4j.ops.Workspace;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Turns a part into the network's two inputs (SPEC section 5): {@code [size, size, 3]} each, channels-last, normalised
 * with ImageNet's mean and standard deviation, in native memory of the caller.
 *
 * <p>Every result is finite; what is defined beyond the specification for that stands at {@code trd_prepare_depth} in
 * {@code native/include/trd.h}. A part without foreground, or of fewer than 3 x 3 points, is an {@link InputException}
 * naming the file. The colour image and the point cloud may differ in size and need not be square. For a modality that
 * a part lacks a black image stands in.
 *
 * <p>Owns tables and scratch for the sizes of the last part, so the next part of the same sizes allocates nothing: used
 * by one thread at a time.
 */
public final class Preparation implements AutoCloseable {
    private static final RgbImage BLACK = new RgbImage(1, 1, new byte[3]);

    private final int size;
    private final Geometry geometry;
    private final ElementType type;
    private final OpTarget exec = OpTarget.cpu();
    private final Plan rgb = new Plan();
    private final Plan second = new Plan();
    private final Plan normalsImage = new Plan();
    /** Of its own: between parts that lack a modality, others keep their tables. */
    private final Plan black = new Plan();

    private final GroundPlane ground = new GroundPlane();
    private final float[] groundValues = new float[GroundPlane.VALUES];
    private final FloatPointer groundPlane = Retained.of(new FloatPointer((long) GroundPlane.VALUES));

    private boolean closed;

    /** A workspace and the size of the image it was planned for. */
    private static final class Plan {
        int width;
        int height;
        Workspace workspace;

        boolean fits(Pixels<?, ?> pixels) {
            return workspace != null && width == pixels.width() && height == pixels.height();
        }

        void set(Pixels<?, ?> pixels, Workspace planned) {
            close();
            width = pixels.width();
            height = pixels.height();
            workspace = planned;
        }

        void close() {
            if (workspace != null) {
                workspace.close();
                workspace = null;
            }
        }
    }

    /**
     * @param size S, pixels, 1 to 4096
     * @param geometry what {@link #second} makes of a point cloud
     * @param type of the values written
     */
    public Preparation(int size, Geometry geometry, ElementType type) {
        if (size < 1 || size > 4096) {
            throw new IllegalArgumentException("size " + size + " is not in 1..4096");
        }
        this.size = size;
        this.geometry = geometry;
        this.type = type;
    }

    /**
     * Writes the colour input; of a part without colour image a black one's.
     *
     * @param out {@code 3 * size * size} elements from its position on
     */
    public void rgb(Part part, Pointer out) {
        checkOut(out);
        RgbImage image = colourOf(part);
        colour(image == BLACK ? black : rgb, image, out);
    }

    /** Writes what stands in for a missing modality: the input that a black image gives. */
    public void black(Pointer out) {
        checkOut(out);
        colour(black, BLACK, out);
    }

    /**
     * Writes the second modality's input; of a part without it a black image's.
     *
     * @param out {@code 3 * size * size} elements from its position on
     * @throws InputException when the point cloud has no foreground, or a part that has only normals is to show other
     *     geometry
     */
    public void second(Part part, Pointer out) {
        second(part, out, null);
    }

    /**
     * @param mask the foreground, size x size or (normals) of the cloud's own size, or null; not written for a normals
     *     image and for metric geometry, which knows none
     */
    void second(Part part, Pointer out, BytePointer mask) {
        if (!write(part, out, mask)) {
            throw noForeground(part, geometry.modality());
        }
    }

    /**
     * As {@link #second(Part, Pointer)}, with an answer in place of the exception for a part without foreground.
     *
     * @return whether the part has a foreground, as every image has; without one, {@code out} is undefined
     * @throws InputException for any other fault of the part
     */
    public boolean secondIfForeground(Part part, Pointer out) {
        return write(part, out, null);
    }

    /** Says that the part's points show no part: none is told from the background, or no plane lies below them. */
    public static InputException noForeground(Part part, Modality modality) {
        return new InputException(part.source()
                + (modality == Modality.METRIC
                        ? " has no plane below its part: fewer than " + GroundPlane.MIN_POINTS
                                + " valid points, or all in one line; check that "
                        : " has no valid point more than 5 mm off the background plane; check that ")
                + "the part is in view and that the coordinates are metres");
    }

    private boolean write(Part part, Pointer out, BytePointer mask) {
        checkOut(out);
        Modality modality = geometry.modality();
        RgbImage image = secondImageOf(part, modality);
        if (image != null) {
            colour(image == BLACK ? black : normalsImage, image, out);
            return true;
        }
        Pixels<float[], FloatPointer> points = part.xyz().points();
        if (!second.fits(points)) {
            second.set(points, plan(exec, geometry, points.width(), points.height(), size));
        }
        return switch (modality) {
            case DEPTH -> Ops.prepareDepth(exec, points, out, type, size, mask, second.workspace);
            case NORMALS ->
                Ops.prepareNormals(exec, points, out, type, size, geometry.normalKernel(), mask, second.workspace);
            case METRIC -> writeMetric(part, points, out);
        };
    }

    private boolean writeMetric(Part part, Pixels<float[], FloatPointer> points, Pointer out) {
        if (!ground.fit(part.xyz())) {
            return false;
        }
        ground.write(groundValues);
        groundPlane.put(groundValues);
        Ops.prepareMetric(exec, points, out, type, size, groundPlane, second.workspace);
        return true;
    }

    /** Tables for what {@link #second} makes of a cloud of this size, in a workspace of its own. */
    public static Workspace plan(OpTarget cpu, Geometry geometry, int width, int height, int size) {
        return switch (geometry.modality()) {
            case DEPTH -> Ops.planDepth(cpu, width, height, size);
            case NORMALS -> Ops.planNormals(cpu, width, height, size, geometry.normalKernel());
            case METRIC ->
                Ops.planMetric(
                        cpu,
                        width,
                        height,
                        size,
                        geometry.metric().smoothPixels(),
                        geometry.metric().slopePerMetre(),
                        geometry.metric().reliefPixels(),
                        geometry.metric().reliefMetres(),
                        geometry.metric().groundMetres());
        };
    }

    /**
     * Where a grey image, such as a ground truth, is above one half after it was resized as a colour image (SPEC
     * section 5).
     */
    public static boolean[] aboveHalf(GreyImage grey, int size) {
        byte[] rgb = new byte[Math.multiplyExact(3, grey.pixels().length)];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = grey.pixels()[i / 3];
        }
        int n = Math.multiplyExact(size, size);
        float[] values = new float[Math.multiplyExact(3, n)];
        Pixels<byte[], BytePointer> pixels = new RgbImage(grey.width(), grey.height(), rgb).pixels();
        try (OpTarget exec = OpTarget.cpu();
                FloatPointer out = new FloatPointer((long) values.length);
                Workspace workspace = Ops.planRgb(exec, pixels.width(), pixels.height(), size)) {
            Ops.prepareRgb(exec, pixels, out, ElementType.FLOAT32, size, workspace);
            out.get(values);
        }
        boolean[] above = new boolean[n];
        for (int i = 0; i < n; i++) {
            above[i] =
                    values[3 * i] * 0.229f + 0.485f > 0.5f; // grey levels are 0.004 apart, so rounding decides nothing
        }
        return above;
    }

    private void colour(Plan plan, RgbImage image, Pointer out) {
        Pixels<byte[], BytePointer> pixels = image.pixels();
        if (!plan.fits(pixels)) {
            plan.set(pixels, Ops.planRgb(exec, pixels.width(), pixels.height(), size));
        }
        Ops.prepareRgb(exec, pixels, out, type, size, plan.workspace);
    }

    /** The part's colour image, or the black one that stands in for it. */
    public static RgbImage colourOf(Part part) {
        return part.rgb() == null ? BLACK : part.rgb();
    }

    /**
     * The image that is the second input: a part's surface normals, or the black one that stands in for what is
     * missing; null when there is a point cloud.
     *
     * @throws InputException for surface normals where the model's second modality is another, and for
     *     {@link #hasTooFewPoints}
     */
    public static RgbImage secondImageOf(Part part, Modality modality) {
        if (hasTooFewPoints(part, modality)) {
            throw new InputException(part.source() + " has only " + part.xyz().width() + "x"
                    + part.xyz().height() + " points; at least 3x3 are needed");
        }
        if (part.normals() != null && modality != Modality.NORMALS) {
            throw new InputException(part.source() + " has surface normals, but the model's second modality is "
                    + modality.key() + "; give a point cloud (x, y, z) or use a model trained with "
                    + "--modality normals");
        }
        return part.normals() != null ? part.normals().image() : part.xyz() == null ? BLACK : null;
    }

    /**
     * Whether surface normals cannot be computed of a part's points for want of neighbours. A depth image can: it is
     * resized before anything looks at neighbours.
     */
    public static boolean hasTooFewPoints(Part part, Modality modality) {
        return modality == Modality.NORMALS
                && part.xyz() != null
                && (part.xyz().width() < 3 || part.xyz().height() < 3);
    }

    private void checkOut(Pointer out) {
        if (closed) {
            throw new IllegalStateException("the preparation is closed");
        }
        long needed = 3L * size * size * type.bytes();
        long available = (out.limit() - out.position()) * out.sizeof();
        if (out.limit() > 0 && available < needed) { // a pointer without a limit does not know how much it points to
            throw new IllegalArgumentException("out has room for " + available + " bytes; " + needed + " are needed");
        }
    }

    /** Frees tables and scratch. Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            rgb.close();
            second.close();
            normalsImage.close();
            black.close();
            groundPlane.close();
            exec.close();
        }
    }
}
