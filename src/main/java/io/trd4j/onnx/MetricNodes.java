package io.trd4j.onnx;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.trd4j.model.MetricGeometry;
import java.util.ArrayList;
import java.util.List;

/**
 * From an organised point cloud to the image of its metric geometry (SPEC section 5), as libtrd's prepare_metric:
 * heights above the plane below the part, box means, two Gaussians, slopes and relief, with the same float32 operations
 * in the same order.
 */
final class MetricNodes {
    private static final float LEAST_WEIGHT = 0.05f;
    /** Gaussians end after so many deviations. */
    private static final int REACH = 3;

    private static final float TANH_END = 7.90531110763549805f;
    private static final float[] TANH_NUMERATOR = {
        -2.76076847742355e-16f,
        2.00018790482477e-13f,
        -8.60467152213735e-11f,
        5.12229709037114e-08f,
        1.48572235717979e-05f,
        6.37261928875436e-04f,
        4.89352455891786e-03f
    };
    private static final float[] TANH_DENOMINATOR = {
        1.19825839466702e-06f, 1.18534705686654e-04f, 2.26843463243900e-03f, 4.89352518554385e-03f
    };

    private final OnnxGraph graph;
    private final MetricGeometry scales;
    private final int size;

    MetricNodes(OnnxGraph graph, MetricGeometry scales, int size) {
        this.graph = graph;
        this.scales = scales;
        this.size = size;
    }

    /**
     * Adds the nodes, and whether there is a plane below the part as {@link GraphInput#FOUND}.
     *
     * @param points float32 [batch, height, width, 3], metres
     * @return name of the network's input, float32 [batch, 3, S, S]
     */
    String add(String points, int width, int height) {
        List<String> plane = new PlaneNodes(graph, width, height).add(points);
        List<String> coordinates = graph.coordinates("points", points, 4);
        String x = coordinates.get(0);
        String y = coordinates.get(1);
        String z = coordinates.get(2);
        String measured = PlaneNodes.measured(graph, "points", coordinates);
        String alongX = graph.product("points.along_x", plane.get(3), graph.minus("points.from_x0", x, plane.get(0)));
        String alongY = graph.product("points.along_y", plane.get(4), graph.minus("points.from_y0", y, plane.get(1)));
        String slope = graph.node("Add", "points.slope", List.of(alongX, alongY));
        String above = graph.node("Add", "points.above", List.of(slope, graph.minus("points.nearer", plane.get(2), z)));
        String known =
                graph.node("Where", "points.height", List.of(measured, above, graph.scalar("points.no_height", 0)));
        graph.constant("boxes.down", new long[] {size, height}, boxes(height, size, false));
        graph.constant("boxes.across", new long[] {width, size}, boxes(width, size, true));
        String sum = boxed("sum", known);
        String count = boxed("count", graph.cast("points.is", measured, DataType.FLOAT));
        String one = graph.scalar("boxes.one", 1);
        String heights =
                graph.node("Div", "heights", List.of(sum, graph.node("Max", "boxes.divisor", List.of(count, one))));
        return image(heights, graph.node("Min", "weights", List.of(count, one)));
    }

