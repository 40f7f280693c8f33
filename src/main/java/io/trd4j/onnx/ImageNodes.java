package io.trd4j.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.List;

/**
 * From an 8-bit image to the network's input (SPEC section 5): Pillow's antialiased resize, columns first, in its fixed
 * point, then the normalisation. All sums are of whole numbers below 2^24, so that float32 holds them exactly and the
 * bits are those of the preparation here: a weight of 22 bits is two of 11, whose products are rounded as one.
 */
final class ImageNodes {
    /** Of a weight in fixed point. */
    private static final int BITS = 22;

    private static final int HALF_BITS = BITS / 2;
    private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
    private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

    private final OnnxGraph graph;
    private final String prefix;
    private final int size;

    /** @param prefix of its own names */
    ImageNodes(OnnxGraph graph, String prefix, int size) {
        this.graph = graph;
        this.prefix = prefix;
        this.size = size;
        graph.constant(prefix + ".half_weight", new long[0], 1 << HALF_BITS);
        graph.constant(prefix + ".half_step", new long[0], 1 << (BITS - 1));
        graph.constant(prefix + ".largest_value", new long[0], 255);
    }

    /**
     * Adds the graph's input, uint8 [batch, height, width, 3], and the nodes.
     *
     * @return name of the network's input, float32 [batch, 3, S, S]
     */
    String add(String name, String description, int width, int height) {
        graph.input(name, TensorProto.DataType.UINT8, description, 0, height, width, 3);
        String floats = graph.cast(prefix + ".float", name, TensorProto.DataType.FLOAT);
        String planes =
                graph.node("Transpose", prefix + ".planes", List.of(floats), OnnxGraph.attribute("perm", 0, 3, 1, 2));
        int[][] across = weights(width, size);
        String narrow = pass(
                prefix + ".across",
                planes,
                part(prefix + ".across.high", across, true, true),
                part(prefix + ".across.low", across, false, true),
                true);
        int[][] down = weights(height, size);
        String resized = pass(
                prefix + ".down",
                narrow,
                part(prefix + ".down.high", down, true, false),
                part(prefix + ".down.low", down, false, false),
                false);
        String unit = graph.node("Div", prefix + ".unit", List.of(resized, prefix + ".largest_value"));
        return normalised(graph, prefix, unit);
    }

    /** Of values in 0 to 1, by ImageNet's mean and deviation. */
    static String normalised(OnnxGraph graph, String prefix, String image) {
        long[] perChannel = {1, 3, 1, 1};
        String mean = graph.constant(prefix + ".mean", perChannel, MEAN);
        String deviation = graph.constant(prefix + ".deviation", perChannel, DEVIATION);
        String centred = graph.node("Sub", prefix + ".centred", List.of(image, mean));
        return graph.node("Div", prefix + ".prepared", List.of(centred, deviation));
    }

    /** round(sum of value x weight / 2^22) = floor((high + floor((low + 2^21) / 2^11)) / 2^11). */
    private String pass(String name, String values, String high, String low, boolean right) {
        String upper = graph.node("MatMul", name + ".upper", right ? List.of(values, high) : List.of(high, values));
        String lower = graph.node("MatMul", name + ".lower", right ? List.of(values, low) : List.of(low, values));
        String rounding = graph.node("Add", name + ".rounding", List.of(lower, prefix + ".half_step"));
        String carry = floorOfHalf(name + ".carry", rounding);
        return floorOfHalf(name, graph.node("Add", name + ".sum", List.of(upper, carry)));
    }

    private String floorOfHalf(String name, String value) {
        String divided = graph.node("Div", name + ".divided", List.of(value, prefix + ".half_weight"));
        return graph.node("Floor", name, List.of(divided));
    }

    /** The upper or lower 11 bits of weights: [out, in], or [in, out] for a product from the right. */
    private String part(String name, int[][] weights, boolean high, boolean transposed) {
        int out = weights.length;
        int in = weights[0].length;
        float[] values = new float[out * in];
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < in; i++) {
                int weight = high ? weights[o][i] >> HALF_BITS : weights[o][i] & (1 << HALF_BITS) - 1;
                values[transposed ? i * out + o : o * in + i] = weight;
            }
        }
        return graph.constant(name, transposed ? new long[] {in, out} : new long[] {out, in}, values);
    }

    /** Pillow's triangle filter, [out, in]: its support grows with the reduction. */
    static int[][] weights(int in, int out) {
        int[][] all = new int[out][in];
        double scale = (double) in / out;
        double support = Math.max(scale, 1);
        for (int o = 0; o < out; o++) {
            double centre = (o + 0.5) * scale;
            int first = Math.max((int) (centre - support + 0.5), 0);
            int end = Math.min((int) (centre + support + 0.5), in);
            double[] weights = new double[end - first];
            double sum = 0;
            for (int i = 0; i < weights.length; i++) {
                weights[i] = Math.max(1 - Math.abs((i + first - centre + 0.5) * (1 / support)), 0);
                sum += weights[i];
            }
            for (int i = 0; i < weights.length; i++) {
                all[o][first + i] = (int) (0.5 + weights[i] / sum * (1 << BITS));
            }
        }
        return all;
    }
}
