package io.trd4j.onnx;

import java.util.List;

/**
 * From a filled depth image to surface normals at the network's size, as libtrd's prepare_normals: Sobel derivatives,
 * directions, mask, and bilinear interpolation. Computed are the rows and columns that the interpolation reads.
 */
final class NormalNodes {
    private final OnnxGraph graph;
    private final int kernel;
    private final int size;

    NormalNodes(OnnxGraph graph, int kernel, int size) {
        this.graph = graph;
        this.kernel = kernel;
        this.size = size;
    }

    /**
     * Adds the nodes.
     *
     * @param depth float32 [batch, 1, height, width]
     * @param foreground bool, likewise
     * @return name of the network's input, float32 [batch, 3, S, S]
     */
    String add(String depth, String foreground, int width, int height) {
        Axis rows = new Axis(height, size);
        Axis columns = new Axis(width, size);
        String[] down = derivedDown(depth, rows);
        String[] slopes = derivedAcross(down[0], down[1], columns);
        String squares = graph.add(
                "normals.squares",
                graph.product("normals.dx2", slopes[0], slopes[0]),
                graph.product("normals.dy2", slopes[1], slopes[1]));
        String one = graph.scalar("normals.one", 1);
        // The 1e-8 that the definition adds is lost in float32.
        String length = graph.node("Sqrt", "normals.length", List.of(graph.add("normals.sum", squares, one)));
        String inverse = graph.divide("normals.inverse", one, length);
        String xy = graph.node(
                "Concat",
                "normals.xy",
                List.of(
                        graph.minus("normals.x", one, graph.product("normals.x.part", slopes[0], inverse)),
                        graph.minus("normals.y", one, graph.product("normals.y.part", slopes[1], inverse)),
                        graph.add("normals.z", one, inverse)),
                OnnxGraph.attribute("axis", 1));
        String weighted = graph.product("normals.weighted", xy, halves(rows));
        String seen = graph.gather(
                "normals.seen", graph.gather("normals.seen_rows", foreground, 2, rows.read), 3, columns.read);
        String drawn = graph.node("Where", "normals.drawn", List.of(seen, weighted, graph.scalar("normals.none", 0)));
        List<String> rowPairs = graph.split("normals.row", drawn, 2, 2);
        String between = graph.add("normals.between_rows", rowPairs.get(0), rowPairs.get(1));
        List<String> columnPairs = graph.split("normals.column", between, 3, 2);
        String image = graph.add(
                "normals.image",
                graph.product("normals.left", columnPairs.get(0), shares(columns, false)),
                graph.product("normals.right", columnPairs.get(1), shares(columns, true)));
        return ImageNodes.normalised(graph, "depth.image", image);
    }

    /** Half of each row's share in the interpolation. */
    private String halves(Axis rows) {
        float[] halves = new float[2 * size];
        for (int i = 0; i < size; i++) {
            halves[i] = 0.5f * (1 - rows.fraction[i]);
            halves[size + i] = 0.5f * rows.fraction[i];
        }
        return graph.constant("normals.halves", new long[] {2L * size, 1}, halves);
    }

    private String shares(Axis columns, boolean right) {
        float[] shares = new float[size];
        for (int i = 0; i < size; i++) {
            shares[i] = right ? columns.fraction[i] : 1 - columns.fraction[i];
        }
        return graph.constant("normals.shares_" + (right ? "right" : "left"), new long[] {size}, shares);
    }

