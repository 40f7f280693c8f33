package io.trd4j.model.network;

import io.trd4j.model.Backbone;
import io.trd4j.model.network.ConvNorm.Mode;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A stage of residual blocks (SPEC section 2): of the teacher and the student bottleneck (first block strides down), or
 * of the decoder (first block upsamples by a transposed convolution). The last ReLU of a block comes after the sum.
 */
final class ResidualStage {
    /** Change of the resolution by the stage's first block. */
    enum Resampling {
        NONE,
        DOWN,
        UP
    }

    private record Block(List<ConvNorm> path, ConvNorm shortcut) {
        Tensor apply(Tensor x, Pass pass) {
            Tensor y = x;
            for (int i = 0; i < path.size() - 1; i++) {
                y = pass.apply(path.get(i), y).relu_();
            }
            y = pass.apply(path.get(path.size() - 1), y);
            return y.add_(shortcut == null ? x : pass.apply(shortcut, x)).relu_();
        }
    }

    /**
     * How one convolution with its BatchNorm is run; lets the same walk serve evaluation, training and BN calibration.
     */
    @FunctionalInterface
    interface Pass {
        Tensor apply(ConvNorm layer, Tensor x);

        static Pass of(Mode mode) {
            return (layer, x) -> layer.apply(x, mode);
        }
    }

    private final List<Block> blocks = new ArrayList<>();

    /** {@code in} channels to {@code planes * e}; tensors are named {@code prefix.BLOCK.conv1.weight} and so on. */
    ResidualStage(
            Weights weights, String prefix, Backbone backbone, long in, int planes, int count, Resampling resampling) {
        long out = (long) planes * backbone.expansion();
        for (int i = 0; i < count; i++) {
            Resampling here = i == 0 ? resampling : Resampling.NONE;
            blocks.add(block(weights, prefix + "." + i, backbone, i == 0 ? in : out, planes, here));
        }
    }

    private static Block block(
            Weights weights, String name, Backbone backbone, long in, int planes, Resampling resampling) {
        long out = (long) planes * backbone.expansion();
        String conv = name + ".conv";
        String bn = name + ".bn";
        List<ConvNorm> path;
        if (backbone.hasBottleneckBlocks()) {
            long width = backbone.width(planes);
            path = List.of(
                    ConvNorm.conv(weights, conv + 1, bn + 1, in, width, 1, 1),
                    spatial(weights, conv + 2, bn + 2, width, width, resampling),
                    ConvNorm.conv(weights, conv + 3, bn + 3, width, out, 1, 1));
        } else {
            path = List.of(
                    spatial(weights, conv + 1, bn + 1, in, planes, resampling),
                    ConvNorm.conv(weights, conv + 2, bn + 2, planes, planes, 3, 1));
        }
        ConvNorm shortcut = null;
        if (resampling == Resampling.UP) {
            shortcut = ConvNorm.up(weights, name + ".upsample.0", name + ".upsample.1", in, out);
        } else if (resampling == Resampling.DOWN || in != out) {
            shortcut = ConvNorm.conv(
                    weights,
                    name + ".downsample.0",
                    name + ".downsample.1",
                    in,
                    out,
                    1,
                    resampling == Resampling.DOWN ? 2 : 1);
        }
        return new Block(path, shortcut);
    }

    private static ConvNorm spatial(
            Weights weights, String conv, String norm, long in, long out, Resampling resampling) {
        return resampling == Resampling.UP
                ? ConvNorm.up(weights, conv, norm, in, out)
                : ConvNorm.conv(weights, conv, norm, in, out, 3, resampling == Resampling.DOWN ? 2 : 1);
    }

    Tensor apply(Tensor x, Pass pass) {
        for (Block block : blocks) {
            x = block.apply(x, pass);
        }
        return x;
    }
}
