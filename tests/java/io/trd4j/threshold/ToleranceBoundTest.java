package io.trd4j.threshold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.hipparchus.distribution.discrete.BinomialDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Thresholds from order statistics keep their promise, and promise no more than they must. */
class ToleranceBoundTest {
    private static final int CALIBRATIONS = 3000;

    @Test
    void neededPartsAreThoseOfTheTables() {
        assertEquals(59, ToleranceBound.partsNeeded(0.05, 0.95));
        assertEquals(299, ToleranceBound.partsNeeded(0.01, 0.95));
        assertEquals(2995, ToleranceBound.partsNeeded(0.001, 0.95));
        assertEquals(29, ToleranceBound.partsNeeded(0.10, 0.95));
        assertEquals(22, ToleranceBound.partsNeeded(0.10, 0.90));
        assertEquals(459, ToleranceBound.partsNeeded(0.01, 0.99));
        assertEquals(29957322735L, ToleranceBound.partsNeeded(1e-10, 0.95), 1);
        for (double rate : new double[] {0.3, 0.05, 0.0123, 0.001}) {
            long needed = ToleranceBound.partsNeeded(rate, 0.95);
            assertTrue(Math.pow(1 - rate, needed) <= 0.05 && Math.pow(1 - rate, needed - 1) > 0.05);
            assertTrue(ToleranceBound.lowestRate((int) needed, 0.95) <= rate
                    && ToleranceBound.lowestRate((int) needed - 1, 0.95) > rate);
        }
    }

    /** Wilks' numbers of runs for 95 % / 95 %: with 59, 93, 124, 153, 181 the first, second … largest may be taken. */
    @Test
    void ranksAreThoseOfTheTables() {
        int[] needed = {59, 93, 124, 153, 181};
        for (int k = 1; k <= needed.length; k++) {
            assertEquals(k, ToleranceBound.rank(needed[k - 1], 0.05, 0.95));
            if (k > 1) {
                assertEquals(k - 1, ToleranceBound.rank(needed[k - 1] - 1, 0.05, 0.95));
            }
        }
    }

    /**
     * The frequentist meaning of the promise, checked: of many calibrations, each on its own parts, at most 5 % have a
     * true rate above the stated one; for continuous scores exactly as many as the binomial distribution says, so
     * nothing is given away.
     */
    @ParameterizedTest
    @EnumSource
    void theRateIsKeptInNineteenOfTwentyCalibrations(Population population) {
        int parts = 200;
        double rate = 0.03;
        SplittableRandom random = new SplittableRandom(20);
        int broken = 0;
        double sum = 0;
        for (int i = 0; i < CALIBRATIONS; i++) {
            double above = population.above(ToleranceBound.above(population.draw(parts, random), rate, 0.95)
                    .value());
            broken += above > rate ? 1 : 0;
            sum += above;
        }
        int rank = ToleranceBound.rank(parts, rate, 0.95);
        double exact = new BinomialDistribution(parts, rate).cumulativeProbability(rank - 1);
        double deviation = 4 * Math.sqrt(exact * (1 - exact) / CALIBRATIONS);
        double share = (double) broken / CALIBRATIONS;
        assertTrue(
                exact <= 0.05 && new BinomialDistribution(parts, rate).cumulativeProbability(rank) > 0.05,
                "the best rank: " + exact);
        assertTrue(share <= exact + deviation, population + ": broken in " + share);
        if (population.continuous()) {
            assertTrue(
                    share >= exact - deviation,
                    population + ": broken in " + share + " only, " + exact + " are allowed");
            assertEquals(rank / (parts + 1.0), sum / CALIBRATIONS, 0.001, population + ": mean true rate");
        }
    }

    /** The same for parts with a defect and the share that is missed: a score equal to the threshold is missed. */
    @ParameterizedTest
    @EnumSource
    void missedDefectsLikewise(Population population) {
        int parts = 150;
        double rate = 0.05;
        SplittableRandom random = new SplittableRandom(21);
        int broken = 0;
        for (int i = 0; i < CALIBRATIONS; i++) {
            double missed = 1
                    - population.above(ToleranceBound.below(population.draw(parts, random), rate, 0.95)
                            .value());
            broken += missed > rate ? 1 : 0;
        }
        double exact =
                new BinomialDistribution(parts, rate).cumulativeProbability(ToleranceBound.rank(parts, rate, 0.95) - 1);
        double deviation = 4 * Math.sqrt(exact * (1 - exact) / CALIBRATIONS);
        double share = (double) broken / CALIBRATIONS;
        assertTrue(
                share <= exact + deviation && (!population.continuous() || share >= exact - deviation),
                population + ": broken in " + share);
    }

    @Test
    void theValueIsTheRankedScoreWhateverTheOrder() {
        float[] scores = new float[93];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (i * 37 % 93) / 7f - 4;
        }
        float[] before = scores.clone();
        assertEquals(new ToleranceBound.Bound(91 / 7f - 4, 2), ToleranceBound.above(scores, 0.05, 0.95));
        assertEquals(new ToleranceBound.Bound(Math.nextDown(1 / 7f - 4), 2), ToleranceBound.below(scores, 0.05, 0.95));
        assertTrue(Arrays.equals(before, scores));
        Arrays.fill(scores, 2.5f);
        assertEquals(2.5, ToleranceBound.above(scores, 0.05, 0.95).value(), "no part is above it");
        assertTrue(2.5f > ToleranceBound.below(scores, 0.05, 0.95).value());
    }

    @Test
    void whatCannotBePromisedIsRefused() {
        float[] scores = new float[58];
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> ToleranceBound.above(scores, 0.05, 0.95));
        assertTrue(e.getMessage().contains("59") && e.getMessage().contains("58"), e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> ToleranceBound.below(new float[0], 0.5, 0.5));
        for (double wrong : new double[] {0, 1, -0.1, 1.1, Double.NaN}) {
            assertThrows(IllegalArgumentException.class, () -> ToleranceBound.partsNeeded(wrong, 0.95));
            assertThrows(IllegalArgumentException.class, () -> ToleranceBound.partsNeeded(0.05, wrong));
        }
        for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            float[] bad = new float[100];
            bad[17] = wrong;
            assertTrue(assertThrows(IllegalArgumentException.class, () -> ToleranceBound.above(bad, 0.05, 0.95))
                    .getMessage()
                    .contains("score 17"));
            assertThrows(IllegalArgumentException.class, () -> ToleranceBound.below(bad, 0.05, 0.95));
            assertThrows(IllegalArgumentException.class, () -> TailBound.of(bad, 0.001, 0.95));
        }
    }
}
