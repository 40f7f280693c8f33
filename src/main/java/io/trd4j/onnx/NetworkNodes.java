package io.trd4j.onnx;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.engine.plan.FoldedLayers;
import io.trd4j.engine.plan.Layer;
import io.trd4j.engine.plan.PlanOp;
import io.trd4j.engine.plan.PlanTensor;
import io.trd4j.model.Precision;
import io.trd4j.model.PrecisionTests;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The compiled network as ONNX nodes, from two prepared images to six distance maps (SPEC sections 2 and 4): the same
 * folded layers that every engine here runs, under their names. Distances are computed in float32, whatever the
 * features' type.
 *
 * <p>In 8 bits, a layer's input and its weights pass a pair of nodes that quantise them, which runtimes fuse: features
 * with the ranges that calibration measured and weights with a step per output channel. The layers that the engine
 * leaves in bfloat16 stay float32.
 */
final class NetworkNodes {
    /** Below it a norm is taken for this, SPEC section 4. */
    private static final float LEAST_NORM = 1e-8f;
    /** Of features that are zero on all normal parts. */
    private static final float LEAST_RANGE = 1e-6f;

    private final OnnxGraph graph;
    private final ExecutionPlan plan;
    private final FoldedLayers folded;
    private final PrecisionTests tests;
    private final boolean int8;
    /** Of the features. */
    private final DataType type;

    private final Set<String> split = new HashSet<>();
    private final Set<String> quantised = new HashSet<>();
    /** Features that may be negative. */
    private final Set<String> signed = new HashSet<>();
    /** Names of features in float32. */
    private final Set<String> wide = new HashSet<>();

    private final String one;
    private final String leastNorm;
    private final String channels;

    /**
     * @param precision FP32, FP16 or INT8
     * @param tests with ranges; needed for INT8
     */
    NetworkNodes(OnnxGraph graph, ExecutionPlan plan, FoldedLayers folded, Precision precision, PrecisionTests tests) {
        this.graph = graph;
        this.plan = plan;
        this.folded = folded;
        this.tests = tests;
        int8 = precision == Precision.INT8;
        type = precision == Precision.FP16 ? DataType.FLOAT16 : DataType.FLOAT;
        one = graph.constant("one", new long[0], 1);
        leastNorm = graph.constant("least_norm", new long[0], LEAST_NORM);
        channels = graph.integers("channels_axis", 1);
    }

    /**
     * Adds all nodes.
     *
     * @param rgb float32 [batch, 3, S, S]
     * @param second likewise
     * @return names of the distance maps, float32 [batch, 1, side, side], by branch and scale
     */
    String[][] add(String rgb, String second) throws IOException {
        String images = plan.images().name();
        // Joined along the channels first: batches of two sizes fail, and are not divided in another way.
        String pair = graph.node("Concat", images + ".pair", List.of(rgb, second), OnnxGraph.attribute("axis", 1));
        List<String> apart = List.of(images + ".rgb", images + ".second");
        graph.nodes("Split", images + ".apart", apart, List.of(pair), OnnxGraph.attribute("axis", 1));
        if (type == DataType.FLOAT) {
            graph.node("Concat", images, apart, OnnxGraph.attribute("axis", 0));
        } else {
            String both = graph.node("Concat", images + ".float", apart, OnnxGraph.attribute("axis", 0));
            graph.cast(images, both, type);
        }
        String[][] distances = new String[2][3];
        for (PlanOp op : plan.ops()) {
            if (op instanceof PlanOp.Convolution convolution) {
                add(convolution);
            } else if (op instanceof PlanOp.MaxPool pool) {
                graph.node(
                        "MaxPool",
                        pool.output().name(),
                        List.of(name(pool.input())),
                        OnnxGraph.attribute("kernel_shape", 3, 3),
                        OnnxGraph.attribute("strides", 2, 2),
                        OnnxGraph.attribute("pads", 1, 1, 1, 1));
            } else if (op instanceof PlanOp.Concatenate joined) {
                graph.node(
                        "Concat",
                        joined.output().name(),
                        joined.inputs().stream().map(this::name).toList(),
                        OnnxGraph.attribute("axis", 1));
            } else if (op instanceof PlanOp.FuseCosine cosine) {
                distances[cosine.branch()][cosine.scale()] = add(cosine);
            } else {
                throw new IllegalStateException("no node for " + op);
            }
        }
        return distances;
    }

    /** Of a tensor; where it is one modality's half of a batch of both, after the node that divides them. */
    private String name(PlanTensor tensor) {
        PlanTensor both = tensor.batch();
        if (both != null && split.add(both.name())) {
            graph.nodes(
                    "Split",
                    both.name() + ".split",
                    List.of(both.of(0).name(), both.of(1).name()),
                    List.of(both.name()),
                    OnnxGraph.attribute("axis", 0));
        }
        return tensor.name();
    }