    /** Smoothed and derived along columns, [batch, 1, 2 S, width]. */
    private String[] derivedDown(String depth, Axis rows) {
        float[] smooth = coefficients(false);
        float[] slope = coefficients(true);
        String smoothed = graph.product(
                "sobel.down0", tap("sobel.row0", depth, 2, rows, 0), graph.scalar("sobel.down0.smooth", smooth[0]));
        String derived = null;
        for (int j = 1; j < smooth.length; j++) {
            String name = "sobel.down" + j;
            String above = tap("sobel.above" + j, depth, 2, rows, -j);
            String below = tap("sobel.below" + j, depth, 2, rows, j);
            smoothed = graph.add(
                    name, smoothed, times(name + ".both", graph.add(name + ".pair", above, below), smooth[j]));
            String step = times(name + ".step", graph.minus(name + ".difference", below, above), slope[j]);
            derived = derived == null ? step : graph.add(name + ".slope", derived, step);
        }
        return new String[] {smoothed, derived};
    }

    /** dx and dy, [batch, 1, 2 S, 2 S]. */
    private String[] derivedAcross(String smoothed, String derived, Axis columns) {
        float[] smooth = coefficients(false);
        float[] slope = coefficients(true);
        String dx = null;
        String dy = times("sobel.across0", tap("sobel.column0", derived, 3, columns, 0), smooth[0]);
        for (int j = 1; j < smooth.length; j++) {
            String name = "sobel.across" + j;
            String difference = graph.minus(
                    name + ".difference",
                    tap(name + ".right", smoothed, 3, columns, j),
                    tap(name + ".left", smoothed, 3, columns, -j));
            String step = times(name + ".step", difference, slope[j]);
            dx = dx == null ? step : graph.add(name + ".dx", dx, step);
            String pair = graph.add(
                    name + ".pair",
                    tap(name + ".slope_left", derived, 3, columns, -j),
                    tap(name + ".slope_right", derived, 3, columns, j));
            dy = graph.add(name, dy, times(name + ".both", pair, smooth[j]));
        }
        return new String[] {dx, dy};
    }

    private String times(String name, String value, float factor) {
        return graph.product(name, value, graph.scalar(name + ".factor", factor));
    }

    private String tap(String name, String image, int axis, Axis lines, int offset) {
        return graph.gather(name, image, axis, lines.shifted(offset));
    }

    /**
     * c[0] to c[radius] of the aperture: Pascal's triangle, and its difference. Aperture 1 is the central difference.
     */
    private float[] coefficients(boolean derivative) {
        int radius = Math.max(kernel / 2, 1);
        if (kernel == 1) {
            return derivative ? new float[] {0, 1} : new float[] {1, 0};
        }
        double[] all = new double[kernel];
        all[0] = derivative ? -1 : 1;
        if (derivative) {
            all[1] = 1;
        }
        for (int n = derivative ? 2 : 1; n < kernel; n++) {
            for (int i = n; i > 0; i--) {
                all[i] += all[i - 1];
            }
        }
        float[] half = new float[radius + 1];
        for (int j = 0; j <= radius; j++) {
            half[j] = (float) all[radius + j];
        }
        return half;
    }

    /** One axis of the interpolation, with half-pixel centres. */
    private static final class Axis {
        final int in;
        /** Share of the right or lower line, by output. */
        final float[] fraction;
        /** The left or upper lines of all outputs, then the right or lower ones. */
        final long[] read;

        Axis(int in, int out) {
            this.in = in;
            fraction = new float[out];
            read = new long[2 * out];
            double scale = (double) in / out;
            for (int i = 0; i < out; i++) {
                double centre = (i + 0.5) * scale - 0.5;
                int at = (int) Math.floor(centre);
                fraction[i] = at < 0 ? 0 : at >= in - 1 ? 1 : (float) (centre - Math.floor(centre));
                at = Math.min(Math.max(at, 0), in - 2);
                read[i] = at;
                read[out + i] = at + 1;
            }
        }

        /** The lines beside those, with a border that mirrors around the outermost line. */
        long[] shifted(int offset) {
            long[] lines = new long[read.length];
            int period = 2 * (in - 1);
            for (int i = 0; i < lines.length; i++) {
                long within = Math.floorMod(read[i] + offset, period);
                lines[i] = within < in ? within : period - within;
            }
            return lines;
        }
    }
}
