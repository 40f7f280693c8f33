package io.trd4j.outline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Where in a map to look for defects: around every peak of what is above a limit. */
public final class SearchAreas {
    /** Of the peak: lower than that, the map has fallen to what lies beside the defect. */
    private static final double SHARE = 0.4;
    /**
     * How much the network's receptive field and the blur widen a small defect at half its peak, pixels; measured on
     * the detection benchmark. Used only where the images do not show the defect.
     */
    private static final int WIDENED = 300;

    private static final double HALF = 0.5;
    private static final double MIN_LEVEL_SHARE = 0.35;

    private SearchAreas() {}

    /**
     * A peak and what surrounds it.
     *
     * @param pixels S x S, true = to be searched
     * @param peak index of the map's largest value in it
     * @param size S
     */
    public record Area(boolean[] pixels, int peak, int size) {
        /**
         * The defect by the map alone: the connected pixels around the peak above a level at which they are about as
         * many as the defect has, which is fewer than are above half the peak.
         */
        public int[] level(float[] map) {
            float half = (float) (HALF * map[peak]);
            float[] above = new float[map.length];
            int count = 0;
            for (int i = 0; i < map.length; i++) {
                if (pixels[i] && map[i] >= half) {
                    above[count++] = map[i];
                }
            }
            if (count == 0) {
                return new int[] {peak};
            }
            Arrays.sort(above, 0, count);
            int wanted = Math.max(1, Math.max(count - WIDENED, (int) Math.ceil(MIN_LEVEL_SHARE * count)));
            float level = above[count - wanted];
            boolean[] mask = new boolean[map.length];
            for (int i = 0; i < map.length; i++) {
                mask[i] = pixels[i] && map[i] >= level;
            }
            return indices(Pieces.filled(connected(mask, size, peak), size, size));
        }
    }

    /**
     * The areas of a map, the highest peak of each connected piece first.
     *
     * @param above S x S, where a limit is exceeded
     * @param map S x S, the combined map
     */
    public static List<Area> of(boolean[] above, float[] map, int size) {
        List<Area> areas = new ArrayList<>();
        boolean[] open = above.clone();
        for (int first = highest(open, map); first >= 0; first = highest(open, map)) {
            boolean[] mask;
            if (map[first] > 0) {
                mask = new boolean[map.length];
                float level = (float) (SHARE * map[first]);
                for (int i = 0; i < map.length; i++) {
                    mask[i] = map[i] >= level;
                }
                mask = connected(mask, size, first);
            } else {
                // Above the limit of one branch alone: the combined map says nothing about its extent.
                mask = connected(open, size, first);
            }
            // A slope of another peak's area is no defect of its own.
            if (peaks(map, size, first) || areas.isEmpty()) {
                areas.add(new Area(mask, first, size));
            }
            for (int i = 0; i < open.length; i++) {
                open[i] &= !mask[i];
            }
        }
        return areas;
    }

    private static int highest(boolean[] open, float[] map) {
        int highest = -1;
        for (int i = 0; i < open.length; i++) {
            if (open[i] && (highest < 0 || map[i] > map[highest])) {
                highest = i;
            }
        }
        return highest;
    }

    private static boolean peaks(float[] map, int size, int at) {
        for (int n = 0; n < 9; n++) {
            int x = at % size + n % 3 - 1;
            int y = at / size + n / 3 - 1;
            if (x >= 0 && x < size && y >= 0 && y < size && map[y * size + x] > map[at]) {
                return false;
            }
        }
        return true;
    }

    private static boolean[] connected(boolean[] mask, int size, int start) {
        int[] labels = new int[mask.length];
        Pieces.label(mask, size, labels);
        boolean[] piece = new boolean[mask.length];
        for (int i = 0; i < mask.length; i++) {
            piece[i] = labels[start] >= 0 && labels[i] == labels[start];
        }
        return piece;
    }

    private static int[] indices(boolean[] mask) {
        int[] indices = new int[mask.length];
        int count = 0;
        for (int i = 0; i < mask.length; i++) {
            if (mask[i]) {
                indices[count++] = i;
            }
        }
        return Arrays.copyOf(indices, count);
    }
}
