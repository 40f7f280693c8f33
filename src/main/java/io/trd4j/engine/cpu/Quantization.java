package io.trd4j.engine.cpu;

import java.util.Map;
import java.util.Set;

/**
 * Data that INT8 needs beside the weights.
 *
 * @param ranges largest magnitude of each feature map on normal parts, by the plan's names
 * @param bf16 convolutions that stay in BF16, by the plan's names
 */
public record Quantization(Map<String, Float> ranges, Set<String> bf16) {
    public Quantization {
        ranges = Map.copyOf(ranges);
        bf16 = Set.copyOf(bf16);
    }

    float scale(String tensor, ValueType type) {
        Float range = ranges.get(tensor);
        if (range == null) {
            throw new IllegalArgumentException("the quantization lacks the range of " + tensor);
        }
        // A map that is zero on all normal parts still needs a positive scale.
        return Math.max(range, 1e-6f) / (type == ValueType.U8 ? 255 : 127);
    }
}
