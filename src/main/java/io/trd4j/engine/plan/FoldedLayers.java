package io.trd4j.engine.plan;

import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Weights and bias of a plan's layers with BatchNorm and blend folded in, computed in double and rounded once. What may
 * be folded stands in SPEC section 4: BN scales a convolution's output channel, and a positive blend factor passes the
 * ReLU. A BatchNorm or blend that is not finite is refused here, by name: a kernel would refuse the number that it
 * makes.
 *
 * <p>Has buffers of its own: used by one thread at a time.
 */
public final class FoldedLayers {
    private static final double BN_EPSILON = 1e-5;
    /** Values handled at once: 1 MiB, which stays in a core's cache between reading and scaling. */
    private static final int PIECE = 1 << 18;

    private final WeightSource source;
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(4 * PIECE).order(ByteOrder.LITTLE_ENDIAN);
    private final float[] piece = new float[PIECE];

    public FoldedLayers(WeightSource source) {
        this.source = source;
    }

    /** The factors of one layer's weights, and its bias, per output channel. */
    public record Fold(double[] scale, float[] bias) {}

    /** The blend's factor that is folded into the layer: softmax of the decoder's pair; 1 for a layer without one. */
    public double blend(Layer layer) throws IOException {
        if (layer.blend() == null) {
            return 1;
        }
        float[] w = small(layer.blend(), 2);
        return 1 / (1 + Math.exp((double) w[1 - layer.blendIndex()] - w[layer.blendIndex()]));
    }

    /** With the blend's factor. */
    public Fold fold(Layer layer) throws IOException {
        return fold(layer, blend(layer));
    }

    /** With another factor in place of the blend's: positive, so that it passes a ReLU. */
    public Fold fold(Layer layer, double factor) throws IOException {
        int n = layer.out();
        float[] gamma = small(layer.norm() + ".weight", n);
        float[] beta = small(layer.norm() + ".bias", n);
        float[] mean = small(layer.norm() + ".running_mean", n);
        float[] variance = small(layer.norm() + ".running_var", n);
        double[] scale = new double[n];
        float[] bias = new float[n];
        for (int i = 0; i < n; i++) {
            double normal = gamma[i] / Math.sqrt(variance[i] + BN_EPSILON);
            scale[i] = factor * normal;
            bias[i] = (float) (factor * (beta[i] - mean[i] * normal));
        }
        return new Fold(scale, bias);
    }

    /**
     * Writes the scaled weights.
     *
     * @param target {@code layer.weights()} values, in the model file's order (transposed convolutions: input channels
     *     first)
     */
    public void weights(Layer layer, double[] scale, FloatPointer target) throws IOException {
        String name = layer.convolution() + ".weight";
        long total = layer.weights();
        int patch = layer.kernel() * layer.kernel();
        // Values in a row that share a scale, and how many scales follow each other before the first comes again.
        int run = layer.transposed() ? patch : layer.in() * patch;
        for (long at = 0; at < total; at += PIECE) {
            int count = (int) Math.min(PIECE, total - at);
            read(name, at, count);
            int i = 0;
            while (i < count) {
                long row = (at + i) / run;
                int end = (int) Math.min(count, (row + 1) * run - at);
                double factor = scale[(int) (row % layer.out())];
                for (; i < end; i++) {
                    piece[i] = (float) (piece[i] * factor);
                }
            }
            target.position(at).put(piece, 0, count);
        }
        target.position(0);
    }

    private float[] small(String name, int count) throws IOException {
        read(name, 0, count);
        float[] values = new float[count];
        System.arraycopy(piece, 0, values, 0, count);
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new InputException(
                        name + " is not finite: the model's weights are damaged; train or import it again");
            }
        }
        return values;
    }

    private void read(String name, long offset, int count) throws IOException {
        bytes.clear().limit(4 * count);
        source.read(name, offset, bytes);
        bytes.flip();
        bytes.asFloatBuffer().get(piece, 0, count);
    }
}
