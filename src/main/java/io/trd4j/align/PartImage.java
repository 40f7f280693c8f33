package io.trd4j.align;

import io.trd4j.outline.PartView;
import java.util.Arrays;

/**
 * A part in n x n pixels: its colours, its relief with the gaps filled, and both smoothed at several resolutions, from
 * which it is located. Filled again for the next part.
 */
final class PartImage {
    /** Red, green, blue, relief. */
    static final int CHANNELS = PartView.CHANNELS;

    static final int RELIEF = PartView.RELIEF;
    /** Each has half as many pixels along each side as the one before. */
    static final int LEVELS = 3;

    final int n;
    /** Per channel n x n, row by row: colours 0 to 255, relief in mm. */
    final float[][] channels;
    /** Where the relief was measured; elsewhere it is interpolated. */
    final boolean[] measured;
    /** Per level, mean of the colours, smoothed. */
    final float[][] luminance = new float[LEVELS][];
    /** Per level, the relief, smoothed. */
    final float[][] relief = new float[LEVELS][];

    /** Per level, the share of a pixel's relief that was measured and plausible. */
    final float[][] known = new float[LEVELS][];

    boolean hasColour;
    boolean hasRelief;
    /** Relief beyond these, mm, is taken for a wild point where parts are located. */
    private float lowest = Float.NEGATIVE_INFINITY;

    private float highest = Float.POSITIVE_INFINITY;
    private final float[] row;
    private final Gaps gaps;

    /**
     * @param n a multiple of 2^{@value #LEVELS} - 1 pixels is not needed; odd last rows are left out of coarse levels
     */
    PartImage(int n) {
        this.n = n;
        channels = new float[CHANNELS][n * n];
        measured = new boolean[n * n];
        for (int level = 0; level < LEVELS; level++) {
            luminance[level] = new float[side(level) * side(level)];
            relief[level] = new float[side(level) * side(level)];
            known[level] = new float[side(level) * side(level)];
        }
        row = new float[3 * n];
        gaps = new Gaps(n);
    }

    /** Pixels along each side of a level. */
    int side(int level) {
        return n >> level;
    }

    /**
     * A value between four pixels.
     *
     * @param side pixels in a row
     * @param at index of the upper left one
     * @param fx 0 = at its column, 1 = at the next
     * @param fy 0 = at its row, 1 = at the next
     */
    static float between(float[] image, int side, int at, float fx, float fy) {
        float upper = image[at] + fx * (image[at + 1] - image[at]);
        float lower = image[at + side] + fx * (image[at + side + 1] - image[at + side]);
        return upper + fy * (lower - upper);
    }

    /**
     * v(x - 1) - 2 v(x) + v(x + 1) along a row, of relief or, with another channel, of brightness; NaN where one of the
     * three is beyond the image, or was not seen or measured.
     */
    float bend(int x, int y, int channel) {
        boolean ofRelief = channel == RELIEF;
        if (x < 1 || y < 0 || x > n - 2 || y > n - 1 || !(ofRelief ? hasRelief : hasColour)) {
            return Float.NaN;
        }
        int at = y * n + x;
        if (ofRelief) {
            boolean known = measured[at - 1] && measured[at] && measured[at + 1];
            return known ? bend(channels[RELIEF], at) : Float.NaN;
        }
        return (bend(channels[0], at) + bend(channels[1], at) + bend(channels[2], at)) / 3;
    }

    private static float bend(float[] values, int at) {
        return values[at - 1] - 2 * values[at] + values[at + 1];
    }

    /** Takes a view of the same size over. */
    void show(PartView view) {
        float[] values = view.values();
        int missing = 0;
        for (int y = 0, i = 0; y < n; y++) {
            for (int x = 0; x < n; x++, i++) {
                int at = view.pixel(x, y);
                for (int c = 0; c < RELIEF; c++) {
                    channels[c][i] = values[at + c];
                }
                float height = values[at + RELIEF];
                measured[i] = !Float.isNaN(height);
                channels[RELIEF][i] = measured[i] ? height : 0;
                missing += measured[i] ? 0 : 1;
            }
        }
        hasColour = view.hasColour();
        hasRelief = view.hasRelief() && missing < n * n;
        if (hasRelief && missing > 0) {
            gaps.fill(channels[RELIEF], measured);
        }
        smooth();
    }

