package io.trd4j.engine.plan;

import io.trd4j.model.Backbone;
import io.trd4j.model.ParameterNames;
import java.util.ArrayList;
import java.util.List;

/** Walks the network of SPEC section 2 once and writes down its steps. */
final class NetworkPlanner {
    private static final String[] PREFIXES = {ParameterNames.STUDENT_RGB, ParameterNames.STUDENT_DEPTH};
    /** Change of the resolution by a stage's first block. */
    private enum Resampling {
        NONE,
        DOWN,
        UP
    }

    private final Backbone backbone;
    private final List<PlanOp> ops = new ArrayList<>();

    NetworkPlanner(Backbone backbone) {
        this.backbone = backbone;
    }

    /** @param images the prepared images of both modalities */
    List<PlanOp> plan(PlanTensor images) {
        PlanTensor[] features = teacher(images);
        for (int branch = 0; branch < 2; branch++) {
            PlanTensor[] own = new PlanTensor[3];
            PlanTensor[] other = new PlanTensor[3];
            for (int scale = 0; scale < 3; scale++) {
                own[scale] = features[scale].of(branch);
                other[scale] = features[scale].of(1 - branch);
            }
            student(branch, own, other);
        }
        return List.copyOf(ops);
    }

    private PlanTensor[] teacher(PlanTensor images) {
        String prefix = ParameterNames.TEACHER;
        PlanTensor x = convolution(
                Layer.convolution(NetworkPart.TEACHER, prefix + "conv1", prefix + "bn1", 3, 64, 7, 2), images, true);
        PlanTensor pooled =
                new PlanTensor(prefix + "maxpool", NetworkPart.TEACHER, x.images(), x.channels(), x.side() / 2);
        ops.add(new PlanOp.MaxPool(x, pooled));
        PlanTensor[] features = new PlanTensor[3];
        x = pooled;
        for (int i = 0; i < 3; i++) {
            x = stage(
                    NetworkPart.TEACHER,
                    prefix + "layer" + (i + 1),
                    x,
                    64 << i,
                    backbone.blocks().get(i),
                    i == 0 ? Resampling.NONE : Resampling.DOWN,
                    null,
                    null);
            features[i] = x;
        }
        return features;
    }

    private void student(int branch, PlanTensor[] own, PlanTensor[] other) {
        String prefix = PREFIXES[branch];
        PlanTensor[] joined = new PlanTensor[3];
        for (int i = 0; i < 3; i++) {
            PlanTensor filtered = filter(prefix + "projector_filter.conv_" + "abc".charAt(i), other[i], 3 - i);
            joined[i] = concatenate(prefix + "bn.joined" + (i + 1), own[i], filtered);
        }
        int c2 = backbone.channels(2);
        int c3 = backbone.channels(3);
        String bn = prefix + "bn.";
        PlanTensor l1 = bottleneck(bn, 1, joined[0], 2 * c2, 2);
        l1 = bottleneck(bn, 2, l1, c3, 2);
        PlanTensor l2 = bottleneck(bn, 3, joined[1], c3, 2);
        PlanTensor l3 = bottleneck(bn, 4, joined[2], c3, 1);
        PlanTensor code = stage(
                NetworkPart.BOTTLENECK,
                bn + "bn_layer",
                concatenate(bn + "joined", l1, l2, l3),
                512,
                backbone.bottleneckBlocks(),
                Resampling.DOWN,
                null,
                null);
        PlanTensor x = code;
        for (int i = 0; i < 3; i++) {
            int scale = 2 - i;
            String blend = prefix + "decoder.w_" + "abc".charAt(i);
            PlanTensor amplified =
                    amplifier(prefix + "projector_amply.conv_" + "abc".charAt(scale), other[scale], blend);
            boolean last = scale == 0;
            x = stage(
                    NetworkPart.DECODER,
                    prefix + "decoder.layer" + (i + 1),
                    x,
                    256 >> i,
                    backbone.blocks().get(i),
                    Resampling.UP,
                    blend,
                    last ? null : amplified);
            ops.add(new PlanOp.FuseCosine(branch, scale, x, last ? amplified : null, own[scale]));
        }
    }

    private PlanTensor bottleneck(String prefix, int index, PlanTensor x, int out, int stride) {
        return convolution(
                Layer.convolution(
                        NetworkPart.BOTTLENECK,
                        prefix + "conv" + index,
                        prefix + "bn" + index,
                        x.channels(),
                        out,
                        3,
                        stride),
                x,
                true);
    }

