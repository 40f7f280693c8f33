package io.trd4j.data;

import io.trd4j.ops.Pixels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import org.bytedeco.javacpp.FloatPointer;

/** From a depth image to points in memory of its own, again and again without allocating. */
final class DepthConversion implements ConvertedPoints {
    private final int width;
    private final int height;
    /** Elements from one row to the next. */
    private final int stride;

    private final float metresPerUnit;
    /** x / z of each column, y / z of each row. */
    private final float[] across;

    private final float[] down;
    private final ShortBuffer shorts;
    private final FloatBuffer floats;
    private final short[] shortRow;
    private final float[] floatRow;
    private final float[] pointRow;
    private final FloatBuffer points;

    /** @param direct from its position on */
    DepthConversion(
            ByteBuffer direct,
            DepthLayout layout,
            int width,
            int height,
            long rowStride,
            double metresPerUnit,
            Intrinsics k) {
        this.width = width;
        this.height = height;
        stride = Math.toIntExact(rowStride / layout.bytes());
        this.metresPerUnit = (float) metresPerUnit;
        across = new float[width];
        for (int u = 0; u < width; u++) {
            across[u] = (float) ((u - k.cx()) / k.fx());
        }
        down = new float[height];
        for (int v = 0; v < height; v++) {
            down[v] = (float) ((v - k.cy()) / k.fy());
        }
        ByteBuffer source = direct.slice().order(ByteOrder.nativeOrder());
        shorts = layout == DepthLayout.UINT16 ? source.asShortBuffer() : null;
        floats = layout == DepthLayout.FLOAT32 ? source.asFloatBuffer() : null;
        shortRow = shorts == null ? null : new short[width];
        floatRow = new float[width];
        pointRow = new float[Math.multiplyExact(3, width)];
        points = ConvertedPoints.memory(width, height);
        run();
    }

    /** Row by row through arrays: single elements of a buffer cost several times as much. */
    @Override
    public void run() {
        for (int v = 0; v < height; v++) {
            if (shorts != null) {
                shorts.get(v * stride, shortRow);
                for (int u = 0; u < width; u++) {
                    floatRow[u] = (shortRow[u] & 0xffff) * metresPerUnit;
                }
            } else {
                floats.get(v * stride, floatRow);
                for (int u = 0; u < width; u++) {
                    floatRow[u] *= metresPerUnit;
                }
            }
            for (int u = 0; u < width; u++) {
                float z = floatRow[u];
                pointRow[3 * u] = across[u] * z;
                pointRow[3 * u + 1] = down[v] * z;
                pointRow[3 * u + 2] = z;
            }
            points.put(v * pointRow.length, pointRow);
        }
    }

    @Override
    public Pixels<float[], FloatPointer> pixels() {
        return Pixels.of(points, width, height, 3L * width);
    }
}
