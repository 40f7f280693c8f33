package io.trd4j.data;

import io.trd4j.ops.Pixels;
import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;

/** A colour image in memory that the caller owns: 8 bit red, green, blue of each pixel, row by row. Not copied. */
public final class RgbImage {
    private final Pixels<byte[], BytePointer> pixels;

    private RgbImage(Pixels<byte[], BytePointer> pixels) {
        this.pixels = pixels;
    }

    /**
     * @param width pixels per row
     * @param height rows
     * @param rgb {@code 3 * width * height} bytes
     * @throws IllegalArgumentException when it has another length
     */
    public RgbImage(int width, int height, byte[] rgb) {
        this(Pixels.of(rgb, width, height));
    }

    /**
     * An image in native memory, a frame grabber's for example, from the buffer's position on. Make it once per buffer: the
     * next frame in the same memory needs no new object.
     *
     * @param rowStride bytes from one row to the next, at least {@code 3 * width}
     * @throws IllegalArgumentException when the buffer is not direct or too small, or the stride too short
     */
    public static RgbImage of(ByteBuffer direct, int width, int height, long rowStride) {
        return new RgbImage(Pixels.of(direct, width, height, rowStride));
    }

    public int width() {
        return pixels.width();
    }

    public int height() {
        return pixels.height();
    }

    /** All {@code 3 * width * height} bytes: the array this image was made of, or a dense copy when it was a buffer. */
    public byte[] rgb() {
        if (pixels.array() != null) {
            return pixels.array();
        }
        ByteBuffer from = (ByteBuffer) pixels.buffer();
        int row = 3 * width();
        byte[] copy = new byte[Math.multiplyExact(row, height())];
        for (int y = 0; y < height(); y++) {
            from.get(y * pixels.rowElements(Byte.BYTES), copy, y * row, row);
        }
        return copy;
    }

    /** As ops read it. */
    public Pixels<byte[], BytePointer> pixels() {
        return pixels;
    }
}
