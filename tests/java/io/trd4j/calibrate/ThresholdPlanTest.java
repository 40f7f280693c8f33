package io.trd4j.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.trd4j.io.OptionException;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold.Method;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Plans that promise nothing, or contradict themselves, name the component that is wrong. */
class ThresholdPlanTest {
    private static final Rate ONE_PERCENT = new Rate(0.01);

    private static void assertRefused(String option, Executable plan) {
        assertEquals(option, assertThrows(OptionException.class, plan).option());
    }

    @Test
    void ratesAreThoseOfTheMethod() {
        List<ScoreBranch> combined = List.of(ScoreBranch.COMBINED);
        assertRefused("ng", () -> new ThresholdPlan(Method.EXACT, null, null, ThresholdPlan.CONFIDENCE, combined));
        assertRefused("ng", () -> new ThresholdPlan(Method.FNR, null, null, ThresholdPlan.CONFIDENCE, combined));
        assertRefused("ng", () -> ThresholdPlan.exact(ONE_PERCENT).withMethod(Method.MAX_F1));
        assertRefused("review", () -> ThresholdPlan.maxF1().withReview(ONE_PERCENT));
        assertRefused("review", () -> ThresholdPlan.exact(ONE_PERCENT).withReview(ONE_PERCENT));
        assertRefused("method", () -> ThresholdPlan.exact(ONE_PERCENT).withMethod(Method.BY_HAND));
        assertRefused("branches", () -> ThresholdPlan.exact(ONE_PERCENT).withBranches(List.of()));
        assertEquals(
                new ThresholdPlan(Method.TAIL, ONE_PERCENT, new Rate(0.02), new Rate(0.9), List.of(ScoreBranch.RGB)),
                ThresholdPlan.tail(ONE_PERCENT)
                        .withReview(new Rate(0.02))
                        .withConfidence(new Rate(0.9))
                        .withBranches(List.of(ScoreBranch.RGB)));
    }

    @Test
    void ratesAreShares() {
        for (double value : new double[] {0, 1, -0.1, Double.NaN}) {
            assertThrows(IllegalArgumentException.class, () -> new Rate(value));
        }
    }
}
