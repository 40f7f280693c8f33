package io.trd4j.data;

import io.trd4j.ops.Pixels;
import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;

/** From an image in another layout to RGB8 in memory of its own, again and again without allocating. */
final class ColorConversion {
    private final ByteBuffer source;
    private final ByteBuffer rgb;
    private final ColorLayout layout;
    private final int width;
    private final int height;
    private final int rowStride;
    private final byte[] sourceRow;
    private final byte[] rgbRow;

    /** @param source the caller's memory, rows {@code rowStride} bytes apart */
    ColorConversion(ByteBuffer source, ColorLayout layout, int width, int height, long rowStride) {
        this.source = source.slice();
        this.layout = layout;
        this.width = width;
        this.height = height;
        this.rowStride = Math.toIntExact(rowStride);
        rgb = ByteBuffer.allocateDirect(Math.multiplyExact(3, Math.multiplyExact(width, height)));
        sourceRow = new byte[layout.samples() * width + ColorLayout.SPARE_BYTES];
        rgbRow = new byte[3 * width + ColorLayout.SPARE_BYTES];
        run();
    }

    void run() {
        for (int v = 0; v < height; v++) {
            source.get(v * rowStride, sourceRow, 0, layout.samples() * width);
            layout.toRgb(sourceRow, rgbRow, width);
            rgb.put(v * 3 * width, rgbRow, 0, 3 * width);
        }
    }

    /** The result, dense. */
    Pixels<byte[], BytePointer> pixels() {
        return Pixels.of(rgb, width, height, 3L * width);
    }
}
