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
                Convergence.warning(falling, null));
        assertNull(Convergence.warning(flat, null));
    }

    @Test
    void aWarningSaysWhichBranchAndWhy() {
        ValidationLoss mean = new ValidationLoss(4, 4.25);
        assertNull(Convergence.warning(history(20, e -> 1.5 * Math.pow(0.992, e), e -> 2), mean));
        assertEquals(
                "the model has not converged after 20 epochs: the validation loss of the rgb student still "
                        + "falls by 3.0 % per epoch; give more epochs",
                Convergence.warning(history(20, e -> 3 * Math.pow(0.97, e), e -> 2), mean));
        assertEquals(
                "the model has not converged after 2 epochs: the validation loss of the rgb student still falls "
                        + "by 25.0 % per "
                        + "epoch, that of the depth student is 4.300, and the mean feature alone gives 4.250; "
                        + "give more epochs",
                Convergence.warning(history(2, e -> 4 * Math.pow(0.75, e), e -> 4.3), mean));
        assertNull(Convergence.warning(history(1, e -> 3, e -> 3), mean), "one epoch has no slope");
    }
}
