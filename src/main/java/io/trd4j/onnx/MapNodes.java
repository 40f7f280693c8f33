package io.trd4j.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.trd4j.model.Calibration;
import io.trd4j.model.HighestPlaces;
import io.trd4j.model.HighestPlaces.Usual;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import io.trd4j.model.Thresholds.Limits;
import java.util.List;
import java.util.function.Function;

/**
 * From six distance maps to calibrated, blurred maps, scores and verdict (SPEC section 4). Upsampling and blur are one
 * matrix per scale, as in libtrd: map = (sum of W_i distance_i W_i^T - mean) / deviation, W_i = blur x upsampling.
 */
final class MapNodes {
    private static final int BLUR_RADIUS = 16;
    private static final double BLUR_DEVIATION = 4;
    /** Values of the output {@code verdict}. */
    static final List<String> VERDICTS = List.of("OK", "REVIEW", "NG");

    private final OnnxGraph graph;
    private final ModelInfo info;
    private final int size;
    private final String usable;

    /**
     * @param usable name of whether a part could be prepared, bool [batch, 1, 1]: where not, its scores are NaN,
     *     whatever the network makes of it; null = it always could
     */
    MapNodes(OnnxGraph graph, ModelInfo info, String usable) {
        this.graph = graph;
        this.info = info;
        this.usable = usable;
        size = info.size();
    }

    /** Adds all nodes and the graph's outputs. @param distances of {@link NetworkNodes} */
    void add(String[][] distances) {
        for (int i = 0; i < 3; i++) {
            int side = size / 4 >> i;
            double[] weights = operator(size, side);
            float[] rows = new float[weights.length];
            float[] columns = new float[weights.length];
            for (int y = 0; y < size; y++) {
                for (int x = 0; x < side; x++) {
                    rows[y * side + x] = (float) weights[y * side + x];
                    columns[x * size + y] = rows[y * side + x];
                }
            }
            graph.constant("rows_" + (i + 1), new long[] {size, side}, rows);
            graph.constant("columns_" + (i + 1), new long[] {side, size}, columns);
        }
        Calibration c = info.calibration();
        String rgb = branch("rgb", distances[0], c.meanRgb(), c.stdRgb());
        String depth = branch("depth", distances[1], c.meanDepth(), c.stdDepth());
        String sum = graph.node("Add", "sum", List.of(rgb, depth));
        String joint = c.highest() == null ? sum : raised(sum, rgb, depth, c.highest());
        outputs(joint, rgb, depth);
    }

    /** W of one scale, [size, side], row by row. */
    static double[] operator(int size, int side) {
        double[] gaussian = new double[2 * BLUR_RADIUS + 1];
        double total = 0;
        for (int i = -BLUR_RADIUS; i <= BLUR_RADIUS; i++) {
            gaussian[i + BLUR_RADIUS] = Math.exp(-0.5 * i * i / (BLUR_DEVIATION * BLUR_DEVIATION));
            total += gaussian[i + BLUR_RADIUS];
        }
        double step = (side - 1.0) / (size - 1.0);
        double[] weights = new double[size * side];
        for (int y = 0; y < size; y++) {
            for (int i = -BLUR_RADIUS; i <= BLUR_RADIUS; i++) {
                double at = step * mirror(y + i, size);
                double share = gaussian[i + BLUR_RADIUS] / total;
                int left = Math.min((int) at, side - 1);
                int right = Math.min(left + 1, side - 1);
                weights[y * side + left] += share * (1 - (at - left));
                weights[y * side + right] += share * (at - left);
            }
        }
        return weights;
    }

    /** With a half-sample symmetric border. */
    static int mirror(int i, int n) {
        int within = Math.floorMod(i, 2 * n);
        return within < n ? within : 2 * n - 1 - within;
    }

    private String branch(String branch, String[] distances, double mean, double deviation) {
        String sum = null;
        for (int i = 0; i < 3; i++) {
            String name = branch + "_scale_" + (i + 1);
            String wide = graph.node("MatMul", name + ".wide", List.of("rows_" + (i + 1), distances[i]));
            String map = graph.node("MatMul", name, List.of(wide, "columns_" + (i + 1)));
            sum = sum == null ? map : graph.node("Add", name + ".sum", List.of(sum, map));
        }
        String centred = graph.node("Sub", branch + ".centred", List.of(sum, graph.scalar(branch + ".mean", mean)));
        return graph.node("Div", branch + ".map", List.of(centred, graph.scalar(branch + ".deviation", deviation)));
    }

    /** The raised sum; below the level, a branch falls away ten times as fast, so that the lower of two lines holds. */
    private String raised(String sum, String rgb, String depth, HighestPlaces highest) {
        String alone = graph.node(
                "Max",
                "alone",
                List.of(
                        inUnitsOfTheSum("rgb", rgb, highest.sum(), highest.rgb()),
                        inUnitsOfTheSum("depth", depth, highest.sum(), highest.depth())));
        double level = highest.sum().median();
        String steep = graph.node("Mul", "alone.steep", List.of(alone, graph.scalar("steepness", 10)));
        String below = graph.node("Sub", "alone.below", List.of(steep, graph.scalar("level", 9 * level)));
        String fallen = graph.node("Min", "alone.raises", List.of(alone, below));
        return graph.node("Max", "raised", List.of(sum, fallen));
    }

