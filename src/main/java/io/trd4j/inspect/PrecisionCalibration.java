package io.trd4j.inspect;

import io.trd4j.engine.CalibratedMaps;
import io.trd4j.engine.cpu.CompiledPlan;
import io.trd4j.engine.cpu.CpuRunner;
import io.trd4j.engine.cpu.CpuSupport;
import io.trd4j.engine.cpu.FeatureRanges;
import io.trd4j.engine.cpu.Quantization;
import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.engine.plan.Layer;
import io.trd4j.engine.plan.WeightSource;
import io.trd4j.engine.torch.NetworkWeights;
import io.trd4j.model.Calibration;
import io.trd4j.model.ParameterNames;
import io.trd4j.model.Precision;
import io.trd4j.model.PrecisionTests;
import io.trd4j.model.PrecisionTests.Accuracy;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.model.network.Network;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Measures on normal parts what INT8 needs to know, and how close BF16 and INT8 come to FP32: maps by their
 * correlation, scores by their difference. What passes may be chosen by {@link Precision#AUTO}.
 */
public final class PrecisionCalibration {
    /**
     * Layers that INT8 leaves in BF16, tried in this order until the test passes. Every error at the start of the
     * teacher goes through all that follows; no other part of the network costs that much accuracy
     * (benchmarks/NOTES.md).
     */
    static final List<String> INT8_EXCEPTIONS = List.of(ParameterNames.TEACHER + "layer1.", ParameterNames.TEACHER);
    /** More parts would change the ranges' maxima and the worst part's error little, and cost time. */
    private static final int MAX_PARTS = 24;

    private final ExecutionPlan plan;
    private final WeightSource weights;
    private final Calibration calibration;
    private final RegionOfInterest roi;
    private final Images images;
    private final int[] parts;
    private final int threads;
    private final IntConsumer progress;
    private int steps;

    /** Prepared images, as training has them. */
    public interface Images {
        int count();

        /** Prepared image of a part, S x S x 3 channels-last; rgb is branch 0. Valid until the next call. */
        FloatPointer image(int part, int branch);
    }

    /** @param map the pixels that count */
    private record Result(float[] map, float score) {}

    private PrecisionCalibration(
            ExecutionPlan plan,
            WeightSource weights,
            Calibration calibration,
            RegionOfInterest roi,
            Images images,
            int threads,
            IntConsumer progress) {
        this.plan = plan;
        this.weights = weights;
        this.calibration = calibration;
        this.roi = roi;
        this.images = images;
        this.threads = threads;
        this.progress = progress;
        int count = parts(images.count());
        parts = new int[count];
        for (int i = 0; i < count; i++) {
            parts[i] = (int) ((long) i * images.count() / count);
        }
    }

    private static int parts(int available) {
        return Math.min(available, MAX_PARTS);
    }

    /** How many steps {@link #run} will report at most. */
    public static int steps(int available) {
        return parts(available) * (2 + INT8_EXCEPTIONS.size());
    }

    /**
     * @param calibration of the same network: the maps are compared as an inspection gives them
     * @param roi what counts of the maps, the one it was calibrated with; null = everything
     * @param progress called with the number of steps done so far
     * @return null where oneDNN is not available, as then there is only FP32
     */
    public static PrecisionTests run(
            Network network,
            int size,
            Calibration calibration,
            RegionOfInterest roi,
            Images images,
            int threads,
            IntConsumer progress)
            throws IOException {
        if (!CpuSupport.isAvailable()) {
            return null;
        }
        return new PrecisionCalibration(
                        ExecutionPlan.of(network.backbone(), size),
                        new NetworkWeights(network),
                        calibration,
                        roi,
                        images,
                        threads,
                        progress)
                .run();
    }

    private PrecisionTests run() throws IOException {
        List<Result> expected = new ArrayList<>();
        FeatureRanges ranges = new FeatureRanges();
        inspect(Precision.FP32, null, ranges, expected);
        Accuracy bf16 = CpuSupport.supports(Precision.BF16) ? test(Precision.BF16, null, expected) : null;
        // Kept even where INT8 cannot be tested: another CPU may be asked for it.
        Map<String, Float> largest = ranges.ranges();
        Accuracy int8 = null;
        List<String> kept = List.of();
        if (CpuSupport.supports(Precision.INT8)) {
            for (int i = 0; i < INT8_EXCEPTIONS.size() && (int8 == null || !int8.passed()); i++) {
                kept = layers(plan, INT8_EXCEPTIONS.get(i));
                int8 = test(Precision.INT8, new Quantization(largest, Set.copyOf(kept)), expected);
            }
        }
        // Steps that an early success made unnecessary.
        while (steps < steps(images.count())) {
            progress.accept(++steps);
        }
        return new PrecisionTests(bf16, int8, largest, kept);
    }

    /** Names of the layers under a prefix. */
    static List<String> layers(ExecutionPlan plan, String prefix) {
        return plan.layers().stream()
                .map(Layer::convolution)
                .filter(name -> name.startsWith(prefix))
                .toList();
    }

    private Accuracy test(Precision precision, Quantization quantization, List<Result> expected) throws IOException {
        List<Result> got = new ArrayList<>();
        inspect(precision, quantization, null, got);
        double correlation = 1;
        double scoreError = 0;
        for (int i = 0; i < got.size(); i++) {
            correlation = Math.min(
                    correlation, correlation(got.get(i).map(), expected.get(i).map()));
            double score = expected.get(i).score();
            scoreError = Math.max(scoreError, scoreError(score, got.get(i).score()));
        }
        return Accuracy.judged(precision, got.size(), correlation, scoreError);
    }

    private void inspect(Precision precision, Quantization quantization, FeatureRanges ranges, List<Result> results)
            throws IOException {
        int size = plan.size();
        try (CpuRunner runner = new CpuRunner(new CompiledPlan(plan, weights, precision, quantization, threads));
                CalibratedMaps maps = new CalibratedMaps(size, calibration, roi)) {
            float[] image = new float[3 * size * size];
            for (int part : parts) {
                for (int branch = 0; branch < 2; branch++) {
                    images.image(part, branch).get(image);
                    runner.setImage(branch, image);
                }
                if (ranges == null) {
                    runner.run();
                } else {
                    runner.run(ranges);
                }
                maps.compute(runner.distances(0), runner.distances(1));
                float[] map = new float[size * size];
                maps.map().get(map);
                results.add(new Result(roi == null ? map : roi.counted(map), maps.score(0)));
                progress.accept(++steps);
            }
        }
    }

    /** Relative to the score, but at least to 1: one deviation of the maps. */
    public static double scoreError(double expected, double got) {
        return Math.abs(got - expected) / Math.max(1, Math.abs(expected));
    }

    /**
     * Of two maps. 0 when one of them is constant, as a region of interest of one pixel is: nothing shows then that a
     * precision suffices.
     */
    public static double correlation(float[] a, float[] b) {
        double meanA = mean(a);
        double meanB = mean(b);
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            double x = a[i] - meanA;
            double y = b[i] - meanB;
            ab += x * y;
            aa += x * x;
            bb += y * y;
        }
        return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float v : values) {
            sum += v;
        }
        return sum / values.length;
    }
}
