package io.trd4j.data;

import io.trd4j.io.InputException;
import java.util.Arrays;

/**
 * Finds clouds whose channels are not x, y, z with z away from the camera. What tells: in an organised cloud two of the
 * channels are, but for perspective, a linear map of column and row. These are x and y, however the part is tilted; the
 * third is the depth.
 */
final class AxesCheck {
    /** Fewer points tell nothing. */
    private static final int MIN_POINTS = 64;

    private final String source;
    private final int n;
    /** Of each point: three channels, then column and row. */
    private final double[][] at;

    private final double[] mean = new double[3];
    /** From the 2 % to the 98 % quantile. */
    private final double[] range = new double[3];

    private AxesCheck(String source, PointSample sample) {
        this.source = source;
        double[][] all = new double[5][sample.points()];
        int count = 0;
        for (int j = 0; j < sample.rows; j++) {
            for (int i = 0; i < sample.columns; i++) {
                int k = j * PointSample.SIDE + i;
                if (sample.z[k] != 0) {
                    all[0][count] = sample.x[k];
                    all[1][count] = sample.y[k];
                    all[2][count] = sample.z[k];
                    all[3][count] = sample.column[i];
                    all[4][count++] = sample.row[j];
                }
            }
        }
        at = all;
        n = withoutOutliers(count);
        for (int k = 0; k < 3; k++) {
            double[] values = Arrays.copyOf(at[k], n);
            mean[k] = Arrays.stream(values).average().orElse(0);
            Arrays.sort(values);
            range[k] = n == 0 ? 0 : values[n - 1 - n / 50] - values[n / 50];
        }
    }

    /** @throws InputException naming the axes that would mend the cloud, when it shows that its are others */
    static void check(String source, PointSample sample) {
        AxesCheck check = new AxesCheck(source, sample);
        if (check.n >= MIN_POINTS) {
            check.requireNoPlanes();
            check.requireDepthLast();
            check.requireAway();
            check.requireColumnsFirst();
        }
    }

    /** Keeps points that lie not too far from most: a few wild ones outweigh all others in sums of squares. */
    private int withoutOutliers(int count) {
        double[] low = new double[3];
        double[] high = new double[3];
        for (int k = 0; k < 3; k++) {
            double[] values = Arrays.copyOf(at[k], count);
            Arrays.sort(values);
            double few = count == 0 ? 0 : values[count / 20];
            double most = count == 0 ? 0 : values[count - 1 - count / 20];
            low[k] = few - 2 * (most - few);
            high[k] = most + 2 * (most - few);
        }
        int kept = 0;
        for (int i = 0; i < count; i++) {
            boolean keep = true;
            for (int k = 0; k < 3; k++) {
                keep &= at[k][i] >= low[k] && at[k][i] <= high[k];
            }
            if (keep) {
                for (double[] values : at) {
                    values[kept] = values[i];
                }
                kept++;
            }
        }
        return kept;
    }

    /** Planes one after the other, taken for points, have three neighbours' x as the coordinates of one point. */
    private void requireNoPlanes() {
        double[] differences = new double[n];
        for (int i = 0; i < n; i++) {
            differences[i] = Math.max(Math.abs(at[0][i] - at[1][i]), Math.abs(at[1][i] - at[2][i]));
        }
        Arrays.sort(differences);
        if (differences[n / 2] < 0.02 * range[0]) {
            throw refused("has three channels that are the same but for a step: planes one after the other", "planar");
        }
    }

    private void requireDepthLast() {
        double asTheyAre = lateral(0, 1);
        int depth = lateral(1, 2) > lateral(0, 2) ? 0 : 1;
        int first = depth == 0 ? 1 : 0;
        double best = lateral(first, 2);
        boolean unlikeLateral = asTheyAre < 0.5 && best > 0.9;
        // On a steep plane the depth is linear in the column, too, but it is a distance from the camera.
        boolean distance = best > 0.9
                && Math.abs(mean[depth]) > 3 * range[depth]
                && Math.abs(mean[2]) < range[2]
                && fromTheCamera(first, 2, depth, 100);
        if (unlikeLateral || distance) {
            boolean firstIsX = correlation(at[first], at[3]) > correlation(at[2], at[3]);
            String[] names = new String[3];
            names[depth] = "z";
            names[first] = named(firstIsX ? "x" : "y", at[first], at[firstIsX ? 3 : 4]);
            names[2] = named(firstIsX ? "y" : "x", at[2], at[firstIsX ? 4 : 3]);
            throw refused(
                    "has a third channel that is no depth: it changes from "
                            + (firstIsX ? "row to row" : "column to column") + ", and the "
                            + (depth == 0 ? "first" : "second") + " does not",
                    String.join(",", names));
        }
        if (Math.max(asTheyAre, best) < 0.2) {
            throw new InputException(source + " is no organised cloud: points of neighbouring pixels are no neighbours"
                    + " in space; give one point per pixel of the sensor, row by row");
        }
    }

