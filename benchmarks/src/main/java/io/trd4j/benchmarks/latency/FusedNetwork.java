package io.trd4j.benchmarks.latency;

import io.trd4j.model.Backbone;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ParameterNames;
import io.trd4j.model.tensorfile.Safetensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The whole network in LibTorch's fused oneDNN operators: the stand-in for what torch.compile's freezing makes of the
 * PyTorch network, where no PyTorch 2 is at hand. Every convolution has its BatchNorm folded in and its ReLU and
 * residual sum fused, the blend's amplifier weight is folded, the teacher sees both modalities as a batch, and
 * intermediates are freed at once.
 */
final class FusedNetwork {
    private final Safetensors file;
    private final torch.ScalarType type;
    private final int size;
    private final FusedLayer stem;
    private final List<Stage> teacher;
    private final Student rgb;
    private final Student second;

    FusedNetwork(ModelFile model, torch.ScalarType type) throws IOException {
        file = model.tensors();
        this.type = type;
        size = model.info().size();
        Backbone backbone = model.info().backbone();
        String prefix = ParameterNames.TEACHER;
        stem = layer(prefix + "conv1", prefix + "bn1", 2);
        teacher = List.of(
                new Stage(prefix + "layer1", backbone.blocks().get(0), 1, false),
                new Stage(prefix + "layer2", backbone.blocks().get(1), 2, false),
                new Stage(prefix + "layer3", backbone.blocks().get(2), 2, false));
        rgb = new Student(ParameterNames.STUDENT_RGB, backbone);
        second = new Student(ParameterNames.STUDENT_DEPTH, backbone);
    }

    /**
     * Raw maps float [1, 1, S, S] of both branches from images [1, 3, S, S]; they belong to the caller's PointerScope.
     */
    Tensor[] maps(Tensor rgbImage, Tensor secondImage) {
        try (NoGradGuard guard = new NoGradGuard()) {
            Tensor images = torch.cat(new TensorVector(rgbImage, secondImage), 0)
                    .to(type)
                    .contiguous(torch.MemoryFormat.ChannelsLast);
            Tensor x = stem.apply(images, true);
            x = torch.max_pool2d(x, new long[] {3, 3}, new long[] {2, 2}, new long[] {1, 1}, new long[] {1, 1}, false);
            Tensor[] both = new Tensor[3];
            for (int scale = 0; scale < 3; scale++) {
                x = teacher.get(scale).apply(x, scale > 0);
                both[scale] = x;
            }
            Tensor[] ownRgb = image(both, 0);
            Tensor[] ownSecond = image(both, 1);
            return new Tensor[] {
                map(rgb.apply(ownRgb, ownSecond), ownRgb), map(second.apply(ownSecond, ownRgb), ownSecond)
            };
        }
    }

    private static Tensor[] image(Tensor[] features, int index) {
        Tensor[] one = new Tensor[3];
        for (int scale = 0; scale < 3; scale++) {
            one[scale] = features[scale].narrow(0, index, 1);
        }
        return one;
    }

    private Tensor map(Tensor[] fused, Tensor[] own) {
        Tensor sum = null;
        for (int scale = 0; scale < 3; scale++) {
            // In float whatever the network's type, as compiled code computes it.
            Tensor cosine = torch.cosine_similarity(
                            fused[scale].to(torch.ScalarType.Float), own[scale].to(torch.ScalarType.Float), 1, 1e-8)
                    .unsqueeze(1);
            Tensor distance =
                    torch.upsample_bilinear2d(torch.rsub(cosine, new Scalar(1.0)), new long[] {size, size}, true);
            sum = sum == null ? distance : sum.add_(distance);
        }
        return sum;
    }

    private FusedLayer layer(String conv, String norm, long stride) throws IOException {
        return new FusedLayer(file, conv, norm, false, stride, 1, type);
    }

    private FusedLayer up(String conv, String norm) throws IOException {
        return new FusedLayer(file, conv, norm, true, 2, 1, type);
    }

    /** Applies layers with ReLU one after the other, freeing what lies between. */
    private static Tensor chain(List<FusedLayer> layers, Tensor x) {
        Tensor in = x;
        for (FusedLayer layer : layers) {
            Tensor out = layer.apply(in, true);
            if (in != x) {
                in.close();
            }
            in = out;
        }
        return in;
    }

    /** Residual blocks; the first one changes the resolution, by stride 2 or a transposed convolution. */
    private final class Stage {
        private record Block(List<FusedLayer> path, FusedLayer last, FusedLayer shortcut) {}

        private final List<Block> blocks = new ArrayList<>();

