package io.trd4j.model.network;

import io.trd4j.model.Backbone;
import io.trd4j.model.network.ConvNorm.Mode;
import io.trd4j.model.network.ResidualStage.Pass;
import io.trd4j.model.network.ResidualStage.Resampling;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The student's bottleneck: own features and the filter's, three scales, down to one code at S/32 (SPEC section 2). */
final class StudentBottleneck {
    private final ConvNorm conv1;
    private final ConvNorm conv2;
    private final ConvNorm conv3;
    private final ConvNorm conv4;
    private final ResidualStage stage;

    /** @param sources how many features per scale go in: own and the filter's, or own alone */
    StudentBottleneck(Weights weights, String prefix, Backbone backbone, int sources) {
        long c1 = backbone.channels(1);
        long c2 = backbone.channels(2);
        long c3 = backbone.channels(3);
        stage = new ResidualStage(
                weights, prefix + ".bn_layer", backbone, 3 * c3, 512, backbone.bottleneckBlocks(), Resampling.DOWN);
        conv1 = ConvNorm.conv(weights, prefix + ".conv1", prefix + ".bn1", sources * c1, 2 * c2, 3, 2);
        conv2 = ConvNorm.conv(weights, prefix + ".conv2", prefix + ".bn2", 2 * c2, c3, 3, 2);
        conv3 = ConvNorm.conv(weights, prefix + ".conv3", prefix + ".bn3", sources * c2, c3, 3, 2);
        conv4 = ConvNorm.conv(weights, prefix + ".conv4", prefix + ".bn4", sources * c3, c3, 3, 1);
    }

    /**
     * Code {@code [n, 512e, S/32, S/32]}.
     *
     * @param filtered null where own features alone go in
     */
    Tensor apply(Features own, Features filtered, Mode mode) {
        boolean alone = filtered == null;
        Tensor l1 = conv2.applyRelu(conv1.applyRelu(alone ? own.f1() : cat(own.f1(), filtered.f1()), mode), mode);
        Tensor l2 = conv3.applyRelu(alone ? own.f2() : cat(own.f2(), filtered.f2()), mode);
        Tensor l3 = conv4.applyRelu(alone ? own.f3() : cat(own.f3(), filtered.f3()), mode);
        return stage.apply(cat(l1, l2, l3), Pass.of(mode));
    }

    private static Tensor cat(Tensor... parts) {
        return torch.cat(new TensorVector(parts), 1);
    }
}
