package io.trd4j.data;

import io.trd4j.ops.Conversions;
import io.trd4j.ops.Pixels;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;

/** From an image in another layout to RGB8 in memory of its own, again and again without allocating. */
final class ColorConversion {
    /** Null where the source is native memory. */
    private final byte[] array;
    /** Keeps the caller's memory reachable; null where it is an array. */
    private final ByteBuffer source;

    private final BytePointer pointer;
    private final ColorLayout layout;
    private final long rowStride;
    private final Pixels<byte[], BytePointer> rgb;

    /** @param direct from its position on, rows {@code rowStride} bytes apart */
    ColorConversion(ByteBuffer direct, ColorLayout layout, int width, int height, long rowStride) {
        this(null, direct.slice(), layout, width, height, rowStride);
    }

    /** @param array dense */
    ColorConversion(byte[] array, ColorLayout layout, int width, int height) {
        this(array, null, layout, width, height, (long) layout.samples() * width);
    }

    private ColorConversion(
            byte[] array, ByteBuffer source, ColorLayout layout, int width, int height, long rowStride) {
        this.array = array;
        this.source = source;
        this.layout = layout;
        this.rowStride = rowStride;
        rgb = Pixels.ofBytes(width, height);
        pointer = source == null ? null : new BytePointer(source);
        run();
    }

    void run() {
        if (array != null) {
            Conversions.colour(array, rowStride, layout.code, rgb);
        } else {
            Conversions.colour(pointer, rowStride, layout.code, rgb);
            Reference.reachabilityFence(source);
        }
    }

    /** The result, dense. */
    Pixels<byte[], BytePointer> pixels() {
        return rgb;
    }
}