    private PlanTensor filter(String name, PlanTensor x, int depth) {
        for (int step = 0; step < 2 * depth; step++) {
            String conv = name + "." + 3 * step;
            String norm = name + "." + (3 * step + 1);
            int c = x.channels();
            x = convolution(
                    step < depth
                            ? Layer.convolution(NetworkPart.FILTER, conv, norm, c, 2 * c, 2, 2)
                            : Layer.up(NetworkPart.FILTER, conv, norm, c, c / 2),
                    x,
                    true);
        }
        return x;
    }

    private PlanTensor amplifier(String name, PlanTensor x, String blend) {
        int c = x.channels();
        x = convolution(Layer.convolution(NetworkPart.AMPLIFIER, name + ".0", name + ".1", c, c, 3, 1), x, true);
        x = convolution(Layer.convolution(NetworkPart.AMPLIFIER, name + ".3", name + ".4", c, 2 * c, 1, 1), x, true);
        return convolution(
                Layer.convolution(NetworkPart.AMPLIFIER, name + ".6", name + ".7", 2 * c, c, 1, 1)
                        .blended(blend, 1),
                x,
                true);
    }

    /**
     * A residual stage; with {@code blend}, its last block is blended with {@code amplified}, if that is given, too.
     */
    private PlanTensor stage(
            NetworkPart part,
            String name,
            PlanTensor x,
            int planes,
            int blocks,
            Resampling resampling,
            String blend,
            PlanTensor amplified) {
        for (int i = 0; i < blocks; i++) {
            boolean last = i == blocks - 1;
            x = block(
                    part,
                    name + "." + i,
                    x,
                    planes,
                    i == 0 ? resampling : Resampling.NONE,
                    last ? blend : null,
                    last ? amplified : null);
        }
        return x;
    }

    private PlanTensor block(
            NetworkPart part,
            String name,
            PlanTensor x,
            int planes,
            Resampling resampling,
            String blend,
            PlanTensor amplified) {
        int out = planes * backbone.expansion();
        int in = x.channels();
        PlanTensor shortcut = x;
        if (resampling == Resampling.UP) {
            shortcut = convolution(Layer.up(part, name + ".upsample.0", name + ".upsample.1", in, out), x, false);
        } else if (resampling == Resampling.DOWN || in != out) {
            shortcut = convolution(
                    Layer.convolution(
                            part,
                            name + ".downsample.0",
                            name + ".downsample.1",
                            in,
                            out,
                            1,
                            resampling == Resampling.DOWN ? 2 : 1),
                    x,
                    false);
        }
        PlanTensor y = x;
        Layer last;
        if (backbone.hasBottleneckBlocks()) {
            int width = backbone.width(planes);
            y = convolution(Layer.convolution(part, name + ".conv1", name + ".bn1", in, width, 1, 1), y, true);
            y = convolution(spatial(part, name, 2, width, width, resampling), y, true);
            last = Layer.convolution(part, name + ".conv3", name + ".bn3", width, out, 1, 1);
        } else {
            y = convolution(spatial(part, name, 1, in, out, resampling), y, true);
            last = Layer.convolution(part, name + ".conv2", name + ".bn2", out, out, 3, 1);
        }
        if (blend != null) {
            last = last.blended(blend, 0);
        }
        PlanTensor output = new PlanTensor(name, part, y.images(), out, y.side());
        ops.add(new PlanOp.Convolution(last, y, shortcut, true, amplified, output));
        return output;
    }

    private static Layer spatial(NetworkPart part, String name, int index, int in, int out, Resampling resampling) {
        String conv = name + ".conv" + index;
        String norm = name + ".bn" + index;
        return resampling == Resampling.UP
                ? Layer.up(part, conv, norm, in, out)
                : Layer.convolution(part, conv, norm, in, out, 3, resampling == Resampling.DOWN ? 2 : 1);
    }

    private PlanTensor convolution(Layer layer, PlanTensor x, boolean relu) {
        PlanTensor y =
                new PlanTensor(layer.convolution(), layer.part(), x.images(), layer.out(), layer.outputSide(x.side()));
        ops.add(new PlanOp.Convolution(layer, x, null, relu, null, y));
        return y;
    }

    private PlanTensor concatenate(String name, PlanTensor... parts) {
        int channels = 0;
        for (PlanTensor part : parts) {
            channels += part.channels();
        }
        PlanTensor all = new PlanTensor(name, NetworkPart.BOTTLENECK, parts[0].images(), channels, parts[0].side());
        ops.add(new PlanOp.Concatenate(List.of(parts), all));
        return all;
    }
}
