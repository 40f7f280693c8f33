package io.trd4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.io.OptionException;
import io.trd4j.model.Backbone;
import io.trd4j.model.Modality;
import io.trd4j.model.Precision;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.model.network.TorchDevice;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Options of training change one at a time, and name the component that is wrong. */
class TrainingPlanTest {
    private static final TrainingOptions OPTIONS = TrainingOptions.defaults();

    private static void assertRefused(String message, Executable options) {
        assertEquals(message, assertThrows(OptionException.class, options).getMessage());
    }

    @Test
    void refusalsNameTheComponent() {
        assertRefused("size must be a multiple of 32 from 32 to 4096, not 48", () -> OPTIONS.withSize(48));
        assertRefused("normalKernel must be 3, 5 or 7, not 4", () -> OPTIONS.withNormalKernel(4));
        assertRefused("epochs must be 1 to 100000, not 0", () -> OPTIONS.withEpochs(0));
        assertRefused("learningRate must be positive, not -1.0", () -> OPTIONS.withLearningRate(-1));
        assertRefused("precision must be fp32 or bf16, not auto", () -> OPTIONS.withPrecision(Precision.AUTO));
        assertRefused("threads must be positive, not 0", () -> OPTIONS.withThreads(0));
        assertRefused(
                "batch must be 2 (at size 32, where one part is no batch) to 4096, not 1",
                () -> OPTIONS.withSize(32).withBatch(1));
        assertRefused(
                "stateSeconds must not be negative, not -2",
                () -> TrainingPlan.of(OPTIONS).withStateSeconds(-2));
        boolean[] all = new boolean[64 * 64];
        Arrays.fill(all, true);
        RegionOfInterest roi = RegionOfInterest.of(all, "all.png", "0".repeat(64));
        assertRefused(
                "regionOfInterest must have the model's size 256, not 64",
                () -> TrainingPlan.of(OPTIONS).withRegionOfInterest(roi));
        assertEquals(
                roi,
                TrainingPlan.of(OPTIONS.withSize(64)).withRegionOfInterest(roi).regionOfInterest());
    }

    @Test
    void oneComponentAtATime() {
        TrainingOptions all = OPTIONS.withBackbone(Backbone.RESNET34)
                .withSize(64)
                .withModality(Modality.DEPTH)
                .withNormalKernel(3)
                .withSchedule(new Schedule(Schedule.Kind.EPOCHS, 9, 0.2))
                .withEpochs(7)
                .withBatch(2)
                .withLearningRate(0.1)
                .withSeed(1)
                .withThreads(3)
                .withDevice(TorchDevice.CPU)
                .withPrecision(Precision.BF16)
                .withPrecision(Precision.FP32);
        assertEquals(new TrainingOptions(Backbone.RESNET34, 64, Modality.DEPTH, 3, 7, 2, 0.1, 1, 3), all);
        TrainingOptions normals = OPTIONS.withModality(Modality.NORMALS);
        TrainingPlan plan = TrainingPlan.of(normals)
                .withChoosesEpochs(false)
                .withTeacher(TrainingPlan.RANDOM_TEACHER)
                .withStateSeconds(0)
                .withResumes(true)
                .withDriftReference(false);
        assertEquals(
                new TrainingPlan(normals, false, true, TrainingPlan.RANDOM_TEACHER, null, 0, true, false, Align.AUTO),
                plan);
        assertFalse(plan.withChoosesAperture(false).choosesAperture());
        assertTrue(plan.choosesAperture());
        assertFalse(TrainingPlan.of(all).choosesAperture(), "depth maps have no surface normals");
        assertFalse(TrainingPlan.of(OPTIONS).choosesAperture(), "metric geometry needs no aperture");
    }
}
