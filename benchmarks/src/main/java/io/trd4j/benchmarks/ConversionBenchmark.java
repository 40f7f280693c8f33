package io.trd4j.benchmarks;

import io.trd4j.data.ColorLayout;
import io.trd4j.data.DepthLayout;
import io.trd4j.data.Intrinsics;
import io.trd4j.data.PointAxes;
import io.trd4j.data.PointCloud;
import io.trd4j.data.PointConvention;
import io.trd4j.data.RgbImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A part's raw memory of 800 x 800 in other layouts, as every inspection reads it, by one thread: libtrd's conversions,
 * each beside the same in Java ({@link JavaConversions}). The set-up fails when the two differ by a bit.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ConversionBenchmark {
    private static final int SIDE = 800;
    private static final int PIXELS = SIDE * SIDE;
    private static final Intrinsics CAMERA = new Intrinsics(SIDE, SIDE, SIDE / 2.0, SIDE / 2.0);
    private static final double MILLIMETRE = 1e-3;
    private static final PointAxes FLIPPED = PointAxes.of("y,x,-z");
    private static final PointAxes PLANES = PointAxes.of("planar");
    private static final float MARK = -1;

    private final JavaConversions java = new JavaConversions(SIDE, SIDE, CAMERA);
    private final ByteBuffer colours = direct(4 * PIXELS);
    private final ByteBuffer shorts = direct(2 * PIXELS);
    private final ShortBuffer shortBuffer = shorts.asShortBuffer();
    private final ByteBuffer floats = direct(12 * PIXELS);
    private final FloatBuffer points = floats.asFloatBuffer();
    private RgbImage bgr;
    private RgbImage grey;
    private RgbImage rgba;
    private PointCloud depth16;
    private PointCloud depthFloat;
    private PointCloud unit;
    private PointCloud axesAndMarks;
    private PointCloud planes;

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    @Setup
    public void setUp() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 4 * PIXELS; i++) {
            colours.put(i, (byte) random.nextInt());
        }
        for (int i = 0; i < PIXELS; i++) {
            shorts.putShort(2 * i, (short) random.nextInt());
        }
        for (int i = 0; i < 3 * PIXELS; i++) {
            points.put(i, random.nextInt(9) == 0 ? MARK : (float) random.nextDouble(1000));
        }
        bgr = RgbImage.of(colours, ColorLayout.BGR8, SIDE, SIDE, 3L * SIDE);
        grey = RgbImage.of(colours, ColorLayout.GRAY8, SIDE, SIDE, SIDE);
        rgba = RgbImage.of(colours, ColorLayout.RGBA8, SIDE, SIDE, 4L * SIDE);
        depth16 = PointCloud.ofDepth(shorts, DepthLayout.UINT16, SIDE, SIDE, 2L * SIDE, MILLIMETRE, CAMERA);
        depthFloat = PointCloud.ofDepth(floats, DepthLayout.FLOAT32, SIDE, SIDE, 4L * SIDE, MILLIMETRE, CAMERA);
        PointConvention millimetres = PointConvention.UNSTATED.withMetresPerUnit(MILLIMETRE);
        unit = PointCloud.of(points, SIDE, SIDE, 3L * SIDE, millimetres);
        axesAndMarks = PointCloud.of(
                points, SIDE, SIDE, 3L * SIDE, millimetres.withAxes(FLIPPED).withMissing(List.of(MARK)));
        planes = PointCloud.of(points, SIDE, SIDE, SIDE, millimetres.withAxes(PLANES));
        require(bgr, bgrInJava());
        require(grey, greyInJava());
        require(rgba, rgbaInJava());
        require(depth16, depth16InJava());
        require(depthFloat, depthFloatInJava());
        require(unit, unitInJava());
        require(axesAndMarks, axesAndMarksInJava());
        require(planes, planesInJava());
    }

    private static void require(RgbImage image, ByteBuffer other) {
        byte[] all = new byte[other.capacity()];
        other.get(0, all);
        if (!Arrays.equals(all, image.rgb())) {
            throw new IllegalStateException("colours differ from those in Java");
        }
    }

    private static void require(PointCloud cloud, FloatBuffer other) {
        float[] all = new float[other.capacity()];
        other.get(0, all);
        if (!Arrays.equals(all, cloud.xyz())) {
            throw new IllegalStateException("points differ from those in Java");
        }
    }

    @Benchmark
    public RgbImage bgr() {
        bgr.update();
        return bgr;
    }

    @Benchmark
    public ByteBuffer bgrInJava() {
        java.colour(colours, 3);
        return java.rgb;
    }

    @Benchmark
    public RgbImage grey() {
        grey.update();
        return grey;
    }

    @Benchmark
    public ByteBuffer greyInJava() {
        java.colour(colours, 1);
        return java.rgb;
    }

    @Benchmark
    public RgbImage rgba() {
        rgba.update();
        return rgba;
    }

    @Benchmark
    public ByteBuffer rgbaInJava() {
        java.colour(colours, 4);
        return java.rgb;
    }

    @Benchmark
    public PointCloud depth16() {
        depth16.update();
        return depth16;
    }

    @Benchmark
    public FloatBuffer depth16InJava() {
        java.depth16(shortBuffer, (float) MILLIMETRE);
        return java.xyz;
    }

    @Benchmark
    public PointCloud depthFloat() {
        depthFloat.update();
        return depthFloat;
    }

    @Benchmark
    public FloatBuffer depthFloatInJava() {
        java.depthFloat(points, (float) MILLIMETRE);
        return java.xyz;
    }

    /** Millimetres, else as trd4j has points. */
    @Benchmark
    public PointCloud unit() {
        unit.update();
        return unit;
    }

    @Benchmark
    public FloatBuffer unitInJava() {
        java.points(points, PointAxes.XYZ, MILLIMETRE);
        return java.xyz;
    }

    /** Millimetres, y, x, -z, and a mark for missing points. */
    @Benchmark
    public PointCloud axesAndMarks() {
        axesAndMarks.update();
        return axesAndMarks;
    }

    @Benchmark
    public FloatBuffer axesAndMarksInJava() {
        java.points(points, FLIPPED, MILLIMETRE, MARK);
        return java.xyz;
    }

    /** Millimetres, x, y and z in planes. */
    @Benchmark
    public PointCloud planes() {
        planes.update();
        return planes;
    }

    @Benchmark
    public FloatBuffer planesInJava() {
        java.points(points, PLANES, MILLIMETRE);
        return java.xyz;
    }
}
