package io.trd4j.onnx;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.trd4j.model.Geometry;
import io.trd4j.model.Modality;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * From an organised point cloud to its depth image or surface normals (SPEC section 5), as libtrd's prepare_depth and
 * prepare_normals: the background plane through three corners, closing, scaling and two fills, with the same float32
 * operations in the same order, so that the bits are the same.
 */
final class DepthNodes {
    private static final float PLANE_DISTANCE = 0.005f;
    /** Three corners span a plane when the sine of their angle is above this. */
    private static final double LEAST_SINE = 1e-5;

    private static final int CORNER = 3;
    /** Three dilations with 3 x 3 ones. */
    private static final int CLOSING = 7;

    private static final float LOW = 0.1f;
    private static final float HIGH = 0.9f;

    private final OnnxGraph graph;
    private final Geometry geometry;
    private final int size;

    /** @param geometry depth or normals */
    DepthNodes(OnnxGraph graph, Geometry geometry, int size) {
        this.graph = graph;
        this.geometry = geometry;
        this.size = size;
    }

    /**
     * Adds the nodes, and whether there is any foreground as {@link GraphInput#FOUND}.
     *
     * @param points float32 [batch, height, width, 3], metres; at least 3 x 3
     * @return name of the network's input, float32 [batch, 3, S, S]
     */
    String add(String points, int width, int height) {
        if (geometry.modality() == Modality.NORMALS) {
            String[] filled = filled(points, width, height, 0, 1);
            return new NormalNodes(graph, geometry.normalKernel(), size).add(filled[0], filled[1], width, height);
        }
        String rows = graph.gather("points.rows", points, 1, nearest(height));
        String nearest = graph.gather("points.nearest", rows, 2, nearest(width));
        return ImageNodes.normalised(graph, "depth.image", filled(nearest, size, size, LOW, HIGH)[0]);
    }

    private long[] nearest(int in) {
        return IntStream.range(0, size).mapToLong(i -> (long) i * in / size).toArray();
    }

    /** @return the depth image and the foreground, bool: [batch, 1, height, width] */
    private String[] filled(String points, int width, int height, float low, float high) {
        String planes =
                graph.node("Transpose", "points.planes", List.of(points), OnnxGraph.attribute("perm", 0, 3, 1, 2));
        String near = PlaneNodes.near(graph, "points", graph.split("points.coordinate", planes, 1, 3));
        String zero = graph.scalar("points.zero", 0);
        String clean = graph.node("Where", "points.clean", List.of(near, planes, zero));
        String z = graph.split("points.clean.coordinate", clean, 1, 3).get(2);
        String level = graph.node("Equal", "points.level", List.of(z, zero));
        String measured = graph.node("Not", "points.measured", List.of(level));
        String apart = apart(corners(clean, width, height), clean);
        String part = graph.node("And", "foreground.before", List.of(apart, measured));
        String foreground = closed(part);
        String present = graph.node("And", "depth.present", List.of(foreground, measured));
        String depth = filled("depth.filled", filled("depth.once", scaled(z, present, zero, low, high)));
        return new String[] {depth, foreground};
    }

