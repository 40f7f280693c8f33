package io.trd4j.data;

import io.trd4j.ops.Pixels;
import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;

/**
 * A colour image in memory that the caller owns: 8 bit red, green, blue of each pixel, row by row. Not copied; other
 * layouts are converted into memory of this object's own, whenever a part with it is inspected ({@link #update}).
 */
public final class RgbImage {
    private final Pixels<byte[], BytePointer> pixels;
    /** Null where the layout is ours. */
    private final ColorConversion conversion;

    private RgbImage(Pixels<byte[], BytePointer> pixels) {
        this.pixels = pixels;
        conversion = null;
    }

    private RgbImage(ColorConversion conversion) {
        this.conversion = conversion;
        pixels = conversion.pixels();
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
     * An image in native memory, a frame grabber's for example, from the buffer's position on. Make it once per buffer:
     * the next frame in the same memory needs no new object.
     *
     * @param rowStride bytes from one row to the next, at least {@code 3 * width}
     * @throws IllegalArgumentException when the buffer is not direct or too small, or the stride too short
     */
    public static RgbImage of(ByteBuffer direct, int width, int height, long rowStride) {
        return new RgbImage(Pixels.of(direct, width, height, rowStride));
    }

    /**
     * An image of any layout in native memory, from the buffer's position on.
     *
     * @param rowStride bytes from one row to the next
     * @throws IllegalArgumentException when the buffer is not direct or too small, or the stride shorter than a row
     */
    public static RgbImage of(ByteBuffer direct, ColorLayout layout, int width, int height, long rowStride) {
        if (layout == ColorLayout.RGB8) {
            return of(direct, width, height, rowStride);
        }
        Pixels.check(direct, width, height, rowStride, layout.samples(), "bytes");
        return new RgbImage(new ColorConversion(direct, layout, width, height, rowStride));
    }

    /** Directions as colours. */
    static RgbImage of(NormalsConversion normals) {
        return new RgbImage(normals.pixels());
    }

    /**
     * An image at an address, as C interfaces of frame grabbers give it. Nobody checks that the memory is there: it
     * must stay until the last inspection, or the JVM ends.
     *
     * @param rowStride bytes from one row to the next
     * @throws IllegalArgumentException for address 0, a stride shorter than a row, or 2 GiB and more
     */
    public static RgbImage of(long address, ColorLayout layout, int width, int height, long rowStride) {
        long bytes = Pixels.bytes(width, height, rowStride, layout.samples());
        return of(Pixels.memory(address, bytes), layout, width, height, rowStride);
    }

    /**
     * An image of any layout in an array, dense.
     *
     * @throws IllegalArgumentException when the array does not have exactly {@code samples * width * height} bytes
     */
    public static RgbImage of(byte[] array, ColorLayout layout, int width, int height) {
        if (layout == ColorLayout.RGB8) {
            return new RgbImage(width, height, array);
        }
        long row = (long) layout.samples() * width;
        if (array.length != Pixels.bytes(width, height, row, layout.samples())) {
            throw new IllegalArgumentException(width + "x" + height + " pixels of " + layout + " need " + row * height
                    + " bytes; the array has " + array.length);
        }
        return new RgbImage(new ColorConversion(array, layout, width, height));
    }

    /**
     * Reads the caller's memory again where it has another layout than RGB8; {@link #rgb} and {@link #pixels} are as of
     * the last call. An inspector calls it for every part, so that a frame in the same memory needs nothing else.
     * Allocates nothing.
     */
    public void update() {
        if (conversion != null) {
            conversion.run();
        }
    }

    /** Pixels in a row. */
    public int width() {
        return pixels.width();
    }

    /** Rows of pixels. */
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

    /** As ops read it: RGB8. */
    public Pixels<byte[], BytePointer> pixels() {
        return pixels;
    }
}
