package io.trd4j.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Points that files mark as missing by a value of their own: -1, -9999, 65535, the far end of a sensor's range, or the
 * whole of one point (the zero that a change of frame has moved). Such a value recurs bit for bit where no measured
 * depth does, far from all that were measured; a point that recurs as a whole is none anyway, as every pixel sees
 * another.
 */
final class MissingPoints {
    /** In any unit; beyond it numbers are missing without further ado ({@link PointCloud}). */
    static final float LIMIT = 1e9f;

    private static final int MOST_VALUES = 6;
    private static final int SAMPLES = 8192;
    /** Programs and sensors write these for no point. */
    private static final List<Float> USUAL = List.of(
            -1f, -99f, -999f, -9999f, -99999f, -32767f, -32768f, 999f, 9999f, 10000f, 99999f, 100000f, 32767f, 65535f);

    private final float[] removed;
    private final List<String> values = new ArrayList<>();
    private int count;

    private MissingPoints(float[] points) {
        removed = points.clone();
    }

    /**
     * @param points x, y, z of each, in one unit, row by row; not changed
     * @param side pixels of the longer side
     * @return null when no such point is there
     */
    static MissingPoints of(float[] points, int side) {
        // Copied only when there may be something to find: few clouds have one.
        MissingPoints found = null;
        float[] now = points;
        for (int i = 0; i < MOST_VALUES; i++) {
            float[] same = recurringPoint(now);
            float depth = same != null ? 0 : recurringDepth(now, side);
            if (same == null && depth == 0) {
                break;
            }
            found = found == null ? new MissingPoints(points) : found;
            found.remove(same, depth);
            now = found.removed;
        }
        return found;
    }

    /** The points without those marked, which are 0. */
    float[] removed() {
        return removed;
    }

    /** How many were marked. */
    int count() {
        return count;
    }

    /** The values that mark them, for people. */
    String values() {
        return String.join(" and ", values);
    }

    private void remove(float[] same, float depth) {
        for (int i = 0; i < removed.length; i += 3) {
            boolean marked = same == null
                    ? removed[i + 2] == depth
                    : removed[i] == same[0] && removed[i + 1] == same[1] && removed[i + 2] == same[2];
            if (marked) {
                Arrays.fill(removed, i, i + 3, 0);
                count++;
            }
        }
        values.add(
                same == null
                        ? "z = " + text(depth)
                        : "(" + text(same[0]) + ", " + text(same[1]) + ", " + text(same[2]) + ")");
    }

    private static String text(float value) {
        return value == Math.rint(value) && Math.abs(value) < LIMIT
                ? String.format(Locale.ROOT, "%.0f", value)
                : Float.toString(value);
    }

    private static boolean isPoint(float[] p, int i) {
        return p[i + 2] != 0 && Math.abs(p[i]) <= LIMIT && Math.abs(p[i + 1]) <= LIMIT && Math.abs(p[i + 2]) <= LIMIT;
    }

    /** Every n-th point that is none of the missing: indices of their x. */
    private static int[] sample(float[] p, float butDepth) {
        int[] all = new int[SAMPLES];
        int stride = 3 * Math.max(1, (p.length / 3 + SAMPLES - 1) / SAMPLES);
        int n = 0;
        for (int i = 0; i < p.length && n < SAMPLES; i += stride) {
            if (isPoint(p, i) && p[i + 2] != butDepth) {
                all[n++] = i;
            }
        }
        return Arrays.copyOf(all, n);
    }

    /** The one point that many pixels have; null when there is none, or several do, as in coarse whole numbers. */
    private static float[] recurringPoint(float[] p) {
        int[] at = sample(p, 0);
        long[] keys = new long[at.length];
        for (int i = 0; i < at.length; i++) {
            long key = Float.floatToIntBits(p[at[i]]);
            key = 31 * 0x9E3779B97F4A7C15L * (key + 1) + Float.floatToIntBits(p[at[i] + 1]);
            keys[i] = 0x9E3779B97F4A7C15L * key + Float.floatToIntBits(p[at[i] + 2]);
        }
        long[] sorted = keys.clone();
        Arrays.sort(sorted);
        int most = 0;
        int second = 0;
        long mostKey = 0;
        for (int i = 0, start = 0; i < sorted.length; i++) {
            if (i + 1 == sorted.length || sorted[i + 1] != sorted[i]) {
                int run = i + 1 - start;
                if (run > most) {
                    second = most;
                    most = run;
                    mostKey = sorted[i];
                } else {
                    second = Math.max(second, run);
                }
                start = i + 1;
            }
        }
        if (most < 8 || most < 8 * second || most == at.length) {
            return null;
        }
        for (int i = 0; i < keys.length; i++) {
            if (keys[i] == mostKey) {
                return Arrays.copyOfRange(p, at[i], at[i] + 3);
            }
        }
        throw new AssertionError("a key without its point");
    }

    /** The least or greatest depth when it was not measured; 0 = both were. */
    private static float recurringDepth(float[] p, int side) {
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        int leasts = 0;
        int mosts = 0;
        for (int i = 0; i < p.length; i += 3) {
            float z = p[i + 2];
            if ((z <= least || z >= most) && isPoint(p, i)) {
                leasts = z < least ? 1 : z == least ? leasts + 1 : leasts;
                least = Math.min(least, z);
                mosts = z > most ? 1 : z == most ? mosts + 1 : mosts;
                most = Math.max(most, z);
            }
        }
        return mosts > 1 && marks(p, side, most, mosts)
                ? most
                : leasts > 1 && marks(p, side, least, leasts) ? least : 0;
    }

    private static boolean marks(float[] p, int side, float depth, int count) {
        int[] others = sample(p, depth);
        if (others.length < 16) {
            return false;
        }
        double[] z = new double[others.length];
        double[] steps = new double[others.length];
        int n = 0;
        for (int i = 0; i < others.length; i++) {
            int at = others[i];
            z[i] = p[at + 2];
            if (at + 3 < p.length && isPoint(p, at + 3) && p[at + 5] != depth) {
                steps[n++] = Math.hypot(Math.hypot(p[at + 3] - p[at], p[at + 4] - p[at + 1]), p[at + 5] - p[at + 2]);
            }
        }
        Arrays.sort(z);
        Arrays.sort(steps, 0, n);
        double least = z[z.length / 50];
        double most = z[z.length - 1 - z.length / 50];
        double field = n == 0 ? Double.POSITIVE_INFINITY : side * steps[n / 2];
        boolean many = count >= Math.max(8, p.length / 3 / 5000);
        return many && far(depth, least, most, field)
                || far(depth, least, most, 10 * field)
                || USUAL.contains(depth) && outside(depth, least, most);
    }

    /**
     * Whether a depth is too far from all others to belong to what these see.
     *
     * @param least the other depths are from it
     * @param most to it
     * @param field the width that these see
     */
    static boolean far(double depth, double least, double most, double field) {
        double gap = depth > most ? depth - most : least - depth;
        return gap > 2 * Math.max(field, most - least) || depth < 0 && outside(depth, least, most);
    }

    /** Whether it is as far from the others as they reach, or of another sign than all of them. */
    private static boolean outside(double depth, double least, double most) {
        double gap = depth > most ? depth - most : least - depth;
        return gap > most - least && (depth > most || least > 0);
    }
}
