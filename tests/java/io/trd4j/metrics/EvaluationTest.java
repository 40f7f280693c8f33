package io.trd4j.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EvaluationTest {
    private static final boolean[][] MASKS = {{false, false}, {true, false}};
    private static final boolean[] ANOMALOUS = {false, true};

    @Test
    void scoresAreTheMaximaUnlessGiven() {
        float[][] maps = {{-3, -2}, {-1, -4}};
        assertEquals(1, Evaluation.of(maps, MASKS, ANOMALOUS, 1, 2).iAuroc());
        assertEquals(
                0,
                Evaluation.of(maps, new float[] {5, 1}, MASKS, ANOMALOUS, null, 1, 2)
                        .iAuroc());
    }

    @Test
    void theDetailCarriesTheCurvesOfItsRow() {
        float[][] maps = {{0, 1}, {3, 2}};
        Evaluation.Detail detail = Evaluation.detail(maps, new float[] {1, 3}, MASKS, ANOMALOUS, null, 1, 2);
        assertEquals(Evaluation.of(maps, MASKS, ANOMALOUS, 1, 2), detail.row());
        assertEquals(List.of(new CurvePoint(0, 0), new CurvePoint(0, 1), new CurvePoint(1, 1)), detail.roc());
        assertEquals(Aupro.curve(maps, MASKS, 1, 2), detail.pro());
        assertEquals(new CurvePoint(1, 1), detail.precisionRecall().get(0));
    }

    @Test
    void saysWhatIsMissingBeforeAndWhen() {
        float[][] maps = {{0, 1}, {3, 2}};
        boolean[][] empty = new boolean[2][2];
        boolean[][] full = {{true, true}, {true, true}};
        assertNull(Evaluation.missing(MASKS, ANOMALOUS, null));
        refused(maps, MASKS, new boolean[] {false, false}, "none of the 2 test parts is anomalous");
        refused(maps, MASKS, new boolean[] {true, true}, "all 2 test parts are anomalous");
        refused(maps, empty, ANOMALOUS, "no mask of the 2 test parts marks a pixel");
        refused(maps, full, ANOMALOUS, "every pixel of every mask is anomalous");
        refused(new float[0][], new boolean[0][], new boolean[0], "no test parts");
    }

    private static void refused(float[][] maps, boolean[][] masks, boolean[] anomalous, String reason) {
        String before = Evaluation.missing(masks, anomalous, null);
        assertNotNull(before);
        assertTrue(before.contains(reason), before);
        assertEquals(
                before,
                assertThrows(IllegalArgumentException.class, () -> Evaluation.of(maps, masks, anomalous, 1, 2))
                        .getMessage());
    }

    /** With a rectangle that counts, everything is as if maps and masks had been cut to it. */
    @Test
    void pixelsThatDoNotCountAreNotThere() {
        int size = 24;
        int x0 = 5;
        int y0 = 7;
        int width = 13;
        int height = 11;
        boolean[] counts = new boolean[size * size];
        float[][] maps = new float[6][size * size];
        boolean[][] masks = new boolean[6][size * size];
        float[][] cutMaps = new float[6][width * height];
        boolean[][] cutMasks = new boolean[6][width * height];
        boolean[] anomalous = {false, false, false, true, true, true};
        float[] scores = {1, 4, 2, 3, 5, 4};
        Random random = new Random(4);
        for (int part = 0; part < maps.length; part++) {
            for (int i = 0; i < size * size; i++) {
                int x = i % size;
                int y = i / size;
                counts[i] = x >= x0 && x < x0 + width && y >= y0 && y < y0 + height;
                // Part 3 has a defect across the border, part 4 outside alone, part 5 a U of which the border makes two
                // regions.
                masks[part][i] = part == 3 && x < 10 && y < 12
                        || part == 4 && x < 3
                        || part == 5 && (y < 10 && (x == 8 || x == 12) || y == 5 && x >= 8 && x <= 12);
                maps[part][i] = (float) random.nextGaussian() + (masks[part][i] ? 1 : 0) + (counts[i] ? 0 : 3);
                if (counts[i]) {
                    int j = (y - y0) * width + x - x0;
                    cutMaps[part][j] = maps[part][i];
                    cutMasks[part][j] = masks[part][i];
                }
            }
        }
        Evaluation.Detail cut = Evaluation.detail(cutMaps, scores, cutMasks, anomalous, null, height, width);
        assertEquals(cut, Evaluation.detail(maps, scores, masks, anomalous, counts, size, size));
        assertEquals(cut.row(), Evaluation.of(maps, scores, masks, anomalous, counts, size, size));
        assertNotEquals(cut.row(), Evaluation.of(maps, scores, masks, anomalous, null, size, size));
        assertEquals(3, PixelRanking.of(maps, masks, counts, size, size).regions);

        boolean[][] outside = new boolean[6][];
        boolean[][] inside = new boolean[6][];
        for (int part = 0; part < 6; part++) {
            outside[part] = masks[4];
            inside[part] = counts;
        }
        String none = Evaluation.missing(outside, anomalous, counts);
        assertTrue(none.startsWith("no mask of the 6 test parts marks a pixel in the region of interest;"), none);
        String all = Evaluation.missing(inside, anomalous, counts);
        assertTrue(all.startsWith("every pixel of every mask in the region of interest is anomalous"), all);
        assertThrows(
                IllegalArgumentException.class,
                () -> Evaluation.of(cutMaps, scores, cutMasks, anomalous, counts, height, width));
    }

    @Test
    void namesThePartWithABadMapOrSize() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            String message = assertThrows(
                            IllegalArgumentException.class,
                            () -> Evaluation.of(new float[][] {{0, 1}, {2, bad}}, MASKS, ANOMALOUS, 1, 2))
                    .getMessage();
            assertTrue(message.contains("part 1") && message.contains("row 0, column 1"), message);
        }
        String size = assertThrows(
                        IllegalArgumentException.class,
                        () -> Evaluation.of(new float[][] {{0, 1}, {2}}, MASKS, ANOMALOUS, 1, 2))
                .getMessage();
        assertTrue(size.contains("part 1"), size);
        assertThrows(
                IllegalArgumentException.class, () -> Evaluation.of(new float[][] {{0, 1}}, MASKS, ANOMALOUS, 1, 2));
        assertThrows(
                IllegalArgumentException.class,
                () -> Evaluation.of(new float[][] {{0, 1}, {2, 3}}, new float[1], MASKS, ANOMALOUS, null, 1, 2));
    }

    @Test
    void aRowHoldsOnlyFiniteNumbersAndHasAMean() {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> new MetricsRow(1, 1, Double.NaN, 1, 1, 1, 1, 1, 1, 1))
                .getMessage();
        assertTrue(message.startsWith("AUPRO@30"), message);
        MetricsRow a = new MetricsRow(0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9);
        MetricsRow b = new MetricsRow(1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1);
        for (double value : MetricsRow.mean(List.of(a, b)).toMap().values()) {
            assertEquals(0.5, value, 1e-15);
        }
        assertThrows(IllegalArgumentException.class, () -> MetricsRow.mean(List.of()));
        assertThrows(UnsupportedOperationException.class, () -> a.toMap().clear());
    }

    @Test
    void threeBranchesOf112PartsTakeSeconds() {
        int size = 256;
        int parts = 112;
        Random random = new Random(1);
        float[][] maps = new float[parts][size * size];
        boolean[][] masks = new boolean[parts][size * size];
        boolean[] anomalous = new boolean[parts];
        for (int p = 0; p < parts; p++) {
            anomalous[p] = p % 5 != 0;
            int top = 20 + random.nextInt(150);
            int left = 20 + random.nextInt(150);
            for (int i = 0; i < maps[p].length; i++) {
                boolean inside = Math.abs(i / size - top) < 12 && Math.abs(i % size - left) < 12;
                masks[p][i] = anomalous[p] && inside;
                maps[p][i] = (float) random.nextGaussian() + (masks[p][i] ? 2 : 0);
            }
        }
        // Of the processor, not of the clock: other processes may want the cores.
        ThreadMXBean clock = ManagementFactory.getThreadMXBean();
        long start = clock.getCurrentThreadCpuTime();
        MetricsRow row = null;
        for (int branch = 0; branch < 3; branch++) {
            row = Evaluation.of(maps, masks, anomalous, size, size);
        }
        double seconds = (clock.getCurrentThreadCpuTime() - start) / 1e9;
        System.out.printf("3 branches of %d parts at %dx%d evaluated in %.2f s%n", parts, size, size, seconds);
        assertTrue(seconds < 5, "took " + seconds + " s");
        // P(X + 2 > Y) of two normal variables is Phi(2 / sqrt 2) = 0.92135; over 46k pixels its error is below 1e-3.
        assertEquals(0.92135, row.pAuroc(), 2e-3);
    }
}
