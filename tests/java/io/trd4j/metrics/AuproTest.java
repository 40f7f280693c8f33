package io.trd4j.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AuproTest {
    /** A few hundred additions of doubles below 1. */
    private static final double ROUNDING = 1e-12;

    @Test
    void aPerfectMapIsOne() {
        boolean[] mask = new boolean[400];
        float[] map = new float[400];
        Arrays.fill(mask, 30, 50, true);
        Arrays.fill(map, 30, 50, 1f);
        for (double limit : new double[] {0.3, 0.1, 0.05, 0.01, 1}) {
            assertEquals(1, aupro(map, mask, 20, 20, limit), ROUNDING);
        }
    }

    @Test
    void oneCurveByHand() {
        // One row: region A (1 pixel), 100 normal pixels with scores 0..99, region B (2 pixels, above everything).
        // The thresholds are then 0..99 and threshold t has fpr 0.99 - t/100. A passes t = 0..49, so
        // pro = 1/2 up to fpr 0.49 and 1 from fpr 0.50 on.
        float[] map = new float[103];
        boolean[] mask = new boolean[103];
        for (int i = 0; i < 100; i++) {
            map[i + 1] = i;
        }
        map[0] = 49.5f;
        map[101] = 200;
        map[102] = 201;
        mask[0] = true;
        mask[101] = true;
        mask[102] = true;
        assertEquals(0.5, aupro(map, mask, 1, 103, 0.3), ROUNDING);
        assertEquals((0.245 + 0.005 * (0.5 + 0.75) / 2) / 0.495, aupro(map, mask, 1, 103, 0.495), ROUNDING);
        assertEquals(0.245 + 0.01 * 0.75 + 0.5, aupro(map, mask, 1, 103, 1), ROUNDING);
        // A pixel equal to the threshold is not above it: with 49, A passes t = 0..48 only.
        map[0] = 49;
        assertEquals(0.25 + 0.01 * 0.75 + 0.49, aupro(map, mask, 1, 103, 1), ROUNDING);
    }

    @Test
    void diagonalNeighboursAreOneRegion() {
        boolean[] mask = {
            true, false, false, false, true,
            false, true, false, true, false,
            false, false, true, false, false,
            false, false, false, false, false,
            true, false, true, true, false
        };
        Components components = Components.of(mask, 5, 5);
        assertArrayEquals(new int[] {5, 1, 2}, components.sizes);
        assertEquals(0, components.labels[4]);
        assertEquals(-1, components.labels[2]);
        assertEquals(2, components.labels[23]);
    }

    @Test
    void regionsAgreeWithFloodFillOnRandomMasks() {
        Random random = new Random(3);
        for (int round = 0; round < 200; round++) {
            int height = 1 + random.nextInt(24);
            int width = 1 + random.nextInt(24);
            boolean[] mask = randomMask(random, height * width, random.nextDouble());
            assertArrayEquals(flood(mask, height, width), Components.of(mask, height, width).labels);
        }
    }

    @Test
    void agreesWithTheDefinitionOnRandomDataFullOfTies() {
        Random random = new Random(5);
        for (int round = 0; round < 120; round++) {
            int height = 1 + random.nextInt(12);
            int width = 2 + random.nextInt(12);
            int parts = 1 + random.nextInt(4);
            int levels = 1 + random.nextInt(40);
            float[][] maps = new float[parts][height * width];
            boolean[][] masks = new boolean[parts][];
            for (int p = 0; p < parts; p++) {
                masks[p] = randomMask(random, height * width, 0.4 * random.nextDouble());
                for (int i = 0; i < maps[p].length; i++) {
                    maps[p][i] = random.nextInt(levels) / 8f - 1;
                }
            }
            masks[0][0] = true;
            masks[0][1] = false;
            for (double limit : new double[] {0.3, 0.1, 0.05, 0.01, 1}) {
                assertEquals(
                        naive(maps, masks, height, width, limit),
                        Aupro.of(maps, masks, height, width, limit),
                        ROUNDING);
            }
        }
    }

    @Test
    void theCurveHas101PointsFromZeroToOne() {
        Random random = new Random(9);
        float[] map = new float[900];
        for (int i = 0; i < map.length; i++) {
            map[i] = random.nextFloat();
        }
        List<CurvePoint> curve =
                Aupro.curve(new float[][] {map}, new boolean[][] {randomMask(random, 900, 0.1)}, 30, 30);
        assertEquals(101, curve.size());
        assertEquals(0, curve.get(0).x());
        assertEquals(new CurvePoint(1, 1), curve.get(100));
    }

    @Test
    void refusesWhatHasNoAnswer() {
        float[][] maps = {{1, 2, 3, 4}};
        boolean[][] masks = {{true, false, false, false}};
        for (double limit : new double[] {0, -0.1, 1.1, Double.NaN}) {
            assertThrows(IllegalArgumentException.class, () -> Aupro.of(maps, masks, 2, 2, limit));
        }
        assertThrows(IllegalArgumentException.class, () -> Aupro.of(maps, new boolean[][] {new boolean[4]}, 2, 2, 0.3));
        assertThrows(IllegalArgumentException.class, () -> Aupro.of(maps, masks, 2, 3, 0.3));
        assertThrows(IllegalArgumentException.class, () -> Aupro.of(maps, masks, 0, 4, 0.3));
        assertThrows(IllegalArgumentException.class, () -> Aupro.of(maps, masks, 1 << 20, 1 << 20, 0.3));
    }

    private static double aupro(float[] map, boolean[] mask, int height, int width, double limit) {
        return Aupro.of(new float[][] {map}, new boolean[][] {mask}, height, width, limit);
    }

    private static boolean[] randomMask(Random random, int length, double share) {
        boolean[] mask = new boolean[length];
        for (int i = 0; i < length; i++) {
            mask[i] = random.nextDouble() < share;
        }
        return mask;
    }

    /** SPEC section 6 word by word: per threshold, per region, count; trapezoids over the finite list of points. */
    private static double naive(float[][] maps, boolean[][] masks, int height, int width, double limit) {
        List<Float> normal = new ArrayList<>();
        List<List<Float>> regions = new ArrayList<>();
        for (int p = 0; p < maps.length; p++) {
            int[] labels = flood(masks[p], height, width);
            int first = regions.size();
            for (int i = 0; i < labels.length; i++) {
                if (labels[i] < 0) {
                    normal.add(maps[p][i]);
                    continue;
                }
                while (regions.size() <= first + labels[i]) {
                    regions.add(new ArrayList<>());
                }
                regions.get(first + labels[i]).add(maps[p][i]);
            }
        }
        normal.sort(null);
        int n = normal.size();
        List<double[]> points = new ArrayList<>();
        points.add(new double[] {1, 1});
        for (int k = 0; k < 100; k++) {
            int position = k == 99 ? n - 1 : (int) Math.floor(k * ((n - 1) / 99.0));
            double pro = 0;
            for (List<Float> region : regions) {
                double threshold = normal.get(position);
                pro += (double) region.stream().filter(s -> s > threshold).count() / region.size() / regions.size();
            }
            points.add(0, new double[] {1.0 - (position + 1.0) / n, pro});
        }
        double area = 0;
        for (int i = 1; i < points.size(); i++) {
            double[] a = points.get(i - 1);
            double[] b = points.get(i);
            if (b[0] <= limit) {
                area += (b[0] - a[0]) * (a[1] + b[1]) / 2;
            } else {
                double y = a[1] + (b[1] - a[1]) * (limit - a[0]) / (b[0] - a[0]);
                area += (limit - a[0]) * (a[1] + y) / 2;
                break;
            }
        }
        return area / limit;
    }

    private static int[] flood(boolean[] mask, int height, int width) {
        int[] labels = new int[mask.length];
        Arrays.fill(labels, -1);
        int count = 0;
        for (int seed = 0; seed < mask.length; seed++) {
            if (!mask[seed] || labels[seed] >= 0) {
                continue;
            }
            Deque<Integer> open = new ArrayDeque<>(List.of(seed));
            labels[seed] = count;
            while (!open.isEmpty()) {
                int i = open.pop();
                for (int y = Math.max(0, i / width - 1); y <= Math.min(height - 1, i / width + 1); y++) {
                    for (int x = Math.max(0, i % width - 1); x <= Math.min(width - 1, i % width + 1); x++) {
                        if (mask[y * width + x] && labels[y * width + x] < 0) {
                            labels[y * width + x] = count;
                            open.push(y * width + x);
                        }
                    }
                }
            }
            count++;
        }
        return labels;
    }
}
