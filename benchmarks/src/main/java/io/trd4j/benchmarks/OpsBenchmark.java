package io.trd4j.benchmarks;

import io.trd4j.jni.TrdCalibration;
import io.trd4j.model.Backbone;
import io.trd4j.model.LibTorch;
import io.trd4j.ops.Exec;
import io.trd4j.ops.Ops;
import io.trd4j.ops.Owned;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
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
 * libtrd's ops at S = 256, each beside the same computation in LibTorch's ops ({@link LibTorchMaps}), on the same memory.
 * libtrd computes on the calling thread, LibTorch on as many threads as the machine has cores. The set-up fails when the
 * two do not agree.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class OpsBenchmark {
    private static final int SIZE = 256;
    private static final int PIXELS = SIZE * SIZE;
    private static final int SCALES = 3;
    /** Float sums of up to 1024 products in another order, and float maps of a few units. */
    private static final double AGREEMENT = 1e-4;

    @Param({"resnet18", "wide_resnet50_2"})
    public String backbone;

    private final long[] side = new long[SCALES];
    private final long[] channels = new long[SCALES];
    private final FloatPointer[] own = new FloatPointer[SCALES];
    private final FloatPointer[] fused = new FloatPointer[SCALES];
    private final FloatPointer[] distance = new FloatPointer[SCALES];
    private final FloatPointer one = Owned.of(new FloatPointer(1f));
    private final FloatPointer other = Owned.of(new FloatPointer(2f));
    private final FloatPointer out = Owned.of(new FloatPointer(1L));
    private final FloatPointer raw = Owned.of(new FloatPointer((long) PIXELS));
    private final FloatPointer rawDepth = Owned.of(new FloatPointer((long) PIXELS));
    private final FloatPointer map = Owned.of(new FloatPointer((long) PIXELS));
    private final FloatPointer mapRgb = Owned.of(new FloatPointer((long) PIXELS));
    private final FloatPointer mapDepth = Owned.of(new FloatPointer((long) PIXELS));
    private final FloatPointer scores = Owned.of(new FloatPointer(3L));
    private Exec exec;
    private TrdCalibration calibration;
    private BytePointer memory;
    private Pointer workspace;
    private long workspaceBytes;
    private LibTorchMaps libTorch;

    @Setup
    public void setUp() {
        exec = Exec.cpu();
        LibTorch.setThreads(Runtime.getRuntime().availableProcessors());
        Backbone shape = Backbone.of(backbone);
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < SCALES; i++) {
            side[i] = SIZE / 4 >> i;
            channels[i] = shape.channels(i + 1);
            own[i] = uniform(side[i] * side[i] * channels[i], random);
            fused[i] = uniform(side[i] * side[i] * channels[i], random);
            distance[i] = Owned.of(new FloatPointer(side[i] * side[i]));
        }
        calibration = Owned.of(new TrdCalibration());
        calibration.mean_rgb(0.5).std_rgb(0.25).mean_depth(0.4).std_depth(0.3);
        workspaceBytes = Ops.anomalyMapWorkspaceBytes(SIZE);
        memory = Owned.of(new BytePointer(workspaceBytes + 64));
        workspace = memory.getPointer((64 - memory.address() % 64) % 64);
        rawDepth.put(floats(uniform(PIXELS, random), PIXELS));
        libTorch = new LibTorchMaps(SIZE, side, channels, own, fused, distance, raw, rawDepth);
        checkAgreement();
    }

    private static FloatPointer uniform(long count, SplittableRandom random) {
        float[] values = new float[Math.toIntExact(count)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        return Owned.of(new FloatPointer(values));
    }

    private void checkAgreement() {
        cosineDistance();
        branchMap();
        anomalyMap();
        try (PointerScope scope = new PointerScope(); NoGradGuard guard = new NoGradGuard()) {
            Tensor[] distances = libTorch.cosineDistance();
            for (int i = 0; i < SCALES; i++) {
                requireClose("cosine distance " + (i + 1), distance[i], distances[i], (int) (side[i] * side[i]));
            }
            requireClose("branch map", raw, libTorch.branchMap(), PIXELS);
            Tensor[] maps = libTorch.anomalyMap();
            requireClose("anomaly map", map, maps[0], PIXELS);
            requireClose("scores", scores, maps[1], 3);
        }
    }

    private static void requireClose(String what, FloatPointer ours, Tensor theirs, int count) {
        float[] a = floats(ours, count);
        float[] b = floats(new FloatPointer(theirs.contiguous().data_ptr()), count);
        for (int i = 0; i < count; i++) {
            if (!(Math.abs(a[i] - b[i]) <= AGREEMENT)) {
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
        exec.close();
    }

    /** The smallest call there is: what crossing from Java to libtrd costs. */
    @Benchmark
    public void callFloor() {
        Ops.cosineDistance(exec, one, other, out, 1, 1, 1);
    }

    /** Three scales of one branch. */
    @Benchmark
    public void cosineDistance() {
        for (int i = 0; i < SCALES; i++) {
            Ops.cosineDistance(exec, fused[i], own[i], distance[i], 1, side[i] * side[i], channels[i]);
        }
    }

    @Benchmark
    public long cosineDistanceLibTorch() {
        try (PointerScope scope = new PointerScope(); NoGradGuard guard = new NoGradGuard()) {
            return libTorch.cosineDistance()[2].address();
        }
    }

    /** One branch. */
    @Benchmark
    public void branchMap() {
        Ops.branchMap(exec, distance[0], side[0], distance[1], side[1], distance[2], side[2], raw, 1, SIZE);
    }

    @Benchmark
    public long branchMapLibTorch() {
        try (PointerScope scope = new PointerScope(); NoGradGuard guard = new NoGradGuard()) {
            return libTorch.branchMap().address();
        }
    }

    /** Both branches: calibration, blur, sum, three maxima. */
    @Benchmark
    public void anomalyMap() {
        Ops.anomalyMap(exec, raw, rawDepth, calibration, map, mapRgb, mapDepth, scores, workspace, workspaceBytes, 1, SIZE);
    }

    @Benchmark
    public long anomalyMapLibTorch() {
        try (PointerScope scope = new PointerScope(); NoGradGuard guard = new NoGradGuard()) {
            return libTorch.anomalyMap()[1].address();
        }
    }
}