    /** Means of the points at top left, top right and bottom left: float32 [batch, 3 coordinates, 1, 1] each. */
    private List<String> corners(String clean, int width, int height) {
        long[] at = new long[CORNER * CORNER * CORNER];
        for (int i = 0; i < at.length; i++) {
            int corner = i % CORNER;
            int x = i / CORNER % CORNER + (corner == 1 ? width - CORNER : 0);
            int y = i / (CORNER * CORNER) + (corner == 2 ? height - CORNER : 0);
            at[i] = (long) y * width + x;
        }
        String flat = graph.node(
                "Reshape",
                "corners.flat",
                List.of(clean, graph.integers("corners.flat_shape", 0, 3, 1, (long) width * height)));
        String chosen = graph.gather("corners.chosen", flat, 3, at);
        String points = graph.node(
                "Reshape",
                "corners.points",
                List.of(chosen, graph.integers("corners.shape", 0, 3, CORNER * CORNER, CORNER)));
        String sum = null;
        for (String point : graph.split("corners.point", points, 2, CORNER * CORNER)) {
            sum = sum == null ? point : graph.add(point + ".sum", sum, point);
        }
        String zero = graph.scalar("corners.zero", 0);
        String depth = graph.split("corners.coordinate", points, 1, 3).get(2);
        String missing = graph.node("Equal", "corners.missing", List.of(depth, zero));
        String is = graph.cast("corners.is", graph.node("Not", "corners.there", List.of(missing)), DataType.FLOAT);
        String count = graph.node("ReduceSum", "corners.count", List.of(is, graph.integers("corners.axis", 2)));
        String some = graph.node("Greater", "corners.some", List.of(count, zero));
        String divisor = graph.node("Max", "corners.divisor", List.of(count, graph.scalar("corners.one", 1)));
        String mean =
                graph.node("Where", "corners.mean", List.of(some, graph.divide("corners.all", sum, divisor), zero));
        return graph.split("corner", mean, 3, CORNER);
    }

    /** Whether points are more than 5 mm off the plane, or there is none. Bool [batch, 1, height, width]. */
    private String apart(List<String> corners, String clean) {
        String down = graph.minus("plane.down", corners.get(2), corners.get(0));
        String across = graph.minus("plane.across", corners.get(1), corners.get(0));
        String normal = graph.minus(
                "plane.normal",
                graph.product("plane.first", turned(down, 1), turned(across, 2)),
                graph.product("plane.second", turned(down, 2), turned(across, 1)));
        String offset = dot("plane.offset", normal, corners.get(0));
        String length = graph.node("Sqrt", "plane.length", List.of(dot("plane.square", normal, normal)));
        String sides =
                graph.node("Sqrt", "plane.sides", List.of(graph.product("plane.sides2", square(down), square(across))));
        String least = graph.product("plane.least", sides, graph.wide("plane.least_sine", LEAST_SINE));
        String spans = graph.node(
                "Greater", "plane.spans", List.of(graph.cast("plane.length.wide", length, DataType.DOUBLE), least));
        String finite = graph.node(
                "LessOrEqual", "plane.finite", List.of(length, graph.scalar("plane.longest", Float.MAX_VALUE)));
        String none = graph.node("Not", "plane.none", List.of(graph.node("And", "plane.is", List.of(spans, finite))));
        String distance = graph.node(
                "Abs", "plane.distance", List.of(graph.minus("plane.signed", dot("plane.at", normal, clean), offset)));
        String far = graph.node(
                "Greater",
                "plane.far",
                List.of(
                        graph.divide("plane.metres", distance, length),
                        graph.scalar("plane.distance_limit", PLANE_DISTANCE)));
        return graph.node("Or", "plane.apart", List.of(none, far));
    }

    /** (y, z, x) of x, y and z, or (z, x, y). */
    private String turned(String vector, int by) {
        return graph.gather(vector + ".turned" + by, vector, 1, by, (by + 1) % 3, (by + 2) % 3);
    }

    private String square(String vector) {
        String wide = graph.cast(vector + ".wide", vector, DataType.DOUBLE);
        return dot(vector + ".square", wide, wide);
    }

    /** Along the coordinates, in their order. */
    private String dot(String name, String a, String b) {
        List<String> products = graph.split(name + ".product", graph.product(name + ".products", a, b), 1, 3);
        return graph.add(name, graph.add(name + ".two", products.get(0), products.get(1)), products.get(2));
    }

