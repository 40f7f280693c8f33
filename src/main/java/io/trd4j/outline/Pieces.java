package io.trd4j.outline;

import java.util.Arrays;

/** Connected pieces of a small mask, row by row. */
final class Pieces {
    private Pieces() {}

    /** Numbers the pieces (8 neighbours) from 0 in the order of their first pixels; -1 outside. @return how many */
    static int label(boolean[] mask, int width, int[] labels) {
        return label(mask, width, labels, true);
    }

    private static int label(boolean[] mask, int width, int[] labels, boolean diagonal) {
        Arrays.fill(labels, -1);
        int[] stack = new int[mask.length];
        int count = 0;
        for (int first = 0; first < mask.length; first++) {
            if (!mask[first] || labels[first] >= 0) {
                continue;
            }
            int depth = 0;
            stack[depth++] = first;
            labels[first] = count;
            while (depth > 0) {
                int i = stack[--depth];
                for (int n = 0; n < 9; n++) {
                    int dx = n % 3 - 1;
                    int dy = n / 3 - 1;
                    int x = i % width + dx;
                    int j = i + dy * width + dx;
                    if ((diagonal || dx == 0 || dy == 0)
                            && x >= 0
                            && x < width
                            && j >= 0
                            && j < mask.length
                            && mask[j]
                            && labels[j] < 0) {
                        labels[j] = count;
                        stack[depth++] = j;
                    }
                }
            }
            count++;
        }
        return count;
    }

    /** With what it encloses: pixels that no path along rows and columns leads from to the border. */
    static boolean[] filled(boolean[] mask, int width, int height) {
        boolean[] open = new boolean[mask.length];
        for (int i = 0; i < mask.length; i++) {
            open[i] = !mask[i];
        }
        int[] labels = new int[mask.length];
        int count = label(open, width, labels, false);
        boolean[] outside = new boolean[count];
        for (int i = 0; i < mask.length; i++) {
            int x = i % width;
            int y = i / width;
            if (labels[i] >= 0 && (x == 0 || y == 0 || x == width - 1 || y == height - 1)) {
                outside[labels[i]] = true;
            }
        }
        boolean[] filled = new boolean[mask.length];
        for (int i = 0; i < mask.length; i++) {
            filled[i] = labels[i] < 0 || !outside[labels[i]];
        }
        return filled;
    }
}
