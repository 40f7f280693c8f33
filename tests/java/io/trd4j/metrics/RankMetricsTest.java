package io.trd4j.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RankMetricsTest {
    private static final boolean[] TWO_AND_TWO = {false, false, true, true};
    /** The shipped sums are integers divided once or at most a few hundred doubles: 1e-12 is rounding with room. */
    private static final double ROUNDING = 1e-12;

    @Test
    void aPerfectOrderIsOneAndItsReverseZero() {
        float[] up = {1, 2, 3, 4};
        float[] down = {4, 3, 2, 1};
        assertEquals(1, Auroc.of(up, TWO_AND_TWO));
        assertEquals(0, Auroc.of(down, TWO_AND_TWO));
        assertEquals(1, AveragePrecision.of(up, TWO_AND_TWO));
        // From the top: normal, normal, then precision 1/3 at recall 1/2 and 2/4 at 1.
        assertEquals((1 / 3.0 + 2 / 4.0) / 2, AveragePrecision.of(down, TWO_AND_TWO), ROUNDING);
        assertEquals(2 / (2 + 1e-7), MaxF1.of(up, TWO_AND_TWO), ROUNDING);
        assertEquals(2 * 0.5 / (1.5 + 1e-7), MaxF1.of(down, TWO_AND_TWO), ROUNDING);
    }

    @Test
    void oneOrderByHand() {
        // Ranked: 0.8 anomalous, 0.4 normal, 0.35 anomalous, 0.1 normal.
        float[] scores = {0.1f, 0.4f, 0.35f, 0.8f};
        assertEquals(0.75, Auroc.of(scores, TWO_AND_TWO));
        assertEquals((1 + 2 / 3.0) / 2, AveragePrecision.of(scores, TWO_AND_TWO), ROUNDING);
        assertEquals(2 * (2 / 3.0) / (2 / 3.0 + 1 + 1e-7), MaxF1.of(scores, TWO_AND_TWO), ROUNDING);
    }

    @Test
    void tiesAreOneThreshold() {
        float[] equal = {5, 5, 5, 5};
        assertEquals(0.5, Auroc.of(equal, TWO_AND_TWO));
        assertEquals(0.5, AveragePrecision.of(equal, TWO_AND_TWO));
        assertEquals(1 / (1.5 + 1e-7), MaxF1.of(equal, TWO_AND_TWO), ROUNDING);
        // Zero and minus zero are the same score.
        assertEquals(0.5, Auroc.of(new float[] {0f, -0f, -0f, 0f}, TWO_AND_TWO));
    }

    @Test
    void theOrderHoldsOverTheWholeRangeOfFloats() {
        float[] scores = {-Float.MAX_VALUE, -1, -Float.MIN_VALUE, 0, Float.MIN_VALUE, 1, Float.MAX_VALUE};
        boolean[] anomalous = new boolean[scores.length];
        for (int split = 1; split < scores.length; split++) {
            anomalous[scores.length - split] = true;
            assertEquals(1, Auroc.of(scores, anomalous), "top " + split);
        }
    }

    @Test
    void sortsEveryKindOfInt() {
        Random random = new Random(13);
        for (int n : new int[] {0, 1, 2, 3, 1000, 100_000}) {
            int[] values = random.ints(n).toArray();
            if (n > 2) {
                values[0] = Integer.MAX_VALUE;
                values[1] = Integer.MIN_VALUE;
                values[2] = values[n - 1];
            }
            int[] expected = values.clone();
            Arrays.sort(expected);
            RadixSort.sort(values);
            assertArrayEquals(expected, values);
        }
    }

    @Test
    void agreesWithNaiveDefinitionsOnRandomDataFullOfTies() {
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            int n = 2 + random.nextInt(60);
            int levels = 1 + random.nextInt(12);
            float[] scores = new float[n];
            boolean[] anomalous = new boolean[n];
            for (int i = 0; i < n; i++) {
                scores[i] = (random.nextInt(levels) - levels / 2) / 4f;
                anomalous[i] = random.nextBoolean();
            }
            anomalous[0] = true;
            anomalous[1] = false;
            assertEquals(naiveAuroc(scores, anomalous), Auroc.of(scores, anomalous), ROUNDING);
            double[] sweep = naiveSweep(scores, anomalous);
            assertEquals(sweep[0], AveragePrecision.of(scores, anomalous), ROUNDING);
            assertEquals(sweep[1], MaxF1.of(scores, anomalous), ROUNDING);
        }
    }

    @Test
    void refusesWhatHasNoAnswer() {
        String oneKind = assertThrows(
                        IllegalArgumentException.class, () -> Auroc.of(new float[] {1, 2}, new boolean[] {true, true}))
                .getMessage();
        assertTrue(oneKind.contains("0 normal and 2 anomalous"), oneKind);
        assertThrows(IllegalArgumentException.class, () -> MaxF1.of(new float[] {1, 2}, new boolean[2]));
        assertThrows(IllegalArgumentException.class, () -> AveragePrecision.of(new float[0], new boolean[0]));
        assertThrows(IllegalArgumentException.class, () -> Auroc.of(new float[] {1, 2}, new boolean[] {true}));
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            String message = assertThrows(
                            IllegalArgumentException.class, () -> Auroc.of(new float[] {1, 2, bad, 3}, TWO_AND_TWO))
                    .getMessage();
            assertTrue(message.contains("sample 2"), message);
        }
    }

    @Test
    void curvesOfFewSamplesAreComplete() {
        float[] scores = {0.1f, 0.4f, 0.35f, 0.8f};
        assertEquals(
                List.of(
                        new CurvePoint(0, 0),
                        new CurvePoint(0, 0.5),
                        new CurvePoint(0.5, 0.5),
                        new CurvePoint(0.5, 1),
                        new CurvePoint(1, 1)),
                RocCurve.of(scores, TWO_AND_TWO));
        assertEquals(
                List.of(
                        new CurvePoint(0.5, 1),
                        new CurvePoint(0.5, 0.5),
                        new CurvePoint(1, 2 / 3.0),
                        new CurvePoint(1, 0.5)),
                PrecisionRecall.of(scores, TWO_AND_TWO));
    }

    @Test
    void curvesOfManySamplesKeepTheAreaInAtMost200Points() {
        Random random = new Random(11);
        for (int n : new int[] {150, 199, 200, 201, 1000, 50_000}) {
            float[] scores = new float[n];
            boolean[] anomalous = new boolean[n];
            for (int i = 0; i < n; i++) {
                anomalous[i] = i % 5 == 0;
                scores[i] = (float) random.nextGaussian() + (anomalous[i] ? 1 : 0);
            }
            List<CurvePoint> roc = RocCurve.of(scores, anomalous);
            assertTrue(roc.size() <= 200, n + " samples gave " + roc.size() + " points");
            assertEquals(new CurvePoint(0, 0), roc.get(0));
            assertEquals(new CurvePoint(1, 1), roc.get(roc.size() - 1));
            double area = 0;
            for (int i = 1; i < roc.size(); i++) {
                double width = roc.get(i).x() - roc.get(i - 1).x();
                assertTrue(width >= 0 && roc.get(i).y() >= roc.get(i - 1).y(), "the curve runs backwards at " + i);
                area += width * (roc.get(i).y() + roc.get(i - 1).y()) / 2;
            }
            // A left-out point lies inside a box whose sides add up to at most 0.0102; 198 such boxes hold 0.0051.
            assertEquals(Auroc.of(scores, anomalous), area, 0.0052);
            List<CurvePoint> pr = PrecisionRecall.of(scores, anomalous);
            assertTrue(pr.size() <= 200, n + " samples gave " + pr.size() + " points");
            assertEquals(new CurvePoint(1, anomalousShare(anomalous)), pr.get(pr.size() - 1));
        }
    }

    private static double anomalousShare(boolean[] anomalous) {
        int count = 0;
        for (boolean a : anomalous) {
            count += a ? 1 : 0;
        }
        return (double) count / anomalous.length;
    }

    /** Every pair, a tie one half. */
    private static double naiveAuroc(float[] scores, boolean[] anomalous) {
        double wins = 0;
        long pairs = 0;
        for (int i = 0; i < scores.length; i++) {
            for (int j = 0; j < scores.length; j++) {
                if (anomalous[i] && !anomalous[j]) {
                    wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
                    pairs++;
                }
            }
        }
        return wins / pairs;
    }

    /** Average precision and best F1 by counting anew at every distinct score. */
    private static double[] naiveSweep(float[] scores, boolean[] anomalous) {
        TreeSet<Float> distinct = new TreeSet<>();
        for (float s : scores) {
            distinct.add(s + 0f);
        }
        List<double[]> precisionRecall = new ArrayList<>();
        for (float threshold : distinct.descendingSet()) {
            int tp = 0;
            int fp = 0;
            int fn = 0;
            for (int i = 0; i < scores.length; i++) {
                if (scores[i] >= threshold) {
                    tp += anomalous[i] ? 1 : 0;
                    fp += anomalous[i] ? 0 : 1;
                } else {
                    fn += anomalous[i] ? 1 : 0;
                }
            }
            precisionRecall.add(new double[] {(double) tp / (tp + fp), (double) tp / (tp + fn)});
        }
        double ap = 0;
        double f1 = 0;
        double recall = 0;
        for (double[] pr : precisionRecall) {
            ap += pr[0] * (pr[1] - recall);
            recall = pr[1];
            f1 = Math.max(f1, 2 * pr[0] * pr[1] / (pr[0] + pr[1] + 1e-7));
        }
        return new double[] {ap, f1};
    }
}
