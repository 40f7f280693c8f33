package io.trd4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.io.OptionException;
import org.junit.jupiter.api.Test;

/** Learning rates by epochs and by steps, and how many epochs a number of steps takes. */
class ScheduleTest {
    private static final TrainingOptions OPTIONS = TrainingOptions.defaults();

    @Test
    void thePapersRateFallsByEpochs() {
        Schedule schedule = new Schedule(Schedule.Kind.EPOCHS, 200, 0.005);
        assertEquals(0.005, schedule.rate(0, 0, 4));
        assertEquals(0.005, schedule.rate(0, 3, 4), "the same in all steps of an epoch");
        assertEquals(0.005 * 0.95 * 0.95, schedule.rate(2, 1, 4), 1e-15);
        assertEquals(3.7e-5, schedule.rate(96, 0, 4), 1e-6);
    }

    @Test
    void byStepsItIsHalfACosineOverTheWholeRun() {
        Schedule schedule = new Schedule(Schedule.Kind.STEPS, 100, 0.004);
        assertEquals(0.004, schedule.rate(0, 0, 4));
        assertEquals(0.004 * (1 + Math.sqrt(0.5)) / 2, schedule.rate(25, 0, 4), 1e-12);
        assertEquals(0.002, schedule.rate(50, 0, 4), 1e-12);
        // sin²(π/800) of the rate is left for the last of 400 steps.
        assertEquals(0.004 * Math.pow(Math.sin(Math.PI / 800), 2), schedule.rate(99, 3, 4), 1e-12);
        assertEquals(0, schedule.rate(100, 0, 4));
        assertEquals(0, schedule.rate(150, 0, 4), "it does not rise again");
        double before = 1;
        for (int step = 0; step < 400; step++) {
            double rate = schedule.rate(step / 4, step % 4, 4);
            assertTrue(rate < before && rate > 0, "step " + step);
            before = rate;
        }
        // The same 400 steps in fewer epochs.
        Schedule large = new Schedule(Schedule.Kind.STEPS, 10, 0.004);
        assertEquals(schedule.rate(30, 1, 4), large.rate(3, 1, 40), 1e-15);
    }

    @Test
    void stepsBecomeWholeEpochs() {
        // 60 parts in batches of 16: 4 steps an epoch.
        assertEquals(100, TrainingLength.ofSteps(OPTIONS, 400, 60).epochs());
        assertEquals(101, TrainingLength.ofSteps(OPTIONS, 401, 60).epochs());
        assertEquals(1, TrainingLength.ofSteps(OPTIONS, 1, 60).epochs());
        assertEquals(1, TrainingLength.ofSteps(OPTIONS, 3, 60).epochs());
        // Without parts the run says what is wrong.
        assertEquals(5, TrainingLength.ofSteps(OPTIONS, 5, 0).epochs());
        assertEquals(
                "steps must be 1 to 100000, not 0",
                assertThrows(OptionException.class, () -> TrainingLength.ofSteps(OPTIONS, 0, 60))
                        .getMessage());
        assertThrows(OptionException.class, () -> TrainingLength.ofSteps(OPTIONS, 100_001, 60));
    }

    @Test
    void theChosenLengthHasBounds() {
        assertEquals(100, TrainingLength.chosen(OPTIONS, 60).epochs());
        assertEquals(10, TrainingLength.chosen(OPTIONS, 1000).epochs(), "630 steps, so that parts are seen ten times");
        assertEquals(200, TrainingLength.chosen(OPTIONS, 2).epochs(), "one step an epoch");
        assertEquals(20, TrainingLength.chosen(OPTIONS.withEpochs(20), 60).epochs(), "at most");
        assertEquals(2, TrainingLength.chosen(OPTIONS.withEpochs(2), 1000).epochs(), "at most");
    }
}
