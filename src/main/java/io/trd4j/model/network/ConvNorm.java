package io.trd4j.model.network;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A convolution without bias, or a 2x2 stride-2 transposed one, and the BatchNorm that follows it: the whole network
 * consists of these. The weights are float32; convolutions compute in the type of their input, float32 or bfloat16, and
 * BatchNorm takes its statistics in float32.
 */
public final class ConvNorm {
    private static final double BN_EPSILON = 1e-5;
    private static final double BN_MOMENTUM = 0.1;
    private static final long[] NO_DILATION = {1, 1};

    /** How BatchNorm normalises during a pass. */
    public enum Mode {
        /** With the running statistics, which stay as they are. */
        EVALUATE,
        /** With the batch's statistics; the running ones follow with momentum 0.1. */
        TRAIN
    }

    private final boolean transposed;
    private final long[] stride;
    private final long[] padding;
    private final Tensor weight;
    private final Tensor gamma;
    private final Tensor beta;
    private final Tensor runningMean;
    private final Tensor runningVar;
    private final Tensor batchesTracked;

    private ConvNorm(
            Weights weights,
            String conv,
            String norm,
            boolean transposed,
            long in,
            long out,
            long kernel,
            long stride,
            long padding) {
        this.transposed = transposed;
        this.stride = new long[] {stride, stride};
        this.padding = new long[] {padding, padding};
        weight = transposed
                ? weights.create(conv + ".weight", Weights.Kind.TRANSPOSED_CONVOLUTION, in, out, kernel, kernel)
                : weights.create(conv + ".weight", Weights.Kind.CONVOLUTION, out, in, kernel, kernel);
        gamma = weights.create(norm + ".weight", Weights.Kind.NORM_WEIGHT, out);
        beta = weights.create(norm + ".bias", Weights.Kind.NORM_BIAS, out);
        runningMean = weights.create(norm + ".running_mean", Weights.Kind.RUNNING_MEAN, out);
        runningVar = weights.create(norm + ".running_var", Weights.Kind.RUNNING_VAR, out);
        batchesTracked = weights.create(norm + ".num_batches_tracked", Weights.Kind.BATCHES_TRACKED);
    }

    /** conv kernel x kernel, "same" padding for stride 1. */
    public static ConvNorm conv(
            Weights weights, String conv, String norm, long in, long out, long kernel, long stride) {
        return new ConvNorm(weights, conv, norm, false, in, out, kernel, stride, kernel == 2 ? 0 : kernel / 2);
    }

    /** Transposed 2x2, stride 2. */
    static ConvNorm up(Weights weights, String conv, String norm, long in, long out) {
        return new ConvNorm(weights, conv, norm, true, in, out, 2, 2, 0);
    }

    /** BN(conv(x)). */
    Tensor apply(Tensor x, Mode mode) {
        return normalise(x, mode, BN_MOMENTUM);
    }

    /** BN(conv(x)) with batch statistics, the running ones becoming the mean over all batches so far. */
    Tensor applyAndAverage(Tensor x, long batchesSoFar) {
        return normalise(x, Mode.TRAIN, 1.0 / (batchesSoFar + 1));
    }

    /** As {@code apply}, then ReLU. */
    public Tensor applyRelu(Tensor x, Mode mode) {
        return apply(x, mode).relu_();
    }

    private Tensor normalise(Tensor x, Mode mode, double momentum) {
        boolean training = mode == Mode.TRAIN;
        // In the type of what comes in; its gradient comes back as float32. BatchNorm's tensors are float32 always.
        Tensor w = weight.to(x.scalar_type());
        Tensor y = convolve(x, w, training && PatchProduct.isFaster(x, w.size(2), stride[0]));
        if (training) {
            batchesTracked.add_(new Scalar(1L));
        }
        return torch.batch_norm(
                y,
                new TensorOptional(gamma),
                new TensorOptional(beta),
                new TensorOptional(runningMean),
                new TensorOptional(runningVar),
                training,
                momentum,
                BN_EPSILON,
                false);
    }

    private Tensor convolve(Tensor x, Tensor w, boolean asProduct) {
        if (asProduct) {
            return transposed ? PatchProduct.convolveUp(x, w) : PatchProduct.convolve(x, w, stride[0], padding[0]);
        }
        TensorOptional none = new TensorOptional();
        return transposed
                ? torch.conv_transpose2d(x, w, none, stride, padding, new long[] {0, 0}, 1, NO_DILATION)
                : torch.conv2d(x, w, none, stride, padding, NO_DILATION, 1);
    }
}