        Stage(String prefix, int count, int stride, boolean up) throws IOException {
            for (int i = 0; i < count; i++) {
                String name = prefix + "." + i;
                boolean resamples = i == 0 && stride == 2;
                boolean bottleneck = file.has(name + ".conv3.weight");
                int spatial = bottleneck ? 2 : 1;
                List<FusedLayer> path = new ArrayList<>();
                for (int k = 1; k <= (bottleneck ? 2 : 1); k++) {
                    String conv = name + ".conv" + k;
                    String norm = name + ".bn" + k;
                    path.add(
                            k == spatial && resamples
                                    ? up ? up(conv, norm) : layer(conv, norm, 2)
                                    : layer(conv, norm, 1));
                }
                int last = bottleneck ? 3 : 2;
                FusedLayer shortcut = file.has(name + ".upsample.0.weight")
                        ? up(name + ".upsample.0", name + ".upsample.1")
                        : file.has(name + ".downsample.0.weight")
                                ? layer(name + ".downsample.0", name + ".downsample.1", resamples ? 2 : 1)
                                : null;
                blocks.add(new Block(path, layer(name + ".conv" + last, name + ".bn" + last, 1), shortcut));
            }
        }

        /** @param keep whether the input is still needed; without a shortcut the first block's sum overwrites it */
        Tensor apply(Tensor x, boolean keep) {
            Tensor in = x;
            for (Block block : blocks) {
                Tensor sum =
                        block.shortcut != null ? block.shortcut.apply(in, false) : in == x && keep ? in.clone() : in;
                Tensor y = chain(block.path, in);
                block.last.addTo(sum, y);
                y.close();
                if (in != x && in != sum) {
                    in.close();
                }
                in = sum;
            }
            return in;
        }
    }

    /** Filter, amplifier, bottleneck and decoder of one branch. */
    private final class Student {
        private final List<List<FusedLayer>> filter = new ArrayList<>();
        private final List<List<FusedLayer>> amplifier = new ArrayList<>();
        private final List<FusedLayer> fuse = new ArrayList<>();
        private final Stage bottleneck;
        private final List<Stage> decoder = new ArrayList<>();
        private final double[] plainShare = new double[3];

        Student(String prefix, Backbone backbone) throws IOException {
            for (int scale = 0; scale < 3; scale++) {
                String chain = prefix + "projector_filter.conv_" + "abc".charAt(scale);
                int depth = 3 - scale;
                List<FusedLayer> layers = new ArrayList<>();
                for (int step = 0; step < 2 * depth; step++) {
                    String conv = chain + "." + 3 * step;
                    String norm = chain + "." + (3 * step + 1);
                    layers.add(step < depth ? layer(conv, norm, 2) : up(conv, norm));
                }
                filter.add(layers);
                // Decoder stage 0 has the coarsest scale, which is also the first to be blended (w_a).
                double[] w = file.doubles(prefix + "decoder.w_" + "cba".charAt(scale));
                double share = 1 / (1 + Math.exp(w[0] - w[1]));
                plainShare[scale] = 1 - share;
                String tuner = prefix + "projector_amply.conv_" + "abc".charAt(scale);
                amplifier.add(List.of(
                        layer(tuner + ".0", tuner + ".1", 1),
                        layer(tuner + ".3", tuner + ".4", 1),
                        new FusedLayer(file, tuner + ".6", tuner + ".7", false, 1, share, type)));
            }
            for (int i = 1; i <= 4; i++) {
                fuse.add(layer(prefix + "bn.conv" + i, prefix + "bn.bn" + i, i < 4 ? 2 : 1));
            }
            bottleneck = new Stage(prefix + "bn.bn_layer", backbone.bottleneckBlocks(), 2, false);
            for (int i = 0; i < 3; i++) {
                decoder.add(new Stage(
                        prefix + "decoder.layer" + (i + 1), backbone.blocks().get(i), 2, true));
            }
        }

        /** Fused features at S/4, S/8, S/16. */
        Tensor[] apply(Tensor[] own, Tensor[] other) {
            Tensor[] filtered = new Tensor[3];
            Tensor[] fused = new Tensor[3];
            for (int scale = 0; scale < 3; scale++) {
                filtered[scale] = chain(filter.get(scale), other[scale]);
                fused[scale] = chain(amplifier.get(scale), other[scale]);
            }
            Tensor x = cat(
                    chain(fuse.subList(0, 2), cat(own[0], filtered[0])),
                    fuse.get(2).apply(cat(own[1], filtered[1]), true),
                    fuse.get(3).apply(cat(own[2], filtered[2]), true));
            x = bottleneck.apply(x, false);
            for (int scale = 2; scale >= 0; scale--) {
                Tensor plain = decoder.get(2 - scale).apply(x, true);
                // Holds the amplifier's features times their share.
                x = fused[scale].add_(plain, new Scalar(plainShare[scale]));
                plain.close();
            }
            return fused;
        }

        private static Tensor cat(Tensor... parts) {
            return torch.cat(new TensorVector(parts), 1);
        }
    }
}
