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
