package io.trd4j.data;

import io.trd4j.ops.Pixels;
import io.trd4j.ops.Retained;
import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;

/** From an image in another layout to RGB8 in memory of its own, again and again without allocating. */
final class ColorConversion {
    private final byte[] array;
    private final ByteBuffer source;
    private final ByteBuffer rgb;
    private final int code;
    private final Mat from;
    private final Mat to;

    /**
     * @param array copied to {@code source} before every conversion; null when the source is the caller's memory
     * @param source direct, rows {@code rowStride} bytes apart
     */
    ColorConversion(byte[] array, ByteBuffer source, ColorLayout layout, int width, int height, long rowStride) {
        this.array = array;
        this.source = source.slice();
        rgb = ByteBuffer.allocateDirect(Math.multiplyExact(3, Math.multiplyExact(width, height)));
        code = layout.conversion();
        // Headers without pixels: what the garbage collector does not see of them is a hundred bytes.
        from = Retained.of(new Mat(
                height,
                width,
                opencv_core.CV_MAKETYPE(opencv_core.CV_8U, layout.samples()),
                new BytePointer(this.source),
                rowStride));
        to = Retained.of(new Mat(height, width, opencv_core.CV_8UC3, new BytePointer(rgb), 3L * width));
        run();
    }

    void run() {
        if (array != null) {
            source.put(0, array);
        }
        opencv_imgproc.cvtColor(from, to, code);
    }

    /** The result, dense. */
    Pixels<byte[], BytePointer> pixels() {
        return Pixels.of(rgb, to.cols(), to.rows(), 3L * to.cols());
    }
}
