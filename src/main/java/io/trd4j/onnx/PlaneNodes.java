package io.trd4j.onnx;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.ArrayList;
import java.util.List;

/**
 * The plane below a part as ONNX nodes, as GroundPlane fits it: Tukey's biweight on 64 x 64 positions, those at the
 * border and all of them side by side, of which the first counts where it is a plane. In float64, with as many
 * iterations as there.
 */
final class PlaneNodes {
    private static final int GRID = 64;
    private static final int BORDER = 4;
    private static final int MIN_POINTS = 12;
    private static final double EXACT = 1e-9;
    private static final double MAX_SLOPE = 1e6;
    private static final int FIRST_ITERATIONS = 3;
    private static final int ITERATIONS = 7;
    private static final double CUT = 4.5;
    private static final double LEAST_PIVOT = 1e-10;
    private static final int POSITIONS = GRID * GRID;

    private final OnnxGraph graph;
    private final int width;
    private final int height;
    /** float64 [batch, 2, POSITIONS]: 1 where a position is measured and counts. */
    private String counts;

    private String u;
    private String v;
    private String z;
    /** float64 [batch, 2, POSITIONS, 3] and 4: 1, u, v and with z. */
    private String basis;

    private String values;

    PlaneNodes(OnnxGraph graph, int width, int height) {
        this.graph = graph;
        this.width = width;
        this.height = height;
    }

    /**
     * Adds the nodes.
     *
     * @param points float32 [batch, height, width, 3], metres
     * @return names of x0, y0, z0, a, b, float32 [batch, 1, 1]: of z = z0 + a (x - x0) + b (y - y0); z0 is NaN where
     *     there is no plane
     */
    List<String> add(String points) {
        sample(points);
        Solution plain = solve("plane.0", counts);
        String sound = sound(plain);
        String[] fit = plain.coefficients;
        for (int i = 0; i < ITERATIONS; i++) {
            String residuals = residuals("plane." + i, fit);
            fit = solve("plane." + (i + 1), weights(i, residuals)).coefficients;
        }
        return chosen(fit, sound);
    }

    private void sample(String points) {
        String rows = graph.node(
                "Gather",
                "plane.rows",
                List.of(points, graph.integers("plane.row_numbers", positions(height))),
                OnnxGraph.attribute("axis", 1));
        String grid = graph.node(
                "Gather",
                "plane.grid",
                List.of(rows, graph.integers("plane.column_numbers", positions(width))),
                OnnxGraph.attribute("axis", 2));
        String flat =
                graph.node("Reshape", "plane.points", List.of(grid, graph.integers("plane.flat", 0, 1, POSITIONS, 3)));
        List<String> coordinates = graph.coordinates("plane", flat, 4);
        String x = coordinates.get(0);
        String y = coordinates.get(1);
        String depth = coordinates.get(2);
        String measured = measured(graph, "plane", coordinates);
        float[] border = new float[2 * POSITIONS];
        for (int i = 0; i < POSITIONS; i++) {
            int gx = i % GRID;
            int gy = i / GRID;
            border[i] = Math.min(Math.min(gx, GRID - 1 - gx), Math.min(gy, GRID - 1 - gy)) < BORDER ? 1 : 0;
            border[POSITIONS + i] = 1;
        }
        String which = wide("plane.which", graph.constant("plane.sampled", new long[] {1, 2, POSITIONS}, border));
        counts = graph.node("Mul", "plane.counts", List.of(which, wide("plane.measured_number", measured)));
        graph.constant("plane.zero32", new long[0], 0);
        String first = graph.node("ArgMax", "plane.first", List.of(counts), OnnxGraph.attribute("axis", 2));
        u = relative("u", x, measured, first);
        v = relative("v", y, measured, first);
        z = broadcast(
                "plane.depth",
                wide(
                        "plane.depth_wide",
                        graph.node("Where", "plane.depth_known", List.of(measured, depth, "plane.zero32"))));
        String last = graph.integers("plane.last_axis", 3);
        String ones = graph.node("Sub", "plane.ones", List.of(counts, counts));
        ones = graph.node("Add", "plane.one", List.of(ones, real("one", 1)));
        List<String> columns = new ArrayList<>();
        for (String column : List.of(ones, u, v, z)) {
            columns.add(graph.node("Unsqueeze", column + ".column", List.of(column, last)));
        }
        basis = graph.node("Concat", "plane.basis", columns.subList(0, 3), OnnxGraph.attribute("axis", 3));
        values = graph.node("Concat", "plane.values", columns, OnnxGraph.attribute("axis", 3));
    }

    private static long[] positions(int size) {
        long[] positions = new long[GRID];
        for (int i = 0; i < GRID; i++) {
            positions[i] = (int) ((i + 0.5) / GRID * size);
        }
        return positions;
    }

    /** Which points there are; a NaN is none. Bool, of the shape of x, y and z. */
    static String measured(OnnxGraph graph, String prefix, List<String> coordinates) {
        String all = near(graph, prefix, coordinates);
        String missing = graph.node(
                "Equal", prefix + ".missing", List.of(coordinates.get(2), graph.scalar(prefix + ".none", 0)));
        String there = graph.node("Not", prefix + ".there", List.of(missing));
        return graph.node("And", prefix + ".measured", List.of(all, there));
    }

