package io.trd4j.threshold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The generalised Pareto model of the tail: its fit, its bound where the model is right or nearly so, and how it shows
 * where it is not.
 */
class TailBoundTest {
    private static final int PARTS = 500;

    @ParameterizedTest
    @ValueSource(doubles = {-0.3, 0, 0.25, 0.6})
    void theFitFindsTheParametersOfItsOwnDistribution(double shape) {
        GeneralizedPareto truth = new GeneralizedPareto(shape, 0.7);
        double[] drawn = truth.sample(20_000, new SplittableRandom(3));
        GeneralizedPareto fit = GeneralizedPareto.fit(drawn);
        assertEquals(shape, fit.shape(), 0.03);
        assertEquals(0.7, fit.scale(), 0.03);
        for (double probability : new double[] {0.9, 0.1, 1e-6}) {
            assertEquals(probability, truth.survival(truth.excess(probability)), 1e-12 + 1e-9 * probability);
        }
        // No neighbour is likelier: it is the maximum, to the optimiser's tolerance.
        double best = fit.logLikelihood(drawn);
        for (double step : new double[] {-1e-3, 1e-3}) {
            assertTrue(new GeneralizedPareto(fit.shape() + step, fit.scale()).logLikelihood(drawn) < best);
            assertTrue(new GeneralizedPareto(fit.shape(), fit.scale() + step).logLikelihood(drawn) < best);
        }
    }

    /**
     * Uniform excesses have shape -1, where the likelihood is unbounded: the fit stays at its edge, which is the
     * likeliest there.
     */
    @Test
    void theShapeStaysWhereAMaximumExists() {
        double[] drawn = new GeneralizedPareto(-1, 2).sample(500, new SplittableRandom(4));
        GeneralizedPareto fit = GeneralizedPareto.fit(drawn);
        assertEquals(GeneralizedPareto.MIN_SHAPE, fit.shape(), 1e-6);
        double best = fit.logLikelihood(drawn);
        assertTrue(new GeneralizedPareto(fit.shape(), fit.scale() * 1.01).logLikelihood(drawn) < best);
        assertTrue(new GeneralizedPareto(fit.shape(), fit.scale() * 0.99).logLikelihood(drawn) < best);
    }

    /**
     * Three times beyond what 500 parts can promise exactly. How often the true rate is above the stated one: nearly
     * one in twenty where the model is right, somewhat more where the tail only approaches it; without the bound it
     * would be in more than half.
     */
    @ParameterizedTest
    @CsvSource({"EXPONENTIAL,0.15", "NORMAL,0.2"})
    void theBoundNearlyKeepsItsPromiseWhereTheModelHolds(Population population, double allowed) {
        int calibrations = 60;
        double rate = 0.002;
        assertTrue(ToleranceBound.partsNeeded(rate, 0.95) > 2.9 * PARTS);
        SplittableRandom random = new SplittableRandom(5);
        int broken = 0;
        int estimateBroken = 0;
        double[] bounds = new double[calibrations];
        for (int i = 0; i < calibrations; i++) {
            TailBound bound = TailBound.of(population.draw(PARTS, random), rate, 0.95, 49);
            bounds[i] = bound.value();
            broken += population.above(bound.value()) > rate ? 1 : 0;
            estimateBroken += population.above(bound.estimate()) > rate ? 1 : 0;
        }
        Arrays.sort(bounds);
        double median = bounds[calibrations / 2] / population.score(rate);
        String report = population + ": broken in " + broken + ", by the estimate in " + estimateBroken
                + "; median bound " + median + " of the truth";
        assertTrue(broken <= allowed * calibrations, report);
        assertTrue(estimateBroken > 3 * broken, report);
        assertTrue(median < 3, report);
    }

    @Test
    void theGoodnessOfFitTellsAWrongTailFromARightOne() {
        SplittableRandom random = new SplittableRandom(6);
        assertTrue(TailBound.of(Population.EXPONENTIAL.draw(1000, random), 0.001, 0.95)
                        .pValue()
                > 0.05);
        // Two kinds of normal parts: one in twenty far above the others.
        float[] mixed = Population.NORMAL.draw(1000, random);
        for (int i = 0; i < 50; i++) {
            mixed[i] += 30;
        }
        TailBound doubtful = TailBound.of(mixed, 0.001, 0.95);
        assertTrue(doubtful.pValue() < 0.01, doubtful.toString());
        assertTrue(doubtful.andersonDarling() > 2, doubtful.toString());
    }

    @Test
    void theResultRepeatsAndItsPartsAgree() {
        float[] scores = Population.LOGNORMAL.draw(400, new SplittableRandom(7));
        TailBound bound = TailBound.of(scores, 0.002, 0.95);
        assertEquals(bound, TailBound.of(scores, 0.002, 0.95));
        assertEquals(40, bound.peaks());
        float[] sorted = ScoreChecks.sorted(scores);
        assertEquals(sorted[400 - 41], bound.level());
        assertTrue(bound.value() > bound.estimate() && bound.estimate() > bound.level(), bound.toString());
        assertTrue(TailBound.of(scores, 0.002, 0.99).value() > bound.value(), "more confidence, higher bound");
        assertTrue(TailBound.of(scores, 0.001, 0.95).value() > bound.value(), "lower rate, higher bound");
        // A change of unit and origin changes nothing else.
        float[] moved = new float[scores.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = 8 * scores[i] - 16;
        }
        assertEquals(8 * bound.value() - 16, TailBound.of(moved, 0.002, 0.95).value(), 0.01 * bound.value());
    }

    @Test
    void whatHasNoTailIsRefused() {
        float[] few = Population.NORMAL.draw(99, new SplittableRandom(8));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> TailBound.of(few, 0.001, 0.95))
                .getMessage()
                .contains("100"));
        float[] enough = Population.NORMAL.draw(100, new SplittableRandom(8));
        assertThrows(IllegalArgumentException.class, () -> TailBound.of(enough, 0.15, 0.95));
        assertThrows(IllegalArgumentException.class, () -> TailBound.of(enough, 0, 0.95));
        for (Population tied : new Population[] {Population.GEOMETRIC, Population.CAPPED}) {
            float[] scores = tied.draw(300, new SplittableRandom(9));
            String message = assertThrows(IllegalArgumentException.class, () -> TailBound.of(scores, 0.001, 0.95))
                    .getMessage();
            assertTrue(message.contains("equal"), message);
        }
    }
}
