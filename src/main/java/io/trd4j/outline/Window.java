package io.trd4j.outline;

import java.util.Arrays;

/** The pixels of a search area and of a ring around it, row by row in their common box. */
final class Window {
    final int left;
    final int top;
    final int width;
    final int height;
    /** Where the defect may be. */
    final boolean[] search;
    /** Around it, where the part is normal. */
    final boolean[] ring;
    /** Both: the other pixels of the box are not looked at. */
    final boolean[] looked;
    /** Pixels of the ring. */
    private int ringPixels;

    private Window(int left, int top, int width, int height) {
        this.left = left;
        this.top = top;
        this.width = width;
        this.height = height;
        search = new boolean[width * height];
        ring = new boolean[width * height];
        looked = new boolean[width * height];
    }

    /**
     * @param area S x S, true = to be searched; at least one pixel
     * @param reach pixels that the ring is wide, along rows and columns
     */
    static Window around(boolean[] area, int size, int reach) {
        int left = size;
        int right = -1;
        int top = size;
        int bottom = -1;
        for (int i = 0; i < area.length; i++) {
            if (area[i]) {
                left = Math.min(left, i % size);
                right = Math.max(right, i % size);
                top = Math.min(top, i / size);
                bottom = Math.max(bottom, i / size);
            }
        }
        left = Math.max(0, left - reach);
        top = Math.max(0, top - reach);
        Window window = new Window(
                left, top, Math.min(size, right + reach + 1) - left, Math.min(size, bottom + reach + 1) - top);
        for (int i = 0; i < window.search.length; i++) {
            window.search[i] = area[window.mapPixel(i, size)];
        }
        boolean[] wide = window.dilated(window.search, reach);
        for (int i = 0; i < window.ring.length; i++) {
            window.ring[i] = wide[i] && !window.search[i];
            window.ringPixels += window.ring[i] ? 1 : 0;
            window.looked[i] = wide[i];
        }
        return window;
    }

    /**
     * Some of the ring's pixels, evenly spaced.
     *
     * @param about so many; up to twice as many come
     */
    int[] someOfTheRing(int about) {
        int step = Math.max(1, ringPixels / about);
        int[] some = new int[(ringPixels + step - 1) / step];
        int passed = 0;
        for (int i = 0; i < ring.length; i++) {
            if (ring[i] && passed++ % step == 0) {
                some[(passed - 1) / step] = i;
            }
        }
        return some;
    }

    int pixels() {
        return width * height;
    }

    int x(int i) {
        return left + i % width;
    }

    int y(int i) {
        return top + i / width;
    }

    /** Index into the whole map. */
    int mapPixel(int i, int size) {
        return y(i) * size + x(i);
    }

    /** With all pixels that are at most {@code reach} steps along rows and columns away. */
    private boolean[] dilated(boolean[] mask, int reach) {
        int[] distance = new int[mask.length];
        for (int i = 0; i < mask.length; i++) {
            int before = Math.min(i % width > 0 ? distance[i - 1] : reach, i >= width ? distance[i - width] : reach);
            distance[i] = mask[i] ? 0 : Math.min(reach + 1, before + 1);
        }
        boolean[] dilated = new boolean[mask.length];
        for (int i = mask.length - 1; i >= 0; i--) {
            int after = Math.min(
                    i % width < width - 1 ? distance[i + 1] : reach,
                    i + width < mask.length ? distance[i + width] : reach);
            distance[i] = Math.min(distance[i], after + 1);
            dilated[i] = distance[i] <= reach;
        }
        return dilated;
    }

    /** The window's pixel at a place of the whole map. */
    int index(int mapPixel, int size) {
        return (mapPixel / size - top) * width + mapPixel % size - left;
    }

    /** Mean over 3 x 3 pixels, of those that are not NaN; NaN stays NaN. */
    float[] smoothed(float[] plane) {
        float[] means = new float[plane.length];
        for (int i = 0; i < plane.length; i++) {
            if (Float.isNaN(plane[i])) {
                means[i] = Float.NaN;
                continue;
            }
            int x = i % width;
            int y = i / width;
            float sum = 0;
            int count = 0;
            for (int v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
                for (int u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
                    float value = plane[v * width + u];
                    if (!Float.isNaN(value)) {
                        sum += value;
                        count++;
                    }
                }
            }
            means[i] = sum / count;
        }
        return means;
    }

    /** Of the absolute values where {@code where} holds and that are not NaN, in ascending order. */
    static float[] sorted(float[] plane, boolean[] where) {
        float[] values = new float[plane.length];
        int count = 0;
        for (int i = 0; i < plane.length; i++) {
            if (where[i] && !Float.isNaN(plane[i])) {
                values[count++] = Math.abs(plane[i]);
            }
        }
        Arrays.sort(values, 0, count);
        return Arrays.copyOf(values, count);
    }

    /** 0 when there are none. */
    static float quantile(float[] sorted, double q) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, q * sorted.length)];
    }
}