    /** Whether all of x, y and z are numbers within 1000 km. */
    static String near(OnnxGraph graph, String prefix, List<String> coordinates) {
        String most = graph.constant(prefix + ".most", new long[0], 1e6f);
        String all = null;
        for (String coordinate : coordinates) {
            String size = graph.node("Abs", coordinate + ".size", List.of(coordinate));
            String near = graph.node("LessOrEqual", coordinate + ".near", List.of(size, most));
            all = all == null ? near : graph.node("And", coordinate + ".all", List.of(all, near));
        }
        return all;
    }

    /** A coordinate from that of the first point that counts, float64 [batch, 2, POSITIONS]; that is kept as origin. */
    private String relative(String name, String coordinate, String measured, String first) {
        String known = graph.node("Where", "plane." + name + ".known", List.of(measured, coordinate, "plane.zero32"));
        String both = broadcast("plane." + name + ".both", wide("plane." + name + ".wide", known));
        String origin = graph.node(
                "GatherElements", "plane." + name + ".origin", List.of(both, first), OnnxGraph.attribute("axis", 2));
        return graph.node("Sub", "plane." + name, List.of(both, origin));
    }

    /** To both fits. */
    private String broadcast(String name, String value) {
        return graph.node("Add", name, List.of(value, graph.node("Sub", name + ".zeros", List.of(counts, counts))));
    }

    private String wide(String name, String value) {
        return graph.cast(name, value, DataType.DOUBLE);
    }

    private String real(String name, double value) {
        return graph.wide("plane.number." + name, value);
    }

    private String weights(int iteration, String residuals) {
        String prefix = "plane.weights." + iteration;
        String spread = spread(prefix, residuals);
        if (iteration < FIRST_ITERATIONS) {
            String exact = graph.node("Mul", prefix + ".exact", List.of(spread, real(iteration + ".exact", 0.3)));
            String least = graph.node("Max", prefix + ".least", List.of(residuals, exact));
            return graph.node("Div", prefix, List.of(counts, least));
        }
        String cut = graph.node("Mul", prefix + ".cut", List.of(spread, real(iteration + ".cut", CUT)));
        String share = graph.node("Div", prefix + ".share", List.of(residuals, cut));
        String square = graph.node("Mul", prefix + ".square", List.of(share, share));
        String rest = graph.node("Sub", prefix + ".rest", List.of(real(iteration + ".one", 1), square));
        String within = graph.node("Max", prefix + ".within", List.of(rest, real(iteration + ".zero", 0)));
        String tukey = graph.node("Mul", prefix + ".tukey", List.of(within, within));
        return graph.node("Mul", prefix, List.of(tukey, counts));
    }

    /** 1.4826 x the value at count / 2 of the residuals in their order. */
    private String spread(String prefix, String residuals) {
        String beyond = real(prefix + ".beyond", 1e300);
        String is = graph.node("Greater", prefix + ".is", List.of(counts, real(prefix + ".none", 0)));
        String some = graph.node("Where", prefix + ".some", List.of(is, residuals, beyond));
        graph.nodes(
                "TopK",
                prefix + ".sort",
                List.of(prefix + ".sorted", prefix + ".order"),
                List.of(some, graph.integers(prefix + ".all", POSITIONS)),
                OnnxGraph.attribute("axis", 2),
                OnnxGraph.attribute("largest", 0),
                OnnxGraph.attribute("sorted", 1));
        String axis = graph.integers(prefix + ".axis", 2);
        String count = graph.node("ReduceSum", prefix + ".count", List.of(counts, axis));
        String half = graph.node("Mul", prefix + ".half", List.of(count, real(prefix + ".half", 0.5)));
        String middle = graph.cast(prefix + ".middle", half, DataType.INT64);
        String median = graph.node(
                "GatherElements",
                prefix + ".median",
                List.of(prefix + ".sorted", middle),
                OnnxGraph.attribute("axis", 2));
        String spread = graph.node("Mul", prefix + ".spread", List.of(median, real(prefix + ".deviations", 1.4826)));
        return graph.node("Max", prefix + ".floor", List.of(spread, real(prefix + ".floor", EXACT)));
    }

    private String residuals(String prefix, String[] fit) {
        String alongU = graph.node("Mul", prefix + ".along_u", List.of(fit[1], u));
        String alongV = graph.node("Mul", prefix + ".along_v", List.of(fit[2], v));
        String slope = graph.node("Add", prefix + ".slope", List.of(alongU, alongV));
        String at = graph.node("Add", prefix + ".at", List.of(fit[0], slope));
        String difference = graph.node("Sub", prefix + ".difference", List.of(z, at));
        return graph.node("Abs", prefix + ".residuals", List.of(difference));
    }

