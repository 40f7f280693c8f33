package io.trd4j.outline;

/** A view, and its thumbs for the search of a pose. */
public final class PartThumbs {
    private static final int FINE = 64;
    private static final int COMPARED = 250;

    final PartView view;
    final Thumb fine;
    final Thumb coarse;
    /** Cells of the fine and the coarse thumb that stand out, of many every so many. */
    final int[] fineCells;

    final int[] coarseCells;

    /** Of the view as it shows its part now. */
    public PartThumbs(PartView view) {
        this.view = view;
        fine = Thumb.of(view, FINE);
        if (view.hasColour()) {
            fine.balance(fine.foreground(view.hasRelief()));
        }
        coarse = fine.half();
        fineCells = some(fine.foreground(view.hasRelief()));
        coarseCells = some(coarse.foreground(view.hasRelief()));
    }

    /** Box around what stands out, in shares of the image: left, top, right, bottom. */
    public float[] box() {
        float[] box = {1, 1, 0, 0};
        for (int cell : fine.foreground(view.hasRelief())) {
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
        for (int cell : fine.foreground(view.hasRelief())) {
            for (int y = Math.max(0, cell / FINE - 1); y <= Math.min(FINE - 1, cell / FINE + 1); y++) {
                for (int x = Math.max(0, cell % FINE - 1); x <= Math.min(FINE - 1, cell % FINE + 1); x++) {
                    area[y * FINE + x] = true;
                }
            }
        }
        return area;
    }

    private static int[] some(int[] cells) {
        int step = (cells.length + COMPARED - 1) / COMPARED;
        int[] some = new int[cells.length / step];
        for (int i = 0; i < some.length; i++) {
            some[i] = cells[i * step];
        }
        return some;
    }
}
