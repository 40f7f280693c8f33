package io.trd4j.ops;

import io.trd4j.jni.Status;
import io.trd4j.jni.Trd;
import java.lang.ref.Reference;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A part's raw memory in the layouts that all else reads, RGB8 and x, y, z in metres: {@code trd_convert_colour},
 * {@code trd_convert_depth} and {@code trd_convert_points}. On the CPU, by the calling thread alone. Each fills memory
 * of the result, which is dense and in a direct buffer, and allocates nothing. What is read may start at any address. A
 * refused argument is an IllegalArgumentException.
 */
public final class Conversions {
    /** Layouts of colour images. */
    public static final int RGB8 = Trd.TRD_RGB8;

    public static final int BGR8 = Trd.TRD_BGR8;
    public static final int GRAY8 = Trd.TRD_GRAY8;
    public static final int RGBA8 = Trd.TRD_RGBA8;
    public static final int BGRA8 = Trd.TRD_BGRA8;
    /** Types of depth. */
    public static final int UINT16 = Trd.TRD_DEPTH_UINT16;

    public static final int FLOAT32 = Trd.TRD_DEPTH_FLOAT32;

    private static final OpTarget CPU = OpTarget.cpu();

    private Conversions() {}

    /**
     * Red, green and blue of an image in an array, which is read in place.
     *
     * @param image {@code rowStride * height} bytes
     * @param rowStride bytes from one row to the next
     * @param layout one of {@link #RGB8} to {@link #BGRA8}
     * @param rgb as wide and as high
     */
    public static void colour(byte[] image, long rowStride, int layout, Pixels<byte[], BytePointer> rgb) {
        if (image.length != rowStride * rgb.height) {
            throw new IllegalArgumentException("an array of " + image.length + " bytes, not of " + rgb.height
                    + " rows with a stride of " + rowStride);
        }
        long out = rgb.address();
        Status.check(Trd.trd_convert_colour(CPU.struct, image, rgb.width, rgb.height, rowStride, layout, out));
        Reference.reachabilityFence(rgb);
    }

    /** The same of an image in native memory. */
    public static void colour(BytePointer image, long rowStride, int layout, Pixels<byte[], BytePointer> rgb) {
        long out = rgb.address();
        Status.check(Trd.trd_convert_colour(CPU.struct, image, rgb.width, rgb.height, rowStride, layout, out));
        Reference.reachabilityFence(rgb);
    }

    /**
     * Points of a depth image of a pinhole camera.
     *
     * @param rowStride bytes from one row to the next
     * @param type {@link #UINT16} or {@link #FLOAT32}
     * @param metres what a depth of 1 is
     * @param fx focal length, pixels, as fy
     * @param cx column of the principal point, pixels, as cy its row
     */
    public static void depth(
            Pointer depth,
            long rowStride,
            int type,
            float metres,
            double fx,
            double fy,
            double cx,
            double cy,
            Pixels<float[], FloatPointer> xyz) {
        Status.check(Trd.trd_convert_depth(
                CPU.struct, depth, type, xyz.width, xyz.height, rowStride, metres, fx, fy, cx, cy, xyz.pointer));
        Reference.reachabilityFence(xyz);
    }

    /**
     * Points of another convention.
     *
     * @param rowStride bytes from one row to the next, of all planes alike
     * @param x 1, 2 or 3: the channel that holds x, negative where it holds -x; as y and z
     * @param planar whether all of the first channel come first
     * @param missing values of z that mark missing points; null for none
     */
    public static void points(
            FloatPointer points,
            long rowStride,
            int x,
            int y,
            int z,
            boolean planar,
            double metresPerUnit,
            FloatPointer missing,
            Pixels<float[], FloatPointer> xyz) {
        long marks = missing == null ? 0 : missing.capacity();
        Status.check(Trd.trd_convert_points(
                CPU.struct,
                points,
                xyz.width,
                xyz.height,
                rowStride,
                x,
                y,
                z,
                planar ? 1 : 0,
                metresPerUnit,
                missing,
                marks,
                xyz.pointer));
        Reference.reachabilityFence(xyz);
    }
}
