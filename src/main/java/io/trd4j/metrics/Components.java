package io.trd4j.metrics;

import java.util.Arrays;

/** The 8-connected regions of one mask. */
final class Components {
    /** Per pixel: the region's number from 0, or -1 outside. */
    final int[] labels;
    /** Pixels per region. */
    final int[] sizes;

    private Components(int[] labels, int[] sizes) {
        this.labels = labels;
        this.sizes = sizes;
    }

    /** Union-find over the four neighbours already visited in row order (left and the three above). */
    static Components of(boolean[] mask, int height, int width) {
        int[] parent = new int[mask.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int i = y * width + x;
                if (!mask[i]) {
                    continue;
                }
                parent[i] = i;
                if (x > 0 && mask[i - 1]) {
                    union(parent, i, i - 1);
                }
                for (int above = Math.max(0, x - 1); y > 0 && above <= Math.min(width - 1, x + 1); above++) {
                    int j = (y - 1) * width + above;
                    if (mask[j]) {
                        union(parent, i, j);
                    }
                }
            }
        }
        // A root is its region's first pixel in row order, so it has its number before any other pixel asks for it.
        int[] labels = new int[mask.length];
        int[] sizes = new int[16];
        int count = 0;
        for (int i = 0; i < mask.length; i++) {
            if (!mask[i]) {
                labels[i] = -1;
                continue;
            }
            int root = find(parent, i);
            if (root == i) {
                if (count == sizes.length) {
                    sizes = Arrays.copyOf(sizes, 2 * count);
                }
                labels[i] = count++;
            } else {
                labels[i] = labels[root];
            }
            sizes[labels[i]]++;
        }
        return new Components(labels, Arrays.copyOf(sizes, count));
    }

    private static void union(int[] parent, int i, int j) {
        int a = find(parent, i);
        int b = find(parent, j);
        parent[Math.max(a, b)] = Math.min(a, b);
    }

    private static int find(int[] parent, int i) {
        while (parent[i] != i) {
            parent[i] = parent[parent[i]];
            i = parent[i];
        }
        return i;
    }
}
