package io.trd4j.outline;

/** A view, and its thumbs for the search of a pose. */
public final class PartThumbs {
    private static final int FINE = 64;
    private static final int COMPARED = 250;

    final PartView view;
    final Thumb fine = new Thumb(FINE);
    final Thumb coarse = new Thumb(FINE / 2);
    /** Cells of the fine and the coarse thumb that stand out, of many every so many. */
    final int[] fineCells = new int[COMPARED];

    final int[] coarseCells = new int[COMPARED];
    int fineCount;
    int coarseCount;

    /** Of the view as it shows its part now. */
    public PartThumbs(PartView view) {
        this.view = view;
        show();
    }

    /** Becomes those of the view as it shows its part now, in the same memory. */
    public void show() {
        fine.show(view);
        if (view.hasColour()) {
            fine.balance(fine.foreground(view.hasRelief()));
        }
        coarse.halve(fine);
        fineCount = some(fine, fineCells);
        coarseCount = some(coarse, coarseCells);
    }

    /** Box around what stands out, in shares of the image: left, top, right, bottom. */
    public float[] box() {
        float[] box = {1, 1, 0, 0};
        int count = fine.foreground(view.hasRelief());
        for (int k = 0; k < count; k++) {
            int cell = fine.cells[k];
            box[0] = Math.min(box[0], (float) (cell % FINE) / FINE);
            box[1] = Math.min(box[1], (float) (cell / FINE) / FINE);
            box[2] = Math.max(box[2], (float) (cell % FINE + 1) / FINE);
            box[3] = Math.max(box[3], (float) (cell / FINE + 1) / FINE);
        }
        return box;
    }

    /**
     * The same around the largest connected piece of what stands out: specks of noise and what lies about do not count.
     */
    public float[] largestBox() {
        boolean[] stands = new boolean[FINE * FINE];
        int standing = fine.foreground(view.hasRelief());
        for (int k = 0; k < standing; k++) {
            stands[fine.cells[k]] = true;
        }
        int[] queue = new int[FINE * FINE];
        int most = 0;
        float[] box = new float[4];
        for (int start = 0; start < stands.length; start++) {
            if (!stands[start]) {
                continue;
            }
            int count = 0;
            int left = FINE;
            int top = FINE;
            int right = 0;
            int bottom = 0;
            stands[start] = false;
            queue[count++] = start;
            for (int next = 0; next < count; next++) {
                int x = queue[next] % FINE;
                int y = queue[next] / FINE;
                left = Math.min(left, x);
                top = Math.min(top, y);
                right = Math.max(right, x + 1);
                bottom = Math.max(bottom, y + 1);
                for (int v = Math.max(0, y - 1); v <= Math.min(FINE - 1, y + 1); v++) {
                    for (int u = Math.max(0, x - 1); u <= Math.min(FINE - 1, x + 1); u++) {
                        if (stands[v * FINE + u]) {
                            stands[v * FINE + u] = false;
                            queue[count++] = v * FINE + u;
                        }
                    }
                }
            }
            if (count > most) {
                most = count;
                box = new float[] {(float) left / FINE, (float) top / FINE, (float) right / FINE, (float) bottom / FINE
                };
            }
        }
        return box;
    }

    /** Cells, of a square of them row by row, that stand out, and their neighbours. */
    public boolean[] area() {
        boolean[] area = new boolean[FINE * FINE];
        int count = fine.foreground(view.hasRelief());
        for (int k = 0; k < count; k++) {
            int cell = fine.cells[k];
            for (int y = Math.max(0, cell / FINE - 1); y <= Math.min(FINE - 1, cell / FINE + 1); y++) {
                for (int x = Math.max(0, cell % FINE - 1); x <= Math.min(FINE - 1, cell % FINE + 1); x++) {
                    area[y * FINE + x] = true;
                }
            }
        }
        return area;
    }

    private int some(Thumb thumb, int[] some) {
        int all = thumb.foreground(view.hasRelief());
        int step = (all + COMPARED - 1) / COMPARED;
        int count = all / step;
        for (int i = 0; i < count; i++) {
            some[i] = thumb.cells[i * step];
        }
        return count;
    }
}