    private void add(PlanOp.Convolution op) throws IOException {
        Layer layer = op.layer();
        String name = op.output().name();
        boolean eight = int8 && layer.in() > 3 && !tests.int8Exceptions().contains(layer.convolution());
        if (!op.relu()) {
            signed.add(name);
        }
        FoldedLayers.Fold fold = folded.fold(layer);
        String weights = weights(layer, name, fold, eight);
        String bias = graph.features(name + ".bias", type, new long[] {layer.out()}, fold.bias());
        boolean last = op.residual() == null && !op.relu() && op.amplified() == null;
        long kernel = layer.kernel();
        long padding = layer.padding();
        String x = graph.node(
                layer.transposed() ? "ConvTranspose" : "Conv",
                last ? name : name + ".convolved",
                List.of(eight ? quantised(op.input()) : name(op.input()), weights, bias),
                OnnxGraph.attribute("kernel_shape", kernel, kernel),
                OnnxGraph.attribute("strides", layer.stride(), layer.stride()),
                OnnxGraph.attribute("pads", padding, padding, padding, padding));
        if (op.residual() != null) {
            x = graph.node("Add", name + ".summed", List.of(x, residual(op, name, eight)));
        }
        if (op.relu()) {
            x = graph.node("Relu", op.amplified() == null ? name : name + ".positive", List.of(x));
        }
        if (op.amplified() != null) {
            graph.node("Add", name, List.of(x, name(op.amplified())));
        }
    }

    private String weights(Layer layer, String name, FoldedLayers.Fold fold, boolean eight) throws IOException {
        int channel = layer.transposed() ? 1 : 0;
        long kernel = layer.kernel();
        long[] dims = layer.transposed()
                ? new long[] {layer.in(), layer.out(), kernel, kernel}
                : new long[] {layer.out(), layer.in(), kernel, kernel};
        try (FloatPointer values = new FloatPointer(layer.weights())) {
            folded.weights(layer, fold.scale(), values);
            if (!eight) {
                return graph.weights(name + ".weight", type, values, null, channel, dims);
            }
            float[] steps = steps(layer, values);
            graph.weights(name + ".weight.int8", DataType.INT8, values, steps, channel, dims);
            graph.constant(name + ".weight.step", new long[] {layer.out()}, steps);
            graph.zero(name + ".weight.zero", DataType.INT8, layer.out());
            return graph.node(
                    "DequantizeLinear",
                    name + ".weight",
                    List.of(name + ".weight.int8", name + ".weight.step", name + ".weight.zero"),
                    OnnxGraph.attribute("axis", channel));
        }
    }

    /** Of each output channel, so that its largest weight is 127. */
    private static float[] steps(Layer layer, FloatPointer values) {
        int run = layer.kernel() * layer.kernel() * (layer.transposed() ? 1 : layer.in());
        float[] steps = new float[layer.out()];
        for (long i = 0; i < layer.weights(); i++) {
            int at = (int) (i / run % layer.out());
            steps[at] = Math.max(steps[at], Math.abs(values.get(i)));
        }
        for (int i = 0; i < steps.length; i++) {
            steps[i] = Math.max(steps[i] / 127, Float.MIN_NORMAL);
        }
        return steps;
    }

    /** A feature map after it was rounded to 8 bits: a pair of nodes for all that read it so. */
    private String quantised(PlanTensor tensor) {
        String features = name(tensor);
        String rounded = features + ".rounded";
        if (!quantised.add(features)) {
            return rounded;
        }
        String whole = tensor.batch() == null ? tensor.name() : tensor.batch().name();
        boolean negative = signed.contains(whole);
        float range = Math.max(tests.ranges().get(whole), LEAST_RANGE);
        String step = graph.constant(features + ".step", new long[0], range / (negative ? 127 : 255));
        String zero = graph.zero(features + ".zero", negative ? DataType.INT8 : DataType.UINT8, 1);
        String eight = graph.node("QuantizeLinear", features + ".eight", List.of(features, step, zero));
        return graph.node("DequantizeLinear", rounded, List.of(eight, step, zero));
    }

    /** The blend's factor is in the weights; what is added to their result needs it, too. */
    private String residual(PlanOp.Convolution op, String name, boolean eight) throws IOException {
        String residual = eight ? quantised(op.residual()) : name(op.residual());
        double blend = folded.blend(op.layer());
        if (blend == 1) {
            return residual;
        }
        String factor = graph.features(name + ".blend", type, new long[0], (float) blend);
        return graph.node("Mul", name + ".residual", List.of(residual, factor));
    }

    private String wide(PlanTensor tensor) {
        String features = name(tensor);
        if (type == DataType.FLOAT) {
            return features;
        }
        String floats = features + ".wide";
        return wide.add(floats) ? graph.cast(floats, features, DataType.FLOAT) : floats;
    }

    private String add(PlanOp.FuseCosine op) {
        String name = (op.branch() == 0 ? "distance_rgb_" : "distance_depth_") + (op.scale() + 1);
        String student = wide(op.decoder());
        if (op.amplified() != null) {
            student = graph.node("Add", name + ".student", List.of(student, wide(op.amplified())));
        }
        String teacher = wide(op.teacher());
        String products = graph.node("Mul", name + ".products", List.of(student, teacher));
        String product = graph.node("ReduceSum", name + ".product", List.of(products, channels));
        String norms = graph.node(
                "Mul",
                name + ".norms",
                List.of(norm(name + ".student_norm", student), norm(name + ".teacher_norm", teacher)));
        String cosine = graph.node("Div", name + ".cosine", List.of(product, norms));
        return graph.node("Sub", name, List.of(one, cosine));
    }

    private String norm(String name, String features) {
        String norm = graph.node(
                "ReduceL2", name + ".unbounded", List.of(features), OnnxGraph.attribute("axes", new long[] {1}));
        return graph.node("Max", name, List.of(norm, leastNorm));
    }
}
