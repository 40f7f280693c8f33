package io.trd4j.onnx;

import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.engine.plan.FoldedLayers;
import io.trd4j.engine.plan.Layer;
import io.trd4j.engine.plan.PlanOp;
import io.trd4j.engine.plan.PlanTensor;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The compiled network as ONNX nodes, from two prepared images to six distance maps (SPEC sections 2 and 4): the same
 * folded layers that every engine here runs, under their names.
 */
final class NetworkNodes {
    /** Below it a norm is taken for this, SPEC section 4. */
    private static final float LEAST_NORM = 1e-8f;

    private final OnnxGraph graph;
    private final ExecutionPlan plan;
    private final FoldedLayers folded;
    private final Set<String> split = new HashSet<>();
    private final String one;
    private final String leastNorm;
    private final String channels;

    NetworkNodes(OnnxGraph graph, ExecutionPlan plan, FoldedLayers folded) {
        this.graph = graph;
        this.plan = plan;
        this.folded = folded;
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
        graph.node("Concat", plan.images().name(), List.of(rgb, second), OnnxGraph.attribute("axis", 0));
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
        FoldedLayers.Fold fold = folded.fold(layer);
        long kernel = layer.kernel();
        FloatPointer weights = layer.transposed()
                ? graph.weights(name + ".weight", layer.in(), layer.out(), kernel, kernel)
                : graph.weights(name + ".weight", layer.out(), layer.in(), kernel, kernel);
        folded.weights(layer, fold.scale(), weights);
        graph.constant(name + ".bias", new long[] {layer.out()}, fold.bias());
        boolean last = op.residual() == null && !op.relu() && op.amplified() == null;
        long padding = layer.padding();
        String x = graph.node(
                layer.transposed() ? "ConvTranspose" : "Conv",
                last ? name : name + ".convolved",
                List.of(name(op.input()), name + ".weight", name + ".bias"),
                OnnxGraph.attribute("kernel_shape", kernel, kernel),
                OnnxGraph.attribute("strides", layer.stride(), layer.stride()),
                OnnxGraph.attribute("pads", padding, padding, padding, padding));
        if (op.residual() != null) {
            x = graph.node("Add", name + ".summed", List.of(x, residual(op, name)));
        }
        if (op.relu()) {
            x = graph.node("Relu", op.amplified() == null ? name : name + ".positive", List.of(x));
        }
        if (op.amplified() != null) {
            graph.node("Add", name, List.of(x, name(op.amplified())));
        }
    }

    /** The blend's factor is in the weights; what is added to their result needs it, too. */
    private String residual(PlanOp.Convolution op, String name) throws IOException {
        String residual = name(op.residual());
        double blend = folded.blend(op.layer());
        if (blend == 1) {
            return residual;
        }
        String factor = graph.constant(name + ".blend", new long[0], (float) blend);
        return graph.node("Mul", name + ".residual", List.of(residual, factor));
    }

    private String add(PlanOp.FuseCosine op) {
        String name = (op.branch() == 0 ? "distance_rgb_" : "distance_depth_") + (op.scale() + 1);
        String student = name(op.decoder());
        if (op.amplified() != null) {
            student = graph.node("Add", name + ".student", List.of(student, name(op.amplified())));
        }
        String teacher = name(op.teacher());
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
