package io.trd4j.outline;

import java.util.Arrays;

/** A view at N x N cells, for the search of a pose: mean colours, and relief, 0 where nothing was measured. */
final class Thumb {
    /** Pixels of a cell that are looked at, along each side. */
    private static final int SAMPLES = 2;

    final int n;
    /** {@link PartView#CHANNELS} of each cell, row by row. */
    final float[] values;

    /** Cells that stand out, the first {@link #foreground} of them. */
    final int[] cells;

    private final float[] stands;
    private final float[] sorted;
    private final float[] along;
    private final float[] border = new float[PartView.RELIEF];

    /**
     * Of no view yet.
     *
     * @param n cells along each side
     */
    Thumb(int n) {
        this.n = n;
        values = new float[PartView.CHANNELS * n * n];
        cells = new int[n * n];
        stands = new float[n * n];
        sorted = new float[n * n];
        along = new float[4 * n - 4];
    }

    /** Becomes that of a view as it shows its part now. */
    void show(PartView view) {
        Arrays.fill(values, 0);
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
    }

    /** Takes the mean colour of the first of {@link #cells} off all: parts of other shades compare then. */
    void balance(int count) {
        for (int c = 0; c < PartView.RELIEF; c++) {
            float mean = 0;
            for (int k = 0; k < count; k++) {
                mean += values[PartView.CHANNELS * cells[k] + c] / count;
            }
            for (int cell = 0; cell < n * n; cell++) {
                values[PartView.CHANNELS * cell + c] -= mean;
            }
        }
    }

    /** Becomes one of half as many cells along each side. */
    void halve(Thumb fine) {
        Arrays.fill(values, 0);
        for (int i = 0; i < fine.values.length; i++) {
            int cell = i / PartView.CHANNELS;
            int to = cell / fine.n / 2 * n + cell % fine.n / 2;
            values[PartView.CHANNELS * to + i % PartView.CHANNELS] += fine.values[i] / 4;
        }
    }

    /** The 95th percentile of what is above the plane or below it, mm. */
    float reliefSpan() {
        for (int cell = 0; cell < stands.length; cell++) {
            stands[cell] = Math.abs(values[PartView.CHANNELS * cell + PartView.RELIEF]);
        }
        return percentile95();
    }

    private float percentile95() {
        System.arraycopy(stands, 0, sorted, 0, sorted.length);
        Arrays.sort(sorted);
        return sorted[(int) (0.95 * sorted.length)];
    }

    /**
     * Centre of what stands out, in cells (0.5, 0.5 = of the first): from the plane, or, without relief, from the
     * border's colour.
     */
    double[] centre(boolean byRelief) {
        int count = foreground(byRelief);
        double x = 0;
        double y = 0;
        for (int k = 0; k < count; k++) {
            x += cells[k] % n + 0.5;
            y += cells[k] / n + 0.5;
        }
        return new double[] {x / count, y / count};
    }

    /** Puts what stands out first into {@link #cells}; all when nothing does. @return how many cells do */
    int foreground(boolean byRelief) {
        if (!byRelief) {
            borderColour();
        }
        for (int cell = 0; cell < stands.length; cell++) {
            int at = PartView.CHANNELS * cell;
            stands[cell] = 0;
            if (byRelief) {
                stands[cell] = Math.abs(values[at + PartView.RELIEF]);
            } else {
                for (int c = 0; c < PartView.RELIEF; c++) {
                    stands[cell] += Math.abs(values[at + c] - border[c]);
                }
            }
        }
        float limit = 0.25f * percentile95();
        int count = 0;
        for (int cell = 0; cell < cells.length; cell++) {
            if (stands[cell] > limit) {
                cells[count++] = cell;
            }
        }
        for (int cell = 0; count == 0 && cell < cells.length; cell++) {
            cells[cell] = cell;
        }
        return count == 0 ? cells.length : count;
    }

    /** Per channel, the median along the border. */
    private void borderColour() {
        for (int c = 0; c < border.length; c++) {
            int count = 0;
            for (int cell = 0; cell < n * n; cell++) {
                if (cell / n == 0 || cell / n == n - 1 || cell % n == 0 || cell % n == n - 1) {
                    along[count++] = values[PartView.CHANNELS * cell + c];
                }
            }
            Arrays.sort(along);
            border[c] = along[along.length / 2];
        }
    }
}