    private String named(String axis, double[] values, double[] pixel) {
        return (covariance(values, pixel) < 0 ? "-" : "") + axis;
    }

    private void requireAway() {
        double field = Math.max(range[0], range[1]);
        int negative = 0;
        for (int i = 0; i < n; i++) {
            negative += at[2][i] < 0 ? 1 : 0;
        }
        boolean distance = Math.abs(mean[2]) > range[2] && (Math.abs(mean[2]) > field || fromTheCamera(0, 1, 2, 1.4));
        if (negative >= 0.98 * n && distance) {
            boolean left = covariance(at[0], at[3]) < 0;
            boolean up = covariance(at[1], at[4]) < 0;
            // Where one of x and y points the other way as well, a turn of the frame mends both.
            throw refused(
                    "has depths below 0: z points towards the camera",
                    (left && !up ? "-x" : "x") + "," + (up && !left ? "-y" : "y") + ",-z");
        }
    }

    /**
     * x along the rows and y along the columns is a camera that was turned, or two channels that were exchanged: that
     * is a mirror image, which shows where the origin is the camera.
     */
    private void requireColumnsFirst() {
        boolean turned = correlation(at[0], at[4]) > 0.9 && correlation(at[1], at[3]) > 0.9;
        boolean mirrored = covariance(at[0], at[4]) * covariance(at[1], at[3]) * mean[2] > 0;
        if (turned && mirrored && fromTheCamera(0, 1, 2, 1.4)) {
            throw new InputException(source + " has x that changes from row to row and y from column to column, as no "
                    + "camera sees them: where the image is stored column by column, turn it to lie like the colour "
                    + "image; where x and y are exchanged, say --axes y,x,z (in Java PointAxes.of(\"y,x,z\")); or "
                    + "--axes x,y,z if it is meant so");
        }
    }

    /**
     * Whether two channels over the third tell the pixel better than the two: rays of a camera at the origin.
     *
     * @param better times smaller, mean squares that remain
     */
    private boolean fromTheCamera(int a, int b, int depth, double better) {
        double[] u = new double[n];
        double[] v = new double[n];
        for (int i = 0; i < n; i++) {
            u[i] = at[a][i] / at[depth][i];
            v[i] = at[b][i] / at[depth][i];
        }
        return 1 - explained(at[a], at[b], at[3]) > better * (1 - explained(u, v, at[3]))
                && 1 - explained(at[a], at[b], at[4]) > better * (1 - explained(u, v, at[4]));
    }

    /** How well two channels tell the pixel, 0 to 1. */
    private double lateral(int a, int b) {
        return Math.min(explained(at[a], at[b], at[3]), explained(at[a], at[b], at[4]));
    }

    /** Share of the variance of t that a linear function of a and b explains: R². */
    private double explained(double[] a, double[] b, double[] t) {
        double aa = covariance(a, a);
        double bb = covariance(b, b);
        double ab = covariance(a, b);
        double at = covariance(a, t);
        double bt = covariance(b, t);
        double tt = covariance(t, t);
        double determinant = aa * bb - ab * ab;
        double explained = determinant > 1e-9 * aa * bb
                ? (at * at * bb - 2 * at * bt * ab + bt * bt * aa) / determinant
                : Math.max(aa > 0 ? at * at / aa : 0, bb > 0 ? bt * bt / bb : 0);
        return tt > 0 ? Math.min(1, explained / tt) : 0;
    }

    /** Its magnitude. */
    private double correlation(double[] a, double[] t) {
        double product = covariance(a, a) * covariance(t, t);
        return product > 0 ? Math.abs(covariance(a, t)) / Math.sqrt(product) : 0;
    }

    private double covariance(double[] a, double[] b) {
        double meanA = 0;
        double meanB = 0;
        for (int i = 0; i < n; i++) {
            meanA += a[i];
            meanB += b[i];
        }
        meanA /= n;
        meanB /= n;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (a[i] - meanA) * (b[i] - meanB);
        }
        return sum / n;
    }

    private InputException refused(String what, String axes) {
        return new InputException(source + " " + what + "; say --axes " + axes + " (in Java PointAxes.of(\"" + axes
                + "\")), or --axes x,y,z if it is meant so");
    }
}