    /** Closing; outside the image never wins. */
    private String closed(String part) {
        String half = graph.scalar("foreground.half", 0.5);
        String one = graph.scalar("foreground.one", 1);
        String dilated = spread("foreground.dilated", graph.cast("foreground.number", part, DataType.FLOAT));
        String eroded = spread("foreground.background", graph.minus("foreground.outside", one, dilated));
        return graph.node("Less", "foreground", List.of(eroded, half));
    }

    private String spread(String name, String image) {
        long reach = CLOSING / 2;
        return graph.node(
                "MaxPool",
                name,
                List.of(image),
                OnnxGraph.attribute("kernel_shape", CLOSING, CLOSING),
                OnnxGraph.attribute("pads", reach, reach, reach, reach));
    }

    private String scaled(String z, String present, String zero, float low, float high) {
        String first = extreme("Min", z, present, Double.POSITIVE_INFINITY);
        String last = extreme("Max", z, present, Double.NEGATIVE_INFINITY);
        String found = graph.node("LessOrEqual", "depth.found", List.of(first, last));
        graph.node("Squeeze", GraphInput.FOUND, List.of(found, graph.integers("depth.found_axis", 1)));
        String extent = graph.minus("depth.extent", last, first);
        String share = graph.divide("depth.share", graph.minus("depth.from_first", z, first), extent);
        String base = graph.scalar("depth.low", low);
        String within = graph.add(
                "depth.within", graph.product("depth.spread", share, graph.scalar("depth.range", high - low)), base);
        String deep = graph.node("Greater", "depth.deep", List.of(extent, zero));
        String drawn = graph.node("Where", "depth.drawn", List.of(deep, within, base));
        return graph.node("Where", "depth.scaled", List.of(present, drawn, zero));
    }

    private String extreme(String which, String z, String present, double none) {
        String name = "depth." + which.toLowerCase(Locale.ROOT);
        String known = graph.node("Where", name + ".known", List.of(present, z, graph.scalar(name + ".none", none)));
        return graph.node("Reduce" + which, name, List.of(known), OnnxGraph.attribute("axes", 1, 2, 3));
    }

    /** A pixel without a value becomes the mean of its neighbours that have one. */
    private String filled(String name, String image) {
        String zero = graph.scalar(name + ".zero", 0);
        String missing = graph.node("Equal", name + ".missing", List.of(image, zero));
        String is = graph.cast(name + ".is", graph.node("Not", name + ".there", List.of(missing)), DataType.FLOAT);
        // A sum of whole numbers, which no order of additions changes.
        float[] ones = {1, 1, 1, 1, 1, 1, 1, 1, 1};
        String count = graph.node(
                "Conv",
                name + ".count",
                List.of(is, graph.constant(name + ".ones", new long[] {1, 1, 3, 3}, ones)),
                OnnxGraph.attribute("pads", 1, 1, 1, 1));
        String padded = graph.node(
                "Pad", name + ".padded", List.of(image, graph.integers(name + ".border", 0, 0, 1, 1, 0, 0, 1, 1)));
        String sum = null;
        for (String neighbour : neighbours(name, padded)) {
            sum = sum == null ? neighbour : graph.add(neighbour + ".sum", sum, neighbour);
        }
        String divisor = graph.node("Max", name + ".divisor", List.of(count, graph.scalar(name + ".one", 1)));
        return graph.node("Where", name, List.of(missing, graph.divide(name + ".mean", sum, divisor), image));
    }

    private List<String> neighbours(String name, String padded) {
        List<String> all = new ArrayList<>();
        for (int v = 0; v < 3; v++) {
            for (int u = 0; u < 3; u++) {
                // From the end, -2 is the last column of the image inside its border of one.
                all.add(graph.slice(name + ".at" + v + u, padded, new long[] {2, 3}, new long[] {v, u}, ends(v, u)));
            }
        }
        return all;
    }

    private static long[] ends(int v, int u) {
        return new long[] {v == 2 ? Long.MAX_VALUE : v - 2L, u == 2 ? Long.MAX_VALUE : u - 2L};
    }
}
