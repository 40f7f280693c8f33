package io.trd4j.outline;

/** A view, and its thumbs for the search of a pose. */
final class PartThumbs {
    private static final int FINE = 64;
    private static final int COMPARED = 250;

    final PartView view;
    final Thumb fine;
    final Thumb coarse;
    /** Cells of the fine and the coarse thumb that stand out, of many every so many. */
    final int[] fineCells;

    final int[] coarseCells;

    PartThumbs(PartView view) {
        this.view = view;
        fine = Thumb.of(view, FINE);
        if (view.hasColour()) {
            fine.balance(fine.foreground(view.hasRelief()));
        }
        coarse = fine.half();
        fineCells = some(fine.foreground(view.hasRelief()));
        coarseCells = some(coarse.foreground(view.hasRelief()));
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