    private String image(String heights, String weights) {
        float[] smooth = gaussian(scales.smoothPixels());
        float[] wider = gaussian(scales.reliefPixels());
        String weight = blurred("smooth.weights", smooth, weights);
        String total = blurred("smooth.heights", smooth, heights);
        String known = graph.node(
                "GreaterOrEqual", "surface.known", List.of(weight, graph.scalar("least_weight", LEAST_WEIGHT)));
        String surface = graph.node(
                "Where",
                "surface",
                List.of(
                        known,
                        graph.node("Div", "surface.quotient", List.of(total, weight)),
                        graph.scalar("surface.unknown", 0)));
        String around = graph.node(
                "Div",
                "around",
                List.of(blurred("relief.heights", wider, heights), blurred("relief.weights", wider, weights)));
        String shown = shown(surface, around);
        String difference = graph.minus("relief.difference", surface, around);
        String scaled =
                graph.product("relief.scaled", difference, graph.scalar("relief.per_metre", 1 / scales.reliefMetres()));
        String relief = graph.product("relief.shown", tanh(scaled), shown);
        String[] slopes = slopes(surface, known);
        String squares = graph.node(
                "Add",
                "slopes.squares",
                List.of(
                        graph.product("slopes.dx2", slopes[0], slopes[0]),
                        graph.product("slopes.dy2", slopes[1], slopes[1])));
        String length = graph.node(
                "Sqrt",
                "slopes.length",
                List.of(graph.node("Add", "slopes.sum", List.of(squares, graph.scalar("slopes.one", 1)))));
        String half = graph.scalar("image.half", 0.5);
        String shorter = graph.node("Div", "slopes.half_direction", List.of(half, length));
        List<String> channels = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String channel = "image.channel" + i;
            String drawn = i == 2
                    ? graph.node(
                            "Add", channel + ".drawn", List.of(half, graph.product(channel + ".half", half, relief)))
                    : graph.minus(
                            channel + ".drawn",
                            half,
                            graph.product(
                                    channel + ".shown",
                                    graph.product(channel + ".direction", slopes[i], shorter),
                                    shown));
            String neutral = graph.node("Where", channel, List.of(known, drawn, half));
            channels.add(graph.node(
                    "Unsqueeze", channel + ".plane", List.of(neutral, graph.integers(channel + ".axis", 1))));
        }
        String image = graph.node("Concat", "image", channels, OnnxGraph.attribute("axis", 1));
        return ImageNodes.normalised(graph, "depth.image", image);
    }

    /** As libtrd computes it, a rational function, so that the bits are the same. */
    private String tanh(String value) {
        String prefix = "relief.tanh";
        graph.scalar(prefix + ".end", TANH_END);
        String x = graph.node(
                "Clip", prefix + ".x", List.of(value, graph.scalar(prefix + ".begin", -TANH_END), prefix + ".end"));
        String s = graph.product(prefix + ".s", x, x);
        String p = graph.product(prefix + ".numerator", x, polynomial(prefix + ".p", s, TANH_NUMERATOR));
        return graph.node("Div", prefix, List.of(p, polynomial(prefix + ".q", s, TANH_DENOMINATOR)));
    }

    private String polynomial(String prefix, String s, float[] coefficients) {
        String p = graph.constant(prefix + ".c0", new long[0], coefficients[0]);
        for (int i = 1; i < coefficients.length; i++) {
            String c = graph.constant(prefix + ".c" + i, new long[0], coefficients[i]);
            p = graph.node("Add", prefix + i, List.of(graph.product(prefix + i + ".times", s, p), c));
        }
        return p;
    }

    private String shown(String surface, String around) {
        if (!(scales.groundMetres() > 0)) {
            return graph.scalar("shown", 1);
        }
        String high = graph.node(
                "Max",
                "shown.high",
                List.of(
                        graph.node("Abs", "shown.surface", List.of(surface)),
                        graph.node("Abs", "shown.around", List.of(around))));
        String grounds =
                graph.product("shown.grounds", high, graph.scalar("shown.per_ground", 1 / scales.groundMetres()));
        String beyond = graph.minus("shown.beyond", grounds, graph.scalar("shown.one", 1));
        return graph.node("Clip", "shown", List.of(beyond, graph.scalar("shown.none", 0), "shown.one"));
    }

    /** Sobel's derivatives; a neighbour without a surface is level with the pixel. */
    private String[] slopes(String surface, String known) {
        long[] mirrored = new long[size + 2];
        for (int i = 0; i < mirrored.length; i++) {
            mirrored[i] = MapNodes.mirror(i - 1, size);
        }
        graph.integers("slopes.mirrored", mirrored);
        String padded = padded("slopes.surface", surface);
        String paddedKnown = padded("slopes.known", graph.cast("slopes.known_number", known, DataType.FLOAT));
        String half = graph.scalar("slopes.half", 0.5);
        String[][] at = new String[3][3];
        for (int v = 0; v < 3; v++) {
            for (int u = 0; u < 3; u++) {
                String name = "slopes.at" + v + u;
                String is =
                        graph.node("Greater", name + ".is", List.of(shifted(name + ".known", paddedKnown, u, v), half));
                at[v][u] = graph.node("Where", name, List.of(is, shifted(name + ".surface", padded, u, v), surface));
            }
        }
        String gain = graph.scalar("slopes.gain", scales.slopePerMetre() / 8);
        graph.scalar("slopes.two", 2);
        return new String[] {
            derivative("slopes.dx", at[0][0], at[0][2], at[1][0], at[1][2], at[2][0], at[2][2], gain),
            derivative("slopes.dy", at[0][0], at[2][0], at[0][1], at[2][1], at[0][2], at[2][2], gain)
        };
    }

    /** ((to1 - from1) + 2 (to2 - from2) + (to3 - from3)) gain. */
    private String derivative(
            String name, String from1, String to1, String from2, String to2, String from3, String to3, String gain) {
        String middle = graph.product(name + ".middle", "slopes.two", graph.minus(name + ".second", to2, from2));
        String two = graph.node("Add", name + ".two", List.of(graph.minus(name + ".first", to1, from1), middle));
        String all = graph.node("Add", name + ".all", List.of(two, graph.minus(name + ".third", to3, from3)));
        return graph.product(name, all, gain);
    }

    private String padded(String name, String image) {
        String rows =
                graph.node("Gather", name + ".rows", List.of(image, "slopes.mirrored"), OnnxGraph.attribute("axis", 1));
        return graph.node("Gather", name + ".padded", List.of(rows, "slopes.mirrored"), OnnxGraph.attribute("axis", 2));
    }

    private String shifted(String name, String padded, int u, int v) {
        return graph.slice(name, padded, new long[] {1, 2}, new long[] {v, u}, new long[] {v + size, u + size});
    }

    /** 1 where a value is in an output's box: [out, in], or [in, out]. */
    private static float[] boxes(int in, int out, boolean transposed) {
        float[] boxes = new float[out * in];
        for (int o = 0; o < out; o++) {
            int from = (int) ((long) o * in / out);
            int to = Math.max(from + 1, (int) ((o + 1L) * in / out));
            for (int i = from; i < to; i++) {
                boxes[transposed ? i * out + o : o * in + i] = 1;
            }
        }
        return boxes;
    }

    /** Sums over the boxes of values [batch, height, width]: down, then across, as libtrd adds them. */
    private String boxed(String name, String values) {
        String down = graph.node("MatMul", "boxes." + name + ".down", List.of("boxes.down", values));
        return graph.node("MatMul", "boxes." + name, List.of(down, "boxes.across"));
    }

    /** Of an image [batch, S, S] with the border mirrored: down, then across, each pair of taps added first. */
    private String blurred(String name, float[] weights, String image) {
        return pass(name + ".across", weights, pass(name + ".down", weights, image, 1), 2);
    }

    private String pass(String name, float[] weights, String image, long axis) {
        int radius = weights.length - 1;
        long[] mirrored = new long[size + 2 * radius];
        for (int i = 0; i < mirrored.length; i++) {
            mirrored[i] = MapNodes.mirror(i - radius, size);
        }
        String padded = graph.node(
                "Gather",
                name + ".padded",
                List.of(image, graph.integers(name + ".mirrored", mirrored)),
                OnnxGraph.attribute("axis", axis));
        String sum = graph.product(name + ".tap0", image, graph.constant(name + ".weight0", new long[0], weights[0]));
        for (int j = 1; j <= radius; j++) {
            String both = graph.node(
                    "Add",
                    name + ".pair" + j,
                    List.of(
                            tap(name + ".before" + j, padded, axis, radius - j),
                            tap(name + ".after" + j, padded, axis, radius + j)));
            String tap = graph.product(
                    name + ".tap" + j, both, graph.constant(name + ".weight" + j, new long[0], weights[j]));
            sum = graph.node("Add", name + ".sum" + j, List.of(sum, tap));
        }
        return sum;
    }

    private String tap(String tap, String padded, long axis, int from) {
        return graph.slice(tap, padded, new long[] {axis}, new long[] {from}, new long[] {from + size});
    }

    /** weights[j] of a pixel j to either side, their sum 1. */
    private static float[] gaussian(double deviation) {
        int radius = (int) Math.ceil(REACH * deviation);
        double[] values = new double[radius + 1];
        double total = 0;
        for (int j = 0; j <= radius; j++) {
            values[j] = Math.exp(-0.5 * j * j / (deviation * deviation));
            total += j == 0 ? values[j] : 2 * values[j];
        }
        float[] weights = new float[radius + 1];
        for (int j = 0; j <= radius; j++) {
            weights[j] = (float) (values[j] / total);
        }
        return weights;
    }
}
