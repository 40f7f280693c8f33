package io.trd4j.data;

import io.trd4j.ops.Conversions;
import io.trd4j.ops.Pixels;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/** From a depth image to points in memory of its own, again and again without allocating. */
final class DepthConversion implements ConvertedPoints {
    /** Keeps the caller's memory reachable. */
    private final ByteBuffer source;

    private final BytePointer depth;
    private final DepthLayout layout;
    private final long rowStride;
    private final float metresPerUnit;
    private final Intrinsics camera;
    private final Pixels<float[], FloatPointer> points;

    /**
     * @param direct from its position on
     * @param rowStride bytes from one row to the next
     */
    DepthConversion(
            ByteBuffer direct,
            DepthLayout layout,
            int width,
            int height,
            long rowStride,
            double metresPerUnit,
            Intrinsics camera) {
        source = direct.slice();
        this.layout = layout;
        this.rowStride = rowStride;
        this.metresPerUnit = (float) metresPerUnit;
        this.camera = camera;
        points = Pixels.ofFloats(width, height);
        depth = new BytePointer(source);
        run();
    }

    @Override
    public void run() {
        Conversions.depth(
                depth,
                rowStride,
                layout.code,
                metresPerUnit,
                camera.fx(),
                camera.fy(),
                camera.cx(),
                camera.cy(),
                points);
        Reference.reachabilityFence(source);
    }

    @Override
    public Pixels<float[], FloatPointer> pixels() {
        return points;
    }
}
