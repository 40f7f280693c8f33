package io.trd4j.data;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Points of a cloud at up to 64 x 64 evenly spaced positions, and how they lie: spacing, axes, a depth that recurs.
 * Filled again by every {@link #read}, which allocates nothing.
 */
final class PointSample {
    static final int SIDE = 64;
    /** A depth that so many of the sampled points share bit for bit, far from all others, was not measured. */
    private static final int MIN_RECURRING = 8;

    /** Coordinates in the cloud's unit, 64 to a row of positions; z is 0 where a point is missing. */
    final float[] x = new float[SIDE * SIDE];

    final float[] y = new float[SIDE * SIDE];
    final float[] z = new float[SIDE * SIDE];
    /** The cloud's columns and rows that are looked at. */
    final int[] column = new int[SIDE];

    final int[] row = new int[SIDE];
    int columns;
    int rows;
    private int points;
    private double spacing;
    private int axisOfColumns;
    private int axisOfRows;
    private float recurringDepth;
    private final double[] across = new double[3];
    private final double[] down = new double[3];

    /** How many positions of a side of so many pixels are looked at. */
    static int positions(int side) {
        return Math.min(side, SIDE);
    }

    /** The middle of the i-th of equal pieces. */
    static int position(int i, int side) {
        return (int) ((2L * i + 1) * side / (2L * positions(side)));
    }

    /**
     * @param cloud null = none: no points
     * @param limit points with a coordinate beyond it are missing
     */
    void read(PointCloud cloud, float limit) {
        columns = cloud == null ? 0 : positions(cloud.width());
        rows = cloud == null ? 0 : positions(cloud.height());
        float[] array = cloud == null ? null : cloud.points().array();
        FloatBuffer buffer = cloud == null ? null : (FloatBuffer) cloud.points().buffer();
        int stride = cloud == null ? 0 : cloud.points().rowElements(Float.BYTES);
        for (int i = 0; i < columns; i++) {
            column[i] = position(i, cloud.width());
        }
        points = 0;
        for (int j = 0; j < rows; j++) {
            row[j] = position(j, cloud.height());
            for (int i = 0; i < columns; i++) {
                int from = row[j] * stride + 3 * column[i];
                int to = j * SIDE + i;
                x[to] = array != null ? array[from] : buffer.get(from);
                y[to] = array != null ? array[from + 1] : buffer.get(from + 1);
                z[to] = array != null ? array[from + 2] : buffer.get(from + 2);
                // Negated: NaN is beyond every limit.
                boolean point = Math.abs(x[to]) <= limit && Math.abs(y[to]) <= limit && Math.abs(z[to]) <= limit;
                z[to] = point ? z[to] : 0;
                points += z[to] != 0 ? 1 : 0;
            }
        }
        measureSteps();
        measureRecurring();
    }

    private void measureSteps() {
        Arrays.fill(across, 0);
        Arrays.fill(down, 0);
        double length = 0;
        long pixels = 0;
        for (int j = 0; j < rows; j++) {
            for (int i = 0; i < columns; i++) {
                int here = j * SIDE + i;
                if (z[here] == 0) {
                    continue;
                }
                if (i > 0 && z[here - 1] != 0) {
                    length += add(across, here - 1, here);
                    pixels += column[i] - column[i - 1];
                }
                if (j > 0 && z[here - SIDE] != 0) {
                    add(down, here - SIDE, here);
                }
            }
        }
        spacing = pixels == 0 ? 0 : length / pixels;
        axisOfColumns = axis(across);
        axisOfRows = axis(down);
    }

    /** Adds the step between two points; returns its length. */
    private double add(double[] sum, int from, int to) {
        double dx = x[to] - x[from];
        double dy = y[to] - y[from];
        double dz = z[to] - z[from];
        sum[0] += dx;
        sum[1] += dy;
        sum[2] += dz;
        return Math.sqrt(dx * dx + dy * dy + dz * dz);
    }

    /** 1, 2 or 3 for x, y or z that grows most, negative where it falls; 0 when none does so clearly. */
    private static int axis(double[] sum) {
        int most = 0;
        for (int k = 1; k < 3; k++) {
            most = Math.abs(sum[k]) > Math.abs(sum[most]) ? k : most;
        }
        for (int k = 0; k < 3; k++) {
            if (k != most && !(Math.abs(sum[most]) > 2 * Math.abs(sum[k]))) {
                return 0;
            }
        }
        return sum[most] > 0 ? most + 1 : -most - 1;
    }

    private void measureRecurring() {
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        int leasts = 0;
        int mosts = 0;
        for (int j = 0; j < rows; j++) {
            for (int k = j * SIDE; k < j * SIDE + columns; k++) {
                float depth = z[k];
                if (depth == 0) {
                    continue;
                }
                leasts = depth < least ? 1 : depth == least ? leasts + 1 : leasts;
                least = Math.min(least, depth);
                mosts = depth > most ? 1 : depth == most ? mosts + 1 : mosts;
                most = Math.max(most, depth);
            }
        }
        recurringDepth = mosts >= MIN_RECURRING && far(most) ? most : leasts >= MIN_RECURRING && far(least) ? least : 0;
    }

    /** Whether the points of all other depths are nearer to each other than to these. */
    private boolean far(float depth) {
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        double length = 0;
        int others = 0;
        int pairs = 0;
        for (int j = 0; j < rows; j++) {
            for (int k = j * SIDE; k < j * SIDE + columns; k++) {
                if (z[k] == 0 || z[k] == depth) {
                    continue;
                }
                least = Math.min(least, z[k]);
                most = Math.max(most, z[k]);
                others++;
                if (k > j * SIDE && z[k - 1] != 0 && z[k - 1] != depth) {
                    length += Math.abs(x[k] - x[k - 1]) + Math.abs(y[k] - y[k - 1]);
                    pairs++;
                }
            }
        }
        return others >= MIN_RECURRING
                && pairs > 0
                && MissingPoints.far(depth, least, most, Math.max(columns, rows) * length / pairs);
    }

    /** Valid points among those looked at. */
    int points() {
        return points;
    }

    /** Mean distance of neighbours in a row, in the cloud's unit; 0 without any. */
    double spacing() {
        return spacing;
    }

    /**
     * The coordinate that changes from column to column: 1, 2 or 3 for x, y or z, negative where it falls; 0 where none
     * changes at least twice as much as the others.
     */
    int axisOfColumns() {
        return axisOfColumns;
    }

    /** The coordinate that changes from row to row. */
    int axisOfRows() {
        return axisOfRows;
    }

    /** The depth of many points, bit for bit, that is far from that of all others; 0 = there is none. */
    float recurringDepth() {
        return recurringDepth;
    }
}
