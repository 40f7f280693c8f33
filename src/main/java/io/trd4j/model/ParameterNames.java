package io.trd4j.model;

import io.trd4j.io.InputException;
import io.trd4j.model.tensorfile.TensorInfo;
import io.trd4j.model.tensorfile.TensorType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Names and shapes of all parameters, in the order of the official state dicts (SPEC section 2). */
public final class ParameterNames {
    /** Prefixes of the three networks in a model file. */
    public static final String TEACHER = "teacher.";

    public static final String STUDENT_RGB = "student_rgb.";
    public static final String STUDENT_DEPTH = "student_depth.";

    private static final String COUNTER = "num_batches_tracked";

    private final Backbone backbone;
    private final List<TensorInfo> out = new ArrayList<>();

    private ParameterNames(Backbone backbone) {
        this.backbone = backbone;
    }

    /** The teacher's tensors under torchvision's names, up to layer3. */
    public static List<TensorInfo> teacher(Backbone backbone) {
        ParameterNames names = new ParameterNames(backbone);
        names.convolution("conv1", 64, 3, 7);
        names.batchNorm("bn1", 64);
        int channels = 64;
        for (int layer = 1; layer <= 3; layer++) {
            int planes = 32 << layer;
            names.stage("layer" + layer, channels, planes, backbone.blocks().get(layer - 1), layer > 1, false);
            channels = planes * backbone.expansion();
        }
        return List.copyOf(names.out);
    }

    /**
     * The tensors of one student: {@code bn.*}, {@code decoder.*}, {@code projector_filter.*},
     * {@code projector_amply.*}.
     */
    public static List<TensorInfo> student(Backbone backbone) {
        ParameterNames names = new ParameterNames(backbone);
        names.bottleneck();
        names.decoder();
        for (int scale = 1; scale <= 3; scale++) {
            names.filter("projector_filter.conv_" + "abc".charAt(scale - 1), backbone.channels(scale), 4 - scale);
        }
        for (int scale = 1; scale <= 3; scale++) {
            names.amplifier("projector_amply.conv_" + "abc".charAt(scale - 1), backbone.channels(scale));
        }
        return List.copyOf(names.out);
    }

    /** BatchNorm's step counter: I64, not used at inference and absent from files of old PyTorch versions. */
    public static boolean isCounter(String name) {
        return name.endsWith("." + COUNTER);
    }

    /**
     * Compares the tensors of a file with those a network must have; a batch-norm counter may be absent. Element types
     * are not compared.
     *
     * @param prefix stands before the names in messages only
     * @throws InputException naming the first tensor that is missing, has another shape, or is not known
     */
    public static void check(Path file, String prefix, List<TensorInfo> expected, Collection<TensorInfo> found) {
        Map<String, TensorInfo> rest = new LinkedHashMap<>();
        found.forEach(t -> rest.put(t.name(), t));
        for (TensorInfo want : expected) {
            TensorInfo have = rest.remove(want.name());
            if (have == null) {
                if (!isCounter(want.name())) {
                    throw new InputException(
                            file + ": tensor " + prefix + want.name() + " is missing; is the backbone right?");
                }
            } else if (!have.shape().equals(want.shape())) {
                throw new InputException(file + ": tensor " + prefix + want.name() + " is " + have.shapeText()
                        + ", not " + want.shapeText() + "; is the backbone right?");
            }
        }
        if (!rest.isEmpty()) {
            throw new InputException(file + ": tensor " + prefix
                    + rest.keySet().iterator().next() + " does not belong to this network; is the backbone right?");
        }
    }

    private void bottleneck() {
        int c2 = backbone.channels(2);
        int c3 = backbone.channels(3);
        // Own and predicted features come concatenated, so every input is twice as wide.
        convolution("bn.conv1", 2 * c2, 2 * backbone.channels(1), 3);
        convolution("bn.conv2", c3, 2 * c2, 3);
        convolution("bn.conv3", c3, 2 * c2, 3);
        convolution("bn.conv4", c3, 2 * c3, 3);
        List<TensorInfo> convolutions = new ArrayList<>(out);
        out.clear();
        stage("bn.bn_layer", 3 * c3, 512, backbone.bottleneckBlocks(), true, false);
        for (int i = 0; i < 4; i++) {
            out.add(convolutions.get(i));
            batchNorm("bn.bn" + (i + 1), i == 0 ? 2 * c2 : c3);
        }
    }

