package io.trd4j.train.pretrain;

import io.trd4j.model.Backbone;
import io.trd4j.model.network.ConvNorm;
import io.trd4j.model.network.ConvNorm.Mode;
import io.trd4j.model.network.Weights;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Heads that pretraining puts on the teacher's three features and throws away afterwards: per scale a linear classifier
 * of every position, and a small projection in which positions are compared.
 */
public final class PretextHeads implements AutoCloseable {
    /** Three of colour, three of the surface. */
    private static final int MEASURES = 6;

    private static final int HIDDEN = 128;
    private static final int EMBEDDING = 64;
    private static final double LINEAR_START = 0.05;
    private static final long[] ONE = {1, 1};
    private static final long[] NONE = {0, 0};

    private record Head(
            Tensor classifier, Tensor bias, Tensor meter, Tensor meterBias, ConvNorm hidden, Tensor embedding) {}

    private final Weights weights = new Weights();
    private final List<Head> heads = new ArrayList<>();

    /** @param classes of all groups together */
    public PretextHeads(Backbone backbone, int classes) {
        for (int scale = 1; scale <= 3; scale++) {
            int channels = backbone.channels(scale);
            String name = "scale" + scale + ".";
            heads.add(new Head(
                    weights.create(name + "classifier.weight", Weights.Kind.CONVOLUTION, classes, channels, 1, 1),
                    weights.create(name + "classifier.bias", Weights.Kind.NORM_BIAS, classes),
                    weights.create(name + "meter.weight", Weights.Kind.CONVOLUTION, MEASURES, channels, 1, 1),
                    weights.create(name + "meter.bias", Weights.Kind.NORM_BIAS, MEASURES),
                    ConvNorm.conv(weights, name + "hidden", name + "hidden_norm", channels, HIDDEN, 1, 1),
                    weights.create(name + "embedding.weight", Weights.Kind.CONVOLUTION, EMBEDDING, HIDDEN, 1, 1)));
        }
    }

    public Weights weights() {
        return weights;
    }

    /**
     * Fresh weights. What is linear starts near 0: of Kaiming's size, its first errors are so large that their
     * gradients leave features in which a handful of directions is alive.
     */
    public void initialise(long seed) {
        weights.initialise(seed);
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            for (Head head : heads) {
                for (Tensor linear : List.of(head.classifier, head.meter, head.embedding)) {
                    linear.mul_(new Scalar(LINEAR_START));
                }
            }
        }
    }

    /** Logits {@code [n * h * w, classes]} of every position of feature {@code scale} (1 to 3). */
    public Tensor classes(int scale, Tensor feature) {
        Head head = heads.get(scale - 1);
        return rows(torch.conv2d(feature, head.classifier, new TensorOptional(head.bias), ONE, NONE, ONE, 1));
    }

    /** Estimates {@code [n * h * w, 6]} at every position of feature {@code scale}. */
    public Tensor measures(int scale, Tensor feature) {
        Head head = heads.get(scale - 1);
        return rows(torch.conv2d(feature, head.meter, new TensorOptional(head.meterBias), ONE, NONE, ONE, 1));
    }

    /** Unit vectors {@code [n * h * w, 64]} of every position of feature {@code scale}. */
    public Tensor embeddings(int scale, Tensor feature) {
        Head head = heads.get(scale - 1);
        Tensor hidden = head.hidden.applyRelu(feature, Mode.TRAIN);
        Tensor rows = rows(torch.conv2d(hidden, head.embedding, new TensorOptional(), ONE, NONE, ONE, 1));
        return rows.div(rows.norm(new ScalarOptional(new Scalar(2.0)), new long[] {1}, true)
                .add(new Scalar(1e-6)));
    }

    private static Tensor rows(Tensor maps) {
        return maps.permute(0, 2, 3, 1).reshape(-1, maps.size(1));
    }

    @Override
    public void close() {
        weights.close();
    }
}
