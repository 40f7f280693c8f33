package io.trd4j.data;

import io.trd4j.ops.Pixels;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.BytePointer;

/** From directions as floats to an image of them in memory of its own, again and again without allocating. */
final class NormalsConversion {
    /** A length that differs from 1 by more is no direction's. */
    private static final float TOLERANCE = 0.1f;
    /** Half of the range of a byte: -1 to 1 becomes 0 to 255. */
    private static final float HALF = 127.5f;

    private final FloatBuffer source;
    private final int width;
    private final int height;
    private final int rowStride;
    private final float[] sourceRow;
    private final byte[] imageRow;
    private final ByteBuffer image;
    private int measured;
    private int wrong;

    /** @param rowStride floats from one row to the next */
    NormalsConversion(FloatBuffer direct, int width, int height, long rowStride) {
        source = direct.slice();
        this.width = width;
        this.height = height;
        this.rowStride = Math.toIntExact(rowStride);
        sourceRow = new float[Math.multiplyExact(3, width)];
        imageRow = new byte[sourceRow.length];
        image = ByteBuffer.allocateDirect(Math.multiplyExact(imageRow.length, height));
        run();
    }

    /** Reads the caller's memory again; allocates nothing. */
    void run() {
        measured = 0;
        wrong = 0;
        for (int y = 0; y < height; y++) {
            source.get(y * rowStride, sourceRow);
            for (int i = 0; i < sourceRow.length; i += 3) {
                convert(i);
            }
            image.put(y * imageRow.length, imageRow);
        }
    }

    private void convert(int i) {
        float x = sourceRow[i];
        float y = sourceRow[i + 1];
        float z = sourceRow[i + 2];
        float length = (float) Math.sqrt(x * x + y * y + z * z);
        // False for NaN, too; an infinite one, or one beyond a float's square, was not measured.
        boolean there = length > 0 && length < Float.POSITIVE_INFINITY;
        float scale = there ? HALF / length : 0;
        measured += there ? 1 : 0;
        wrong += there && Math.abs(length - 1) > TOLERANCE ? 1 : 0;
        imageRow[i] = there ? (byte) (int) (x * scale + HALF + 0.5f) : 0;
        imageRow[i + 1] = there ? (byte) (int) (y * scale + HALF + 0.5f) : 0;
        imageRow[i + 2] = there ? (byte) (int) (z * scale + HALF + 0.5f) : 0;
    }

    /** Of the directions that are not missing, the share whose length is not 1; 0 without any. */
    double wrongShare() {
        return measured == 0 ? 0 : (double) wrong / measured;
    }

    /** The result, dense. */
    Pixels<byte[], BytePointer> pixels() {
        return Pixels.of(image, width, height, 3L * width);
    }
}
