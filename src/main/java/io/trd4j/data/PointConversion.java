package io.trd4j.data;

import io.trd4j.ops.Pixels;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;

/** From a sensor's points of another convention to points in memory of its own, again and again without allocating. */
final class PointConversion implements ConvertedPoints {
    private final FloatBuffer source;
    private final PointConvention convention;
    private final int width;
    private final int height;
    private final int rowStride;
    /** A row of the source: interleaved, or x, y and z of the three planes. */
    private final float[] sourceRow;

    private final float[] pointRow;
    private final FloatBuffer points;

    /** @param rowStride floats from one row to the next; of planar points, from one row of a plane to its next */
    PointConversion(FloatBuffer direct, int width, int height, long rowStride, PointConvention convention) {
        source = direct.slice();
        this.convention = convention;
        this.width = width;
        this.height = height;
        this.rowStride = Math.toIntExact(rowStride);
        sourceRow = new float[Math.multiplyExact(3, width)];
        pointRow = new float[sourceRow.length];
        points = ConvertedPoints.memory(width, height);
        run();
    }

    @Override
    public void run() {
        boolean planar = convention.planar();
        for (int v = 0; v < height; v++) {
            for (int plane = 0; planar && plane < 3; plane++) {
                source.get((plane * height + v) * rowStride, sourceRow, plane * width, width);
            }
            if (!planar) {
                source.get(v * rowStride, sourceRow);
            }
            convention.convert(sourceRow, pointRow, width);
            points.put(v * pointRow.length, pointRow);
        }
    }

    @Override
    public Pixels<float[], FloatPointer> pixels() {
        return Pixels.of(points, width, height, 3L * width);
    }
}
