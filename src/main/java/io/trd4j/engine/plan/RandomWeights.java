package io.trd4j.engine.plan;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Weights for measurements without a trained model: uniform in +-sqrt(6 / fan-in), which keeps the features in range
 * through ReLUs, a quarter of that where a residual is added; BatchNorm the identity, blends even. A tensor's values
 * depend on its name and the seed only.
 */
public final class RandomWeights implements WeightSource {
    // A residual of full size doubles the variance with every block: the deep backbones would leave half precision's
    // range.
    private static final double RESIDUAL = 0.25;
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private final Map<String, Float> bounds = new HashMap<>();
    private final long seed;

    public RandomWeights(ExecutionPlan plan, long seed) {
        this.seed = seed;
        for (PlanOp op : plan.ops()) {
            if (op instanceof PlanOp.Convolution c) {
                Layer layer = c.layer();
                int inputs = layer.transposed() ? layer.in() : layer.in() * layer.kernel() * layer.kernel();
                double bound = Math.sqrt(6.0 / inputs);
                bounds.put(layer.convolution() + ".weight", (float) (c.residual() == null ? bound : RESIDUAL * bound));
            }
        }
    }

    @Override
    public void read(String tensor, long offset, ByteBuffer target) {
        Float bound = bounds.get(tensor);
        if (bound == null) {
            boolean one = tensor.endsWith(".weight") || tensor.endsWith(".running_var");
            while (target.hasRemaining()) {
                target.putFloat(one ? 1 : 0);
            }
            return;
        }
        long start = seed;
        for (byte b : tensor.getBytes(StandardCharsets.UTF_8)) {
            start = (start ^ b) * 0x100000001b3L;
        }
        float step = bound * 0x1p-23f;
        for (long i = offset; target.hasRemaining(); i++) {
            long z = start + i * GOLDEN_GAMMA;
            // SplitMix64: neighbours must not resemble each other, or sums over them would not cancel.
            z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
            z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
            target.putFloat(((z ^ z >>> 31) >> 40) * step);
        }
    }
}