    /**
     * Weighted least squares: the normal equations [1 u v]^T w [1 u v z], by elimination.
     *
     * @return names, all float64 [batch, 2, 1]
     */
    private Solution solve(String prefix, String weights) {
        String column = graph.node(
                "Unsqueeze", prefix + ".weight_column", List.of(weights, graph.integers(prefix + ".weight_axis", 3)));
        String weighted = graph.node("Mul", prefix + ".weighted", List.of(basis, column));
        String turned =
                graph.node("Transpose", prefix + ".turned", List.of(weighted), OnnxGraph.attribute("perm", 0, 1, 3, 2));
        String normal = graph.node("MatMul", prefix + ".normal", List.of(turned, values));
        String flat =
                graph.node("Reshape", prefix + ".flat", List.of(normal, graph.integers(prefix + ".twelve", 0, 2, 12)));
        List<String> m = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            m.add(prefix + ".m" + i / 4 + i % 4);
        }
        graph.nodes("Split", prefix + ".entries", m, List.of(flat), OnnxGraph.attribute("axis", 2));
        Algebra a = new Algebra(prefix + ".step");
        String l1 = a.divide(m.get(1), m.get(0));
        String l2 = a.divide(m.get(2), m.get(0));
        String d = a.less(m.get(5), m.get(1), l1);
        String e = a.less(m.get(6), m.get(2), l1);
        String f = a.less(m.get(10), m.get(2), l2);
        String q = a.less(m.get(7), m.get(3), l1);
        String r = a.less(m.get(11), m.get(3), l2);
        String l3 = a.divide(e, d);
        String last = a.less(f, e, l3);
        String c = a.divide(a.less(r, q, l3), last);
        String b = a.divide(a.less(q, e, c), d);
        String constant = a.divide(a.less(a.less(m.get(3), m.get(1), b), m.get(2), c), m.get(0));
        return new Solution(
                new String[] {constant, b, c}, List.of(m.get(0), m.get(5), m.get(10)), List.of(m.get(0), d, last));
    }

    /**
     * Of normal equations.
     *
     * @param coefficients constant, along u, along v
     * @param diagonal of the equations' matrix
     * @param pivots that the elimination divided by
     */
    private record Solution(String[] coefficients, List<String> diagonal, List<String> pivots) {}

    /** Whether there are enough points, not all in one line; of the equations in which every point counts as one. */
    private String sound(Solution plain) {
        String count = plain.pivots.get(0);
        String largest = graph.node("Max", "plane.largest", plain.diagonal);
        String least = graph.node("Mul", "plane.least", List.of(largest, real("least_pivot", LEAST_PIVOT)));
        String enough = graph.node("GreaterOrEqual", "plane.enough", List.of(count, real("min_points", MIN_POINTS)));
        String spans = graph.node(
                "And",
                "plane.spans",
                List.of(
                        graph.node("Greater", "plane.second_pivot", List.of(plain.pivots.get(1), least)),
                        graph.node("Greater", "plane.third_pivot", List.of(plain.pivots.get(2), least))));
        return graph.node("And", "plane.sound", List.of(enough, spans));
    }

    private List<String> chosen(String[] fit, String sound) {
        String ok = sound;
        for (int i = 1; i < 3; i++) {
            String steep = graph.node("Abs", "plane.steep" + i, List.of(fit[i]));
            String flat = graph.node("LessOrEqual", "plane.flat" + i, List.of(steep, real("max_slope" + i, MAX_SLOPE)));
            ok = graph.node("And", "plane.ok" + i, List.of(ok, flat));
        }
        graph.nodes(
                "Split",
                "plane.ok_split",
                List.of("plane.ok_border", "plane.ok_all"),
                List.of(ok),
                OnnxGraph.attribute("axis", 1));
        List<String> plane = new ArrayList<>();
        List<String> given = List.of("plane.u.origin", "plane.v.origin", fit[0], fit[1], fit[2]);
        for (int i = 0; i < given.size(); i++) {
            String name = "plane.value" + i;
            graph.nodes(
                    "Split",
                    name + ".split",
                    List.of(name + ".border", name + ".all"),
                    List.of(given.get(i)),
                    OnnxGraph.attribute("axis", 1));
            String value =
                    graph.node("Where", name + ".chosen", List.of("plane.ok_border", name + ".border", name + ".all"));
            plane.add(graph.cast(name, value, DataType.FLOAT));
        }
        String any = graph.node("Or", GraphInput.FOUND, List.of("plane.ok_border", "plane.ok_all"));
        String nan = graph.constant("plane.nan", new long[0], Float.NaN);
        plane.set(2, graph.node("Where", "plane.z0", List.of(any, plane.get(2), nan)));
        return plane;
    }

    /** Nodes of small formulas. */
    private final class Algebra {
        private final String prefix;
        private int next;

        Algebra(String prefix) {
            this.prefix = prefix;
        }

        String divide(String a, String b) {
            return graph.node("Div", prefix + next++, List.of(a, b));
        }

        /** a - b c. */
        String less(String a, String b, String c) {
            String product = graph.node("Mul", prefix + next++, List.of(b, c));
            return graph.node("Sub", prefix + next++, List.of(a, product));
        }
    }
}
