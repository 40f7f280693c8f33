package io.trd4j.ops;

import io.trd4j.jni.Status;
import io.trd4j.jni.Trd;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Colours and heights of parts, averaged over the pixels of a view: {@code trd_view_colour} and
 * {@code trd_view_relief}. Its memory is the garbage collector's. Used by one thread at a time.
 */
public final class PartViews {
    /** Red, green, blue, relief. */
    private static final int CHANNELS = 4;

    private static final int PLANE = 5;
    private static final OpTarget CPU = OpTarget.cpu();

    private final int size;
    private final FloatBuffer buffer;
    private final FloatPointer pixels;
    private final FloatPointer plane;

    /** @param size S, pixels along each side of a view */
    public PartViews(int size) {
        this.size = size;
        buffer = ByteBuffer.allocateDirect(Float.BYTES * (CHANNELS * size * size + PLANE))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        pixels = new FloatPointer(buffer);
        plane = new FloatPointer(pixels).position((long) CHANNELS * size * size);
    }

    /** Fills red, green and blue, 0 to 255. */
    public void colour(Pixels<byte[], BytePointer> image) {
        long out = pixels.address();
        Status.check(
                image.array != null
                        ? Trd.trd_view_colour(
                                CPU.struct, image.array, image.width, image.height, image.strideBytes, out, size)
                        : Trd.trd_view_colour(
                                CPU.struct, image.pointer, image.width, image.height, image.strideBytes, out, size));
        Reference.reachabilityFence(image);
    }

    /**
     * Fills the relief, mm; NaN where fewer than a quarter of a pixel's points are measured.
     *
     * @param below 5 values x0, y0, z0, a, b of z = z0 + a (x - x0) + b (y - y0), metres
     */
    public void relief(Pixels<float[], FloatPointer> cloud, float[] below) {
        plane.put(below, 0, PLANE);
        long out = pixels.address();
        long under = plane.address() + plane.position() * Float.BYTES;
        Status.check(
                cloud.array != null
                        ? Trd.trd_view_relief(
                                CPU.struct, cloud.array, cloud.width, cloud.height, cloud.strideBytes, out, size, under)
                        : Trd.trd_view_relief(
                                CPU.struct,
                                cloud.pointer,
                                cloud.width,
                                cloud.height,
                                cloud.strideBytes,
                                out,
                                size,
                                under));
        Reference.reachabilityFence(cloud);
    }

    /** Copies S x S x 4 values. */
    public void get(float[] to) {
        buffer.get(0, to, 0, CHANNELS * size * size);
    }
}