    private void decoder() {
        for (String weights : List.of("w_a", "w_b", "w_c")) {
            add("decoder." + weights, 2);
        }
        for (int layer = 1; layer <= 3; layer++) {
            int planes = 512 >> layer;
            stage(
                    "decoder.layer" + layer,
                    2 * planes * backbone.expansion(),
                    planes,
                    backbone.blocks().get(layer - 1),
                    true,
                    true);
        }
    }

    /** {@code steps} convolutions that double the channels, then as many transposed ones that halve them. */
    private void filter(String name, int channels, int steps) {
        int index = 0;
        for (int i = 0; i < steps; i++, index += 3) {
            convolution(name + "." + index, channels << (i + 1), channels << i, 2);
            batchNorm(name + "." + (index + 1), channels << (i + 1));
        }
        for (int i = steps - 1; i >= 0; i--, index += 3) {
            transposed(name + "." + index, channels << (i + 1), channels << i);
            batchNorm(name + "." + (index + 1), channels << i);
        }
    }

    private void amplifier(String name, int channels) {
        convolution(name + ".0", channels, channels, 3);
        batchNorm(name + ".1", channels);
        convolution(name + ".3", 2 * channels, channels, 1);
        batchNorm(name + ".4", 2 * channels);
        convolution(name + ".6", channels, 2 * channels, 1);
        batchNorm(name + ".7", channels);
    }

    /** A residual stage; {@code strided}: its first block halves the resolution or, when {@code up}, doubles it. */
    private void stage(String name, int in, int planes, int blocks, boolean strided, boolean up) {
        int channels = planes * backbone.expansion();
        for (int b = 0; b < blocks; b++) {
            String block = name + "." + b;
            boolean first = b == 0;
            boolean upsamples = first && up;
            int blockIn = first ? in : channels;
            if (backbone.hasBottleneckBlocks()) {
                int width = backbone.width(planes);
                convolution(block + ".conv1", width, blockIn, 1);
                batchNorm(block + ".bn1", width);
                convolutionOrUp(block + ".conv2", width, width, upsamples);
                batchNorm(block + ".bn2", width);
                convolution(block + ".conv3", channels, width, 1);
                batchNorm(block + ".bn3", channels);
            } else {
                convolutionOrUp(block + ".conv1", planes, blockIn, upsamples);
                batchNorm(block + ".bn1", planes);
                convolution(block + ".conv2", planes, planes, 3);
                batchNorm(block + ".bn2", planes);
            }
            if (upsamples) {
                transposed(block + ".upsample.0", blockIn, channels);
                batchNorm(block + ".upsample.1", channels);
            } else if (first && (strided || blockIn != channels)) {
                convolution(block + ".downsample.0", channels, blockIn, 1);
                batchNorm(block + ".downsample.1", channels);
            }
        }
    }

    private void convolutionOrUp(String name, int outChannels, int inChannels, boolean up) {
        if (up) {
            transposed(name, inChannels, outChannels);
        } else {
            convolution(name, outChannels, inChannels, 3);
        }
    }

    private void convolution(String name, long outChannels, long inChannels, long kernel) {
        add(name + ".weight", outChannels, inChannels, kernel, kernel);
    }

    private void transposed(String name, long inChannels, long outChannels) {
        add(name + ".weight", inChannels, outChannels, 2, 2);
    }

    private void batchNorm(String name, long channels) {
        for (String part : List.of("weight", "bias", "running_mean", "running_var")) {
            add(name + "." + part, channels);
        }
        out.add(new TensorInfo(name + "." + COUNTER, TensorType.I64, List.of()));
    }

    private void add(String name, long... shape) {
        out.add(new TensorInfo(
                name, TensorType.F32, Arrays.stream(shape).boxed().toList()));
    }
}