    /** Computes the levels from the channels. */
    void smooth() {
        if (hasColour) {
            float[] first = luminance[0];
            for (int i = 0; i < first.length; i++) {
                first[i] = (channels[0][i] + channels[1][i] + channels[2][i]) / 3;
            }
            levels(luminance);
        }
        if (hasRelief) {
            float[] first = relief[0];
            for (int i = 0; i < first.length; i++) {
                float height = channels[RELIEF][i];
                first[i] = Math.max(lowest, Math.min(highest, height));
                known[0][i] = measured[i] && first[i] == height ? 1 : 0;
            }
            levels(relief);
            levels(known);
        }
    }

    /** Relief that is plausible, mm: that of the mean part, and half its span to either side. */
    void limit(float[] mean) {
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        for (float height : mean) {
            least = Math.min(least, height);
            most = Math.max(most, height);
        }
        lowest = least - (most - least) / 2;
        highest = most + (most - least) / 2;
    }

    private void levels(float[][] levels) {
        binomial(levels[0], n);
        for (int level = 1; level < LEVELS; level++) {
            int side = side(level);
            int wide = side(level - 1);
            float[] fine = levels[level - 1];
            for (int y = 0; y < side; y++) {
                for (int x = 0; x < side; x++) {
                    int at = 2 * y * wide + 2 * x;
                    levels[level][y * side + x] = (fine[at] + fine[at + 1] + fine[at + wide] + fine[at + wide + 1]) / 4;
                }
            }
            binomial(levels[level], side);
        }
    }

    /** Smooths by 1 2 1 along rows and columns; the border's values continue. */
    private void binomial(float[] image, int side) {
        // What is read is copied first: loops that read one array and write another are vectorised.
        int last = side - 1;
        for (int y = 0; y < side; y++) {
            int from = y * side;
            System.arraycopy(image, from, row, 0, side);
            image[from] = (row[0] + 2 * row[0] + row[Math.min(1, last)]) / 4;
            for (int x = 1; x < last; x++) {
                image[from + x] = (row[x - 1] + 2 * row[x] + row[x + 1]) / 4;
            }
            if (last > 0) {
                image[from + last] = (row[last - 1] + 2 * row[last] + row[last]) / 4;
            }
        }
        System.arraycopy(image, 0, row, 0, side);
        for (int y = 0; y < side; y++) {
            int from = y * side;
            // The row above as it was, this one, and the next.
            System.arraycopy(image, from, row, n, side);
            System.arraycopy(image, Math.min(y + 1, last) * side, row, 2 * n, side);
            for (int x = 0; x < side; x++) {
                image[from + x] = (row[x] + 2 * row[n + x] + row[2 * n + x]) / 4;
            }
            System.arraycopy(row, n, row, 0, side);
        }
    }

    /** Fills gaps from around, the nearest first: means of ever larger blocks that have a value. */
    static final class Gaps {
        private final int n;
        private final float[][] sums;
        private final float[][] counts;

        Gaps(int n) {
            this.n = n;
            int levels = 32 - Integer.numberOfLeadingZeros(n);
            sums = new float[levels][];
            counts = new float[levels][];
            for (int level = 0, side = n; level < levels; level++, side = (side + 1) / 2) {
                sums[level] = new float[side * side];
                counts[level] = new float[side * side];
            }
        }

        void fill(float[] image, boolean[] measured) {
            for (int i = 0; i < image.length; i++) {
                counts[0][i] = measured[i] ? 1 : 0;
                sums[0][i] = measured[i] ? image[i] : 0;
            }
            int side = n;
            for (int level = 1; level < sums.length; level++) {
                int wide = side;
                side = (side + 1) / 2;
                Arrays.fill(sums[level], 0);
                Arrays.fill(counts[level], 0);
                for (int y = 0; y < wide; y++) {
                    for (int x = 0; x < wide; x++) {
                        int to = y / 2 * side + x / 2;
                        sums[level][to] += sums[level - 1][y * wide + x];
                        counts[level][to] += counts[level - 1][y * wide + x];
                    }
                }
            }
            for (int i = 0; i < image.length; i++) {
                if (!measured[i]) {
                    image[i] = near(i % n, i / n);
                }
            }
        }

        /** Mean of the smallest neighbourhood of 3 x 3 blocks that has enough values. */
        private float near(int x, int y) {
            int side = n;
            for (int level = 0; level < sums.length; level++, side = (side + 1) / 2) {
                int column = x >> level;
                int line = y >> level;
                float sum = 0;
                float count = 0;
                for (int v = Math.max(0, line - 1); v <= Math.min(side - 1, line + 1); v++) {
                    for (int u = Math.max(0, column - 1); u <= Math.min(side - 1, column + 1); u++) {
                        sum += sums[level][v * side + u];
                        count += counts[level][v * side + u];
                    }
                }
                if (count >= 3) {
                    return sum / count;
                }
            }
            return 0;
        }
    }
}
