package io.trd4j.benchmarks;

import io.trd4j.jni.TrdCalibration;
import io.trd4j.model.Backbone;
import io.trd4j.model.network.LibTorch;
import io.trd4j.ops.Distances;
import io.trd4j.ops.ElementType;
import io.trd4j.ops.MapOperators;
import io.trd4j.ops.OpTarget;
import io.trd4j.ops.Ops;
import io.trd4j.ops.Retained;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.ShortPointer;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * libtrd's ops at S = 256 on both branches of one part, each beside the same computation in LibTorch's ops
 * ({@link LibTorchMaps}), on the same memory and as many threads as the machine has cores. The set-up fails when the
 * two do not agree.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class OpsBenchmark {
    static final int SIZE = 256;
    private static final int PIXELS = SIZE * SIZE;
    private static final int SCALES = 3;
    private static final float W_DECODER = 0.7f;
    private static final float W_AMPLIFIER = 0.3f;

    @Param({"resnet18", "wide_resnet50_2"})
    public String backbone;

    @Param({"FLOAT32", "BFLOAT16"})
    public ElementType type;

    private final long[] side = new long[SCALES];
    private final long[] channels = new long[SCALES];
    private final Pointer[] decoder = new Pointer[2 * SCALES];
    private final Pointer[] amplifier = new Pointer[2 * SCALES];
    private final Pointer[] teacher = new Pointer[2 * SCALES];
    private final FloatPointer[] distance = new FloatPointer[2 * SCALES];
    private final FloatPointer one = Retained.of(new FloatPointer(1f));
    private final FloatPointer other = Retained.of(new FloatPointer(2f));
    private final FloatPointer out = Retained.of(new FloatPointer(1L));
    private final FloatPointer raw = Retained.of(new FloatPointer((long) PIXELS));
    private final FloatPointer map = Retained.of(new FloatPointer((long) PIXELS));
    private final FloatPointer mapRgb = Retained.of(new FloatPointer((long) PIXELS));
    private final FloatPointer mapDepth = Retained.of(new FloatPointer((long) PIXELS));
    private final FloatPointer scores = Retained.of(new FloatPointer(3L));
    private OpTarget exec;
    private MapOperators operators;
    private Distances rgb;
    private Distances depth;
    private TrdCalibration calibration;
    private LibTorchMaps libTorch;

    @Setup
    public void setUp() {
        exec = OpTarget.cpu();
        LibTorch.setThreads(Runtime.getRuntime().availableProcessors());
        Backbone shape = Backbone.of(backbone);
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < SCALES; i++) {
            side[i] = SIZE / 4 >> i;
            channels[i] = shape.channels(i + 1);
        }
        for (int i = 0; i < 2 * SCALES; i++) {
            long pixels = side[i % SCALES] * side[i % SCALES];
            long count = pixels * channels[i % SCALES];
            decoder[i] = uniform(count, random);
            amplifier[i] = uniform(count, random);
            teacher[i] = uniform(count, random);
            distance[i] = Retained.of(new FloatPointer(pixels));
        }
        rgb = new Distances(distance[0], side[0], distance[1], side[1], distance[2], side[2]);
        depth = new Distances(distance[3], side[0], distance[4], side[1], distance[5], side[2]);
        operators = new MapOperators(exec, SIZE, side[0], side[1], side[2]);
        calibration = Retained.of(new TrdCalibration());
        calibration.mean_rgb(0.5).std_rgb(0.25).mean_depth(0.4).std_depth(0.3);
        libTorch = new LibTorchMaps(
                SIZE, side, channels, type, decoder, W_DECODER, amplifier, W_AMPLIFIER, teacher, distance);
        checkAgreement();
    }

    private Pointer uniform(long count, SplittableRandom random) {
        float[] values = new float[Math.toIntExact(count)];
        short[] upper = new short[values.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
            upper[i] = (short) (Float.floatToRawIntBits(values[i]) >>> 16);
        }
        return type == ElementType.BFLOAT16
                ? Retained.of(new ShortPointer(upper))
                : Retained.of(new FloatPointer(values));
    }

    private void checkAgreement() {
        fuseCosine();
        branchMap();
        anomalyMap();
        // Float sums of up to 1024 products in another order. LibTorch rounds a blend and a cosine in bfloat16 to 8
        // bits
        // each; libtrd does not.
        double distances = type == ElementType.BFLOAT16 ? 0.03 : 1e-5;
        // Float maps of a few units.
        double maps = 1e-4;
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor[] theirs = libTorch.fuseCosine();
            for (int i = 0; i < 2 * SCALES; i++) {
                requireClose(
                        "distance " + i,
                        distance[i],
                        theirs[i],
                        (int) (side[i % SCALES] * side[i % SCALES]),
                        distances);
            }
            requireClose("branch map", raw, libTorch.branchMap(), PIXELS, maps);
            Tensor[] fromDistances = libTorch.anomalyMap();
            requireClose("sum map", map, fromDistances[0].narrow(0, 0, 1), PIXELS, maps);
            requireClose("rgb map", mapRgb, fromDistances[0].narrow(0, 1, 1), PIXELS, maps);
            requireClose("depth map", mapDepth, fromDistances[0].narrow(0, 2, 1), PIXELS, maps);
            requireClose("scores", scores, fromDistances[1], 3, maps);
            // Three distances over each branch's standard deviation, of which the smaller is 0.25.
            requireClose("scores from features", scores, libTorch.maps()[1], 3, maps + 2 * 3 * distances / 0.25);
        }
    }

    private static void requireClose(String what, FloatPointer ours, Tensor theirs, int count, double tolerance) {
        float[] a = floats(ours, count);
        float[] b = floats(
                new FloatPointer(theirs.to(torch.ScalarType.Float).contiguous().data_ptr()), count);
        for (int i = 0; i < count; i++) {
            if (!(Math.abs(a[i] - b[i]) <= tolerance)) {
                throw new IllegalStateException(what + "[" + i + "]: libtrd " + a[i] + ", LibTorch " + b[i]);
            }
        }
    }

    private static float[] floats(FloatPointer pointer, int count) {
        float[] values = new float[count];
        pointer.get(values);
        return values;
    }

    @TearDown
    public void tearDown() {
        operators.close();
        rgb.close();
        depth.close();
        exec.close();
    }

    /** The smallest call there is: what crossing from Java to libtrd costs. */
    @Benchmark
    public void callFloor() {
        Ops.fuseCosine(exec, ElementType.FLOAT32, one, 1, null, 0, other, out, 1, 1, 1);
    }

    /** Blend and distance, three scales of both branches. */
    @Benchmark
    public void fuseCosine() {
        for (int i = 0; i < 2 * SCALES; i++) {
            int scale = i % SCALES;
            Ops.fuseCosine(
                    exec,
                    type,
                    decoder[i],
                    W_DECODER,
                    amplifier[i],
                    W_AMPLIFIER,
                    teacher[i],
                    distance[i],
                    1,
                    side[scale] * side[scale],
                    channels[scale]);
        }
    }

    @Benchmark
    public long fuseCosineLibTorch() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            return libTorch.fuseCosine()[5].address();
        }
    }

    /** The raw map of one branch, which calibration reads. */
    @Benchmark
    public void branchMap() {
        Ops.branchMap(exec, rgb, raw, 1, SIZE);
    }

    @Benchmark
    public long branchMapLibTorch() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            return libTorch.branchMap().address();
        }
    }

    /** Both branches' distances to calibrated, blurred maps, their sum, and three maxima. */
    @Benchmark
    public void anomalyMap() {
        Ops.anomalyMap(exec, rgb, depth, calibration, null, operators, map, mapRgb, mapDepth, scores, 1);
    }

    @Benchmark
    public long anomalyMapLibTorch() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            return libTorch.anomalyMap()[1].address();
        }
    }

    /** Everything after the network: blend, distances, maps, scores. */
    @Benchmark
    public void maps() {
        fuseCosine();
        anomalyMap();
    }

    @Benchmark
    public long mapsLibTorch() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            return libTorch.maps()[1].address();
        }
    }
}
