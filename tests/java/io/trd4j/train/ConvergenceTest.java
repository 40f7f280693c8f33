package io.trd4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.model.EpochLoss;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class ConvergenceTest {
    private static List<EpochLoss> history(int epochs, IntToDoubleFunction rgb, IntToDoubleFunction depth) {
        List<EpochLoss> history = new ArrayList<>();
        for (int e = 0; e < epochs; e++) {
            // The training loss falls on; it does not count beside a validation loss.
            double training = 5 * Math.pow(0.9, e);
            history.add(new EpochLoss(training, training, rgb.applyAsDouble(e), depth.applyAsDouble(e)));
        }
        return history;
    }

    private static String byEpochs(List<EpochLoss> history, ValidationLoss mean) {
        return Convergence.warning(history, mean, Schedule.Kind.EPOCHS, 999);
    }

    @Test
    void itStopsWhenNeitherBranchGainsOnePercentInFiveEpochs() {
        IntToDoubleFunction falls = e -> 2 * Math.pow(0.995, e);
        IntToDoubleFunction stays = e -> 2 * Math.pow(0.9985, e);
        IntToDoubleFunction swings = e -> 2 + 0.1 * (e % 2);
        assertFalse(Convergence.reached(history(30, falls, stays)));
        assertFalse(Convergence.reached(history(30, stays, falls)));
        assertTrue(Convergence.reached(history(30, stays, swings)));
        assertFalse(Convergence.reached(history(9, e -> 2, e -> 2)), "too early to say");
        assertTrue(Convergence.reached(history(10, e -> 2, e -> 2)));
        assertTrue(Convergence.reached(history(10, e -> 2 + 0.1 * e, e -> 2 + e)), "rising");
    }

    @Test
    void withoutValidationPartsTheTrainingLossCounts() {
        List<EpochLoss> falling = new ArrayList<>();
        List<EpochLoss> flat = new ArrayList<>();
        for (int e = 0; e < 12; e++) {
            falling.add(new EpochLoss(2 * Math.pow(0.98, e), 1, null, null));
            flat.add(new EpochLoss(2, 1, null, null));
        }
        assertFalse(Convergence.reached(falling));
        assertTrue(Convergence.reached(flat));
        assertEquals(
                "the model has not converged after 12 epochs: the training loss of the rgb student still falls "
                        + "by 2.0 % per epoch; give more epochs",
                byEpochs(falling, null));
        assertNull(byEpochs(flat, null));
    }

    @Test
    void aWarningSaysWhichBranchAndWhy() {
        ValidationLoss mean = new ValidationLoss(4, 4.25);
        assertNull(byEpochs(history(20, e -> 1.5 * Math.pow(0.992, e), e -> 2), mean));
        assertEquals(
                "the model has not converged after 20 epochs: the validation loss of the rgb student still "
                        + "falls by 3.0 % per epoch; give more epochs",
                byEpochs(history(20, e -> 3 * Math.pow(0.97, e), e -> 2), mean));
        assertEquals(
                "the model has not converged after 2 epochs: the validation loss of the rgb student still falls "
                        + "by 25.0 % per "
                        + "epoch, that of the depth student is 4.300, and the mean feature alone gives 4.250; "
                        + "give more epochs",
                byEpochs(history(2, e -> 4 * Math.pow(0.75, e), e -> 4.3), mean));
        assertNull(byEpochs(history(1, e -> 3, e -> 3), mean), "one epoch has no slope");
    }

    /** The rate goes to 0, and every loss levels off: the end of the curve is no evidence. */
    @Test
    void bySteps() {
        ValidationLoss mean = new ValidationLoss(4, 4.25);
        IntToDoubleFunction flatAtTheEnd = e -> 3 * Math.pow(0.97, Math.min(e, 33));
        assertNull(byEpochs(history(40, flatAtTheEnd, flatAtTheEnd), mean), "the slope at the end");
        assertEquals(
                "a run of 80 steps is short: the validation loss of the rgb student fell by 11 % in the last 10 of 40 "
                        + "epochs; --steps 160 makes it twice as long",
                Convergence.warning(history(40, flatAtTheEnd, e -> 2), mean, Schedule.Kind.STEPS, 80));
        IntToDoubleFunction slow = e -> 2 * Math.pow(0.991, e);
        assertNull(Convergence.warning(history(20, slow, slow), mean, Schedule.Kind.STEPS, 80), "4.4 % in 5 epochs");
        assertEquals(
                "a run of 4 steps is short: the validation loss of the rgb student fell by 25 % in the last 1 of 2 "
                        + "epochs, that of the depth student is 4.300, and the mean feature alone gives 4.250; "
                        + "--steps 8 makes it twice as long",
                Convergence.warning(history(2, e -> 4 * Math.pow(0.75, e), e -> 4.3), mean, Schedule.Kind.STEPS, 4));
        assertNull(Convergence.warning(history(1, e -> 3, e -> 3), mean, Schedule.Kind.STEPS, 4));
    }
}
