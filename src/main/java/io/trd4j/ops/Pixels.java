package io.trd4j.ops;

import io.trd4j.jni.NativeRuntime;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Objects;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Rows of three samples per pixel that somebody else owns: a Java array, dense, or a direct buffer whose rows may lie
 * apart (a frame grabber's memory). Nothing is copied; ops read it in place. Keeps the buffer reachable.
 *
 * @param <A> {@code byte[]} or {@code float[]}
 * @param <P> the pointer to the same element
 */
public final class Pixels<A, P extends Pointer> {
    final int width;
    final int height;
    /** Bytes from one row to the next. */
    final long strideBytes;

    final A array;
    final P pointer;
    private final Buffer owner;

    private Pixels(int width, int height, long strideBytes, A array, P pointer, Buffer owner) {
        this.width = width;
        this.height = height;
        this.strideBytes = strideBytes;
        this.array = array;
        this.pointer = pointer;
        this.owner = owner;
    }

    /** @throws IllegalArgumentException when the array does not have exactly {@code 3 * width * height} elements */
    public static Pixels<byte[], BytePointer> of(byte[] array, int width, int height) {
        checkSize(width, height);
        checkLength(array.length, width, height);
        return new Pixels<>(width, height, 3L * width, array, null, null);
    }

    /** @throws IllegalArgumentException when the array does not have exactly {@code 3 * width * height} elements */
    public static Pixels<float[], FloatPointer> of(float[] array, int width, int height) {
        checkSize(width, height);
        checkLength(array.length, width, height);
        return new Pixels<>(width, height, 12L * width, array, null, null);
    }

    /**
     * From the buffer's position on.
     *
     * @param rowStride bytes from one row to the next
     * @throws IllegalArgumentException when the buffer is not direct or too small, or the stride shorter than a row
     */
    public static Pixels<byte[], BytePointer> of(ByteBuffer direct, int width, int height, long rowStride) {
        check(direct, width, height, rowStride, 3, "bytes");
        NativeRuntime.description();
        ByteBuffer view = direct.slice();
        return new Pixels<>(width, height, rowStride, null, new BytePointer(view), view);
    }

    /**
     * From the buffer's position on.
     *
     * @param rowStride floats from one row to the next
     * @throws IllegalArgumentException when the buffer is not direct, too small, not in this machine's byte order or
     *     not on a multiple of 4 bytes, or the stride is shorter than a row
     */
    public static Pixels<float[], FloatPointer> of(FloatBuffer direct, int width, int height, long rowStride) {
        check(direct, width, height, rowStride, 3, "floats");
        checkOrder(direct);
        NativeRuntime.description();
        FloatBuffer view = direct.slice();
        FloatPointer pointer = new FloatPointer(view);
        if (pointer.address() % Float.BYTES != 0) {
            throw new IllegalArgumentException("the buffer does not start on a multiple of 4 bytes; align it");
        }
        return new Pixels<>(width, height, 4 * rowStride, null, pointer, view);
    }

    /**
     * Dense rows in memory of their own, which the garbage collector frees.
     *
     * @throws IllegalArgumentException when a size is not positive, or they need 2 GiB and more
     */
    public static Pixels<byte[], BytePointer> ofBytes(int width, int height) {
        return of(allocate(width, height, 1), width, height, 3L * width);
    }

    /** The same of floats. */
    public static Pixels<float[], FloatPointer> ofFloats(int width, int height) {
        return of(allocate(width, height, Float.BYTES).asFloatBuffer(), width, height, 3L * width);
    }

    private static ByteBuffer allocate(int width, int height, int elementBytes) {
        long row = 3L * elementBytes * width;
        long bytes = bytes(width, height, row, 3 * elementBytes);
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    width + "x" + height + " pixels need " + bytes + " bytes, 2 GiB or more: reduce the image");
        }
        return ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
    }

    private static void checkSize(int width, long height) {
        if (width <= 0 || height <= 0) {
            throw new IllegalArgumentException("a size of " + width + "x" + height + " is not positive");
        }
    }

    private static void checkLength(int length, int width, int height) {
        if (length != 3L * width * height) {
            throw new IllegalArgumentException(width + "x" + height + " pixels of 3 need " + 3L * width * height
                    + " elements; the array has " + length);
        }
    }

    /**
     * Memory at an address, as a buffer in the machine's byte order.
     *
     * @param bytes from it on that may be touched
     * @throws IllegalArgumentException for address 0, or more bytes than a buffer can have
     */
    public static ByteBuffer memory(long address, long bytes) {
        if (address == 0 || bytes < 0 || bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("there is no buffer of " + bytes + " bytes at address " + address);
        }
        NativeRuntime.description();
        return Address.bytes(address, bytes).asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /**
     * Bytes of rows that lie apart, from the first row's begin to the last row's end.
     *
     * @throws IllegalArgumentException when a size is not positive, the stride shorter than a row, or the result beyond
     *     63 bits
     */
    public static long bytes(int width, int height, long rowStride, int pixelBytes) {
        checkSize(width, height);
        long row = (long) pixelBytes * width;
        checkStride(width, rowStride, row, "bytes");
        return Math.addExact(Math.multiplyExact(height - 1L, rowStride), row);
    }

    private static void checkStride(int width, long rowStride, long row, String unit) {
        if (rowStride < row) {
            throw new IllegalArgumentException("the row stride of " + rowStride + " " + unit
                    + " is shorter than a row of " + width + " pixels, " + row + " " + unit);
        }
    }

    /**
     * Refuses a buffer that is not direct, or does not hold these rows from its position on.
     *
     * @param rowStride elements from one row to the next
     * @param samples elements of a pixel
     * @param unit what an element is called, in the plural
     */
    public static void check(Buffer direct, int width, long height, long rowStride, int samples, String unit) {
        checkSize(width, height);
        if (!direct.isDirect()) {
            throw new IllegalArgumentException(
                    "the buffer is not direct; allocate it with allocateDirect, or give its array");
        }
        long last = (long) samples * width;
        checkStride(width, rowStride, last, unit);
        // By division, so that nothing overflows.
        if (height > 1 && (direct.remaining() < last || (direct.remaining() - last) / (height - 1) < rowStride)
                || direct.remaining() < last) {
            throw new IllegalArgumentException("the buffer has " + direct.remaining() + " " + unit + " left; " + height
                    + " rows with a stride of " + rowStride + " need more");
        }
        // Of one row.
        if (rowStride > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "the row stride of " + rowStride + " " + unit + " is longer than any buffer");
        }
    }

    /** Refuses a buffer that is in another byte order than this machine's. */
    public static void checkOrder(FloatBuffer buffer) {
        if (!buffer.order().equals(ByteOrder.nativeOrder())) {
            throw new IllegalArgumentException("the buffer's byte order is " + buffer.order() + ", this machine's is "
                    + ByteOrder.nativeOrder() + "; set it before asFloatBuffer()");
        }
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /** The array this was made from, or null when it was a direct buffer. */
    public A array() {
        return array;
    }

    /** The direct buffer, from its first pixel on, or null when it was an array. */
    public Buffer buffer() {
        return owner;
    }

    /** Copies all rows, densely, to the start of a direct buffer. Allocates nothing. */
    public static void copy(Pixels<byte[], BytePointer> from, ByteBuffer to) {
        int row = 3 * from.width;
        if (from.array != null) {
            to.put(0, from.array);
            return;
        }
        ByteBuffer source = (ByteBuffer) from.owner;
        int stride = from.rowElements(Byte.BYTES);
        if (stride == row) {
            to.put(0, source, 0, row * from.height);
            return;
        }
        for (int y = 0; y < from.height; y++) {
            to.put(y * row, source, y * stride, row);
        }
    }

    /**
     * Copies {@code rows} rows, densely, to the start of a direct buffer: row i is this one's row {@code i * height /
     * rows}. Allocates nothing.
     */
    public static void copyRows(Pixels<float[], FloatPointer> from, int rows, FloatBuffer to) {
        int row = 3 * from.width;
        int stride = from.rowElements(Float.BYTES);
        if (rows == from.height && stride == row) {
            if (from.array != null) {
                to.put(0, from.array);
            } else {
                to.put(0, (FloatBuffer) from.owner, 0, row * rows);
            }
            return;
        }
        for (int i = 0; i < rows; i++) {
            int source = (int) ((long) i * from.height / rows) * stride;
            if (from.array != null) {
                to.put(i * row, from.array, source, row);
            } else {
                to.put(i * row, (FloatBuffer) from.owner, source, row);
            }
        }
    }

    /** Address of the direct buffer's first pixel; 0 for an array, which has none that stays. */
    public long address() {
        return pointer == null ? 0 : pointer.address();
    }

    /** Bytes from one row to the next. */
    public long strideBytes() {
        return strideBytes;
    }

    /** Elements (not bytes) from one row to the next. */
    public int rowElements(int elementBytes) {
        return Math.toIntExact(Objects.checkIndex(strideBytes / elementBytes, Integer.MAX_VALUE));
    }
}
