package io.trd4j.benchmarks.latency;

import io.trd4j.model.tensorfile.Safetensors;
import io.trd4j.ops.Retained;
import java.io.IOException;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A convolution, or a transposed one, with its BatchNorm folded in (in double). The weights take oneDNN's layout when
 * the first input is seen, because that layout depends on the input's shape.
 */
final class FusedLayer {
    private static final double EPSILON = 1e-5;

    private final boolean transposed;
    private final FusedOps.Geometry geometry;
    private final Tensor bias;
    private Tensor weights;
    private IValue packedWeights;
    private IValue packedBias;

    /**
     * @param conv name of the convolution, {@code norm} of the BatchNorm, in the file
     * @param scale multiplies the layer's output; may stand before a ReLU, being positive
     */
    FusedLayer(
            Safetensors file,
            String conv,
            String norm,
            boolean transposed,
            long stride,
            double scale,
            torch.ScalarType type)
            throws IOException {
        this.transposed = transposed;
        List<Long> shape = file.info(conv + ".weight").shape();
        geometry = FusedOps.Geometry.of(stride, transposed || shape.get(2) == stride ? 0 : shape.get(2) / 2);
        double[] w = file.doubles(conv + ".weight");
        double[] gamma = file.doubles(norm + ".weight");
        double[] beta = file.doubles(norm + ".bias");
        double[] mean = file.doubles(norm + ".running_mean");
        double[] variance = file.doubles(norm + ".running_var");
        int kernel = Math.toIntExact(shape.get(2) * shape.get(3));
        int inner = transposed ? kernel : Math.toIntExact(shape.get(1)) * kernel;
        float[] folded = new float[w.length];
        float[] shift = new float[gamma.length];
        double[] factor = new double[gamma.length];
        for (int o = 0; o < factor.length; o++) {
            factor[o] = scale * gamma[o] / Math.sqrt(variance[o] + EPSILON);
            shift[o] = (float) (scale * beta[o] - mean[o] * factor[o]);
        }
        for (int i = 0; i < w.length; i++) {
            // Output channels are the first dimension, of a transposed convolution the second.
            folded[i] = (float) (w[i] * factor[i / inner % factor.length]);
        }
        try (PointerScope scope = new PointerScope()) {
            weights = Retained.of(Tensor.create(
                            folded, shape.stream().mapToLong(Long::longValue).toArray())
                    .to(type));
            bias = Retained.of(Tensor.create(shift, shift.length).to(type));
        }
    }

    /** A new tensor. */
    Tensor apply(Tensor x, boolean relu) {
        pack(x);
        return transposed
                ? FusedOps.transposed(x, packedWeights, packedBias, geometry, relu)
                : FusedOps.convolution(x, packedWeights, packedBias, geometry, relu);
    }

    /** {@code sum = relu(sum + layer(x))}. */
    void addTo(Tensor sum, Tensor x) {
        pack(x);
        FusedOps.addConvolutionRelu(sum, x, packedWeights, packedBias, geometry);
    }

    private void pack(Tensor x) {
        if (packedWeights != null) {
            return;
        }
        Tensor plain = weights;
        weights =
                FusedOps.reorder(transposed, plain, geometry, new long[] {x.size(0), x.size(1), x.size(2), x.size(3)});
        plain.close();
        packedWeights = Retained.of(new IValue(weights));
        packedBias = Retained.of(new IValue(bias));
    }
}
