package io.trd4j.model.network;

import io.trd4j.model.Backbone;
import io.trd4j.model.network.ConvNorm.Mode;
import io.trd4j.model.network.ResidualStage.Pass;
import io.trd4j.model.network.ResidualStage.Resampling;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The teacher: a torchvision ResNet up to layer3, frozen; one network serves both modalities (SPEC section 2). Tensors
 * carry torchvision's names.
 */
public final class Teacher implements AutoCloseable {
    private final Weights weights;
    private final ConvNorm stem;
    private final ResidualStage layer1;
    private final ResidualStage layer2;
    private final ResidualStage layer3;

    /** A teacher by itself, all tensors zero. */
    public Teacher(Backbone backbone) {
        weights = new Weights();
        int e = backbone.expansion();
        stem = ConvNorm.conv(weights, "conv1", "bn1", 3, 64, 7, 2);
        layer1 = new ResidualStage(
                weights, "layer1", backbone, 64, 64, backbone.blocks().get(0), Resampling.NONE);
        layer2 = new ResidualStage(
                weights, "layer2", backbone, 64L * e, 128, backbone.blocks().get(1), Resampling.DOWN);
        layer3 = new ResidualStage(
                weights, "layer3", backbone, 128L * e, 256, backbone.blocks().get(2), Resampling.DOWN);
    }

    public Weights weights() {
        return weights;
    }

    /** {@code images [n, 3, S, S]} to features; the caller holds a NoGradGuard and a PointerScope. */
    public Features apply(Tensor images) {
        return run(images, Pass.of(Mode.EVALUATE));
    }

    /** As {@link #apply} with batch statistics, for the autograd graph: pretraining only. */
    public Features train(Tensor images) {
        return run(images, Pass.of(Mode.TRAIN));
    }

    /**
     * Sets the BatchNorm statistics from data, for weights that come without any: call once per batch with the number
     * of batches so far; the running statistics become the mean over the batches.
     */
    public void calibrateNormalisation(Tensor images, long batchesSoFar) {
        run(images, (layer, x) -> layer.applyAndAverage(x, batchesSoFar));
    }

    private Features run(Tensor images, Pass pass) {
        Tensor x = pass.apply(stem, images.contiguous(Weights.FORMAT)).relu_();
        x = torch.max_pool2d(x, new long[] {3, 3}, new long[] {2, 2}, new long[] {1, 1}, new long[] {1, 1}, false);
        Tensor f1 = layer1.apply(x, pass);
        Tensor f2 = layer2.apply(f1, pass);
        return new Features(f1, f2, layer3.apply(f2, pass));
    }

    @Override
    public void close() {
        weights.close();
    }
}
