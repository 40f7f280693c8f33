package io.trd4j.data.dataset;

import java.util.Arrays;
import java.util.List;

/** How long a polygon takes to fill, before it is filled. */
final class PolygonWork {
    private PolygonWork() {}

    /**
     * Steps of a scanline fill with sorted edges: the pixels of the polygon's box, those of its outline, and in every
     * row at most every pair of the edges that cross it.
     *
     * @param points x, y of each corner, pixels; finite
     */
    static double steps(List<double[]> points) {
        int n = points.size();
        double[] box = {Double.MAX_VALUE, Double.MAX_VALUE, 0, 0};
        double[] tops = new double[n];
        double[] bottoms = new double[n];
        double outline = 0;
        double[] from = points.get(n - 1);
        for (int i = 0; i < n; i++) {
            double[] to = points.get(i);
            box[0] = Math.min(box[0], to[0]);
            box[1] = Math.min(box[1], to[1]);
            box[2] = Math.max(box[2], to[0]);
            box[3] = Math.max(box[3], to[1]);
            tops[i] = Math.min(from[1], to[1]);
            bottoms[i] = Math.max(from[1], to[1]);
            outline += 1 + Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]));
            from = to;
        }
        double area = (box[2] - box[0] + 1) * (box[3] - box[1] + 1);
        return area + outline + pairs(tops, bottoms);
    }

    /** Sum over all rows of the square of the number of edges there. */
    private static double pairs(double[] tops, double[] bottoms) {
        Arrays.sort(tops);
        Arrays.sort(bottoms);
        double pairs = 0;
        double row = tops[0];
        int ended = 0;
        for (int begun = 0; ended < bottoms.length; ) {
            boolean begins = begun < tops.length && tops[begun] <= bottoms[ended];
            double next = begins ? tops[begun] : bottoms[ended];
            double edges = begun - ended;
            pairs += edges * edges * (next - row);
            row = next;
            begun += begins ? 1 : 0;
            ended += begins ? 0 : 1;
        }
        return pairs;
    }
}