    private String inUnitsOfTheSum(String branch, String map, Usual sum, Usual usual) {
        String factor = graph.scalar(branch + ".factor", sum.spread() / usual.spread());
        String offset = graph.scalar(branch + ".offset", sum.median() - sum.spread() * usual.raises() / usual.spread());
        String scaled = graph.node("Mul", branch + ".scaled", List.of(map, factor));
        return graph.node("Add", branch + ".alone", List.of(scaled, offset));
    }

    private void outputs(String joint, String rgb, String depth) {
        RegionOfInterest region = info.regionOfInterest();
        String counts = null;
        if (region != null) {
            counts = graph.constant("region_of_interest", new long[] {size, size}, region.maskBytes());
            graph.scalar("outside_map", 0);
            graph.scalar("outside_score", Double.NEGATIVE_INFINITY);
        }
        graph.integers("image_axis", 1);
        if (usable != null) {
            graph.node("Squeeze", "usable", List.of(usable, graph.integers("usable_axes", 1, 2)));
            graph.scalar("no_score", Double.NaN);
        }
        String score = output("", "combined", joint, counts);
        String scoreRgb = output("_rgb", "colour branch's", rgb, counts);
        String scoreDepth = output("_depth", "second branch's", depth, counts);
        if (info.thresholds().any()) {
            verdict(score, scoreRgb, scoreDepth);
        }
    }

    private String output(String suffix, String which, String map, String counts) {
        String scored = map;
        String shown = map;
        if (counts != null) {
            scored = graph.node("Where", "counted" + suffix, List.of(counts, map, "outside_score"));
            shown = graph.node("Where", "shown" + suffix, List.of(counts, map, "outside_map"));
        }
        graph.node("Squeeze", "map" + suffix, List.of(shown, "image_axis"));
        graph.output(
                "map" + suffix,
                TensorProto.DataType.FLOAT,
                "The " + which + " anomaly map, calibrated and blurred: 0 as on normal parts, 1 = one deviation above.",
                0,
                size,
                size);
        String score = graph.node(
                "ReduceMax",
                "score" + suffix + (usable == null ? "" : ".of_map"),
                List.of(scored),
                OnnxGraph.attribute("axes", 1, 2, 3),
                OnnxGraph.attribute("keepdims", 0));
        if (usable != null) {
            score = graph.node("Where", "score" + suffix, List.of("usable", score, "no_score"));
        }
        graph.output(score, TensorProto.DataType.FLOAT, "The " + which + " score: its map's maximum.", 0);
        return score;
    }

    /**
     * 2 = NG where a score is above its limit or NaN, else 1 = REVIEW above a review limit, else 0 = OK; as
     * VerdictRule, which never sees a NaN.
     */
    private void verdict(String score, String scoreRgb, String scoreDepth) {
        Thresholds t = info.thresholds();
        String[] scores = {score, scoreRgb, scoreDepth};
        String ng = above("ng", scores, t, Limits::ng);
        String review = above("review", scores, t, Limits::review);
        boolean judged = List.of(ScoreBranch.COMBINED, ScoreBranch.RGB, ScoreBranch.DEPTH).stream()
                .anyMatch(branch -> t.of(branch).all().findAny().isPresent());
        graph.integers("is_ng", 2);
        graph.integers("is_review", 1);
        // A model that judges parts without a modality only leaves the others to a person.
        graph.integers("is_not_above", judged ? 0 : 1);
        String lower = graph.node("Where", "verdict.below_ng", List.of(review, "is_review", "is_not_above"));
        graph.node("Where", "verdict", List.of(ng, "is_ng", lower));
        graph.output("verdict", TensorProto.DataType.INT64, "0 = OK, 1 = REVIEW, 2 = NG; NG where a score is NaN.", 0);
    }

    private String above(String limit, String[] scores, Thresholds t, Function<Limits, Threshold> chosen) {
        ScoreBranch[] branches = {ScoreBranch.COMBINED, ScoreBranch.RGB, ScoreBranch.DEPTH};
        String any = null;
        for (int i = 0; i < branches.length; i++) {
            String name = limit + "." + branches[i].key();
            String value = graph.scalar(name + ".limit", below(t.value(branches[i], chosen)));
            // A NaN is not good: it is above every limit, also one that is not set.
            String within = graph.node("LessOrEqual", name + ".within", List.of(scores[i], value));
            String above = graph.node("Not", name, List.of(within));
            any = any == null ? above : graph.node("Or", name + ".any", List.of(any, above));
        }
        return any;
    }

    /** The largest float32 that is not above a limit: a score in float32 is above both, or above neither. */
    private static float below(double limit) {
        float rounded = (float) limit;
        return rounded > limit ? Math.nextDown(rounded) : rounded;
    }
}
