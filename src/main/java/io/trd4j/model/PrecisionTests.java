package io.trd4j.model;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Results of calibration's tests of arithmetic below float32 on this model's normal validation parts.
 *
 * @param bf16 null when it was not tested (the CPU that calibrated the model lacks the instructions)
 * @param int8 likewise
 * @param ranges largest magnitude of each feature map, by the execution plan's names: what INT8 scales with
 * @param int8Exceptions convolutions that INT8 leaves in BF16, by the plan's names
 */
public record PrecisionTests(Accuracy bf16, Accuracy int8, Map<String, Float> ranges, List<String> int8Exceptions) {
    /**
     * How close a precision's results are to float32's.
     *
     * @param parts on how many it was tested
     * @param correlation smallest correlation of a part's combined map with float32's
     * @param scoreError largest difference of a score, relative to the score but at least to 1 (one standard deviation)
     */
    public record Accuracy(int parts, double correlation, double scoreError, boolean passed) {
        private static final double CORRELATION_OF_16_BITS = 0.999;
        private static final double SCORE_OF_16_BITS = 0.01;
        private static final double CORRELATION_OF_8_BITS = 0.99;
        private static final double SCORE_OF_8_BITS = 0.03;

        /** Judged by what a precision of 16 or 8 bits may differ. */
        public static Accuracy judged(Precision precision, int parts, double correlation, double scoreError) {
            boolean eight = precision == Precision.INT8;
            boolean passed = correlation >= (eight ? CORRELATION_OF_8_BITS : CORRELATION_OF_16_BITS)
                    && scoreError <= (eight ? SCORE_OF_8_BITS : SCORE_OF_16_BITS);
            return new Accuracy(parts, correlation, scoreError, passed);
        }

        public Accuracy {
            if (parts < 1 || !Double.isFinite(correlation + scoreError)) {
                throw new IllegalArgumentException("an accuracy test needs parts and finite results");
            }
        }
    }

    public PrecisionTests {
        if (ranges == null
                || int8Exceptions == null
                || ranges.values().stream().anyMatch(r -> !(r >= 0 && r <= Float.MAX_VALUE))) {
            throw new IllegalArgumentException(
                    "the precision tests need finite ranges of feature maps and a list of exceptions");
        }
        // In the order of the names: equal content gives equal files.
        ranges = Collections.unmodifiableMap(new TreeMap<>(ranges));
        int8Exceptions = List.copyOf(int8Exceptions);
    }

    /** Whether the precision passed its test; float32 needs none. */
    public boolean passed(Precision precision) {
        return switch (precision) {
            case AUTO -> false;
            // Calibration does not test precisions that run on a GPU only.
            case FP32, TF32, FP16 -> precision == Precision.FP32;
            case BF16 -> bf16 != null && bf16.passed();
            case INT8 -> int8 != null && int8.passed();
        };
    }
}
