package io.trd4j.outline;

import java.util.Arrays;
import java.util.stream.IntStream;

/** A view at N x N cells, for the search of a pose: mean colours, and relief, 0 where nothing was measured. */
final class Thumb {
    /** Pixels of a cell that are looked at, along each side. */
    private static final int SAMPLES = 2;

    final int n;
    /** {@link PartView#CHANNELS} of each cell, row by row. */
    final float[] values;

    private Thumb(int n, float[] values) {
        this.n = n;
        this.values = values;
    }

    /** @param n cells along each side */
    static Thumb of(PartView view, int n) {
        float[] values = new float[PartView.CHANNELS * n * n];
        int size = view.size();
        for (int cell = 0; cell < n * n; cell++) {
            int measured = 0;
            int to = PartView.CHANNELS * cell;
            for (int s = 0; s < SAMPLES * SAMPLES; s++) {
                int x = (int) ((cell % n + (s % SAMPLES + 0.5) / SAMPLES) * size / n);
                int y = (int) ((cell / n + (s / SAMPLES + 0.5) / SAMPLES) * size / n);
                int at = view.pixel(x, y);
                for (int c = 0; c < PartView.RELIEF; c++) {
                    values[to + c] += view.values()[at + c] / (SAMPLES * SAMPLES);
                }
                float relief = view.values()[at + PartView.RELIEF];
                if (!Float.isNaN(relief)) {
                    values[to + PartView.RELIEF] += relief;
                    measured++;
                }
            }
            values[to + PartView.RELIEF] /= Math.max(1, measured);
        }
        return new Thumb(n, values);
    }

    /** Takes the mean colour of some cells off all: parts of other shades compare then. */
    void balance(int[] cells) {
        for (int c = 0; c < PartView.RELIEF; c++) {
            float mean = 0;
            for (int cell : cells) {
                mean += values[PartView.CHANNELS * cell + c] / cells.length;
            }
            for (int cell = 0; cell < n * n; cell++) {
                values[PartView.CHANNELS * cell + c] -= mean;
            }
        }
    }

    /** Of half as many cells along each side. */
    Thumb half() {
        int m = n / 2;
        float[] means = new float[PartView.CHANNELS * m * m];
        for (int i = 0; i < values.length; i++) {
            int cell = i / PartView.CHANNELS;
            int to = cell / n / 2 * m + cell % n / 2;
            means[PartView.CHANNELS * to + i % PartView.CHANNELS] += values[i] / 4;
        }
        return new Thumb(m, means);
    }

    /** The 95th percentile of what is above the plane or below it, mm. */
    float reliefSpan() {
        float[] heights = new float[n * n];
        for (int cell = 0; cell < heights.length; cell++) {
            heights[cell] = Math.abs(values[PartView.CHANNELS * cell + PartView.RELIEF]);
        }
        return percentile95(heights);
    }

    private static float percentile95(float[] unsorted) {
        float[] sorted = unsorted.clone();
        Arrays.sort(sorted);
        return sorted[(int) (0.95 * sorted.length)];
    }

    /**
     * Centre of what stands out, in cells (0.5, 0.5 = of the first): from the plane, or, without relief, from the
     * border's colour.
     */
    double[] centre(boolean byRelief) {
        int[] foreground = foreground(byRelief);
        double x = 0;
        double y = 0;
        for (int cell : foreground) {
            x += cell % n + 0.5;
            y += cell / n + 0.5;
        }
        return new double[] {x / foreground.length, y / foreground.length};
    }

    /** Cells that stand out; all when none does. */
    int[] foreground(boolean byRelief) {
        float[] stands = new float[n * n];
        float[] border = byRelief ? null : borderColour();
        for (int cell = 0; cell < stands.length; cell++) {
            int at = PartView.CHANNELS * cell;
            if (byRelief) {
                stands[cell] = Math.abs(values[at + PartView.RELIEF]);
            } else {
                for (int c = 0; c < PartView.RELIEF; c++) {
                    stands[cell] += Math.abs(values[at + c] - border[c]);
                }
            }
        }
        float limit = 0.25f * percentile95(stands);
        int[] cells = new int[n * n];
        int count = 0;
        for (int cell = 0; cell < cells.length; cell++) {
            if (stands[cell] > limit) {
                cells[count++] = cell;
            }
        }
        return count == 0 ? IntStream.range(0, n * n).toArray() : Arrays.copyOf(cells, count);
    }

    /** Per channel, the median along the border. */
    private float[] borderColour() {
        float[] colour = new float[PartView.RELIEF];
        for (int c = 0; c < colour.length; c++) {
            float[] along = new float[4 * n - 4];
            int count = 0;
            for (int cell = 0; cell < n * n; cell++) {
                if (cell / n == 0 || cell / n == n - 1 || cell % n == 0 || cell % n == n - 1) {
                    along[count++] = values[PartView.CHANNELS * cell + c];
                }
            }
            Arrays.sort(along);
            colour[c] = along[along.length / 2];
        }
        return colour;
    }
}
