package io.trd4j.model;

import java.util.List;

/**
 * How a model was trained.
 *
 * @param steps optimiser steps per student
 * @param parts normal training parts
 * @param finalLossRgb mean loss of the last epoch
 * @param validationLossRgb loss of the normal validation parts after the last epoch; null when there were none, and in
 *     files of versions that did not compute it
 * @param validationLossDepth null when the other is
 * @param seconds from the first part read to the end of calibration; of the last run when it was resumed
 * @param teacher where its weights came from
 * @param curve losses of every epoch; null in files of versions that did not keep them
 * @param colorBits bits that the parts' colour images used of their samples: 8, or of those of 16 bits 10 to 16; null
 *     in files of versions that did not look
 * @param schedule how the learning rate fell, {@code steps} or {@code epochs}; null in files of versions that had the
 *     latter only
 * @param precision of the students' convolutions, {@code fp32} or {@code bf16}; null in files of versions that had the
 *     former only
 */
public record TrainingSummary(
        int epochs,
        int steps,
        int batch,
        double learningRate,
        long seed,
        int parts,
        double finalLossRgb,
        double finalLossDepth,
        Double validationLossRgb,
        Double validationLossDepth,
        double seconds,
        String teacher,
        List<EpochLoss> curve,
        Integer colorBits,
        String schedule,
        String precision) {
    public TrainingSummary {
        double validation = validationLossRgb == null ? 0 : validationLossRgb;
        validation += validationLossDepth == null ? 0 : validationLossDepth;
        if (!Double.isFinite(learningRate + finalLossRgb + finalLossDepth + validation + seconds) || teacher == null) {
            throw new IllegalArgumentException("a training summary needs finite numbers and the teacher's origin");
        }
        if (epochs < 0 || steps < 0 || batch < 0 || parts < 0) {
            throw new IllegalArgumentException("a training summary has no negative numbers of epochs, steps and parts");
        }
        if (colorBits != null && !(colorBits >= 8 && colorBits <= 16)) {
            throw new IllegalArgumentException("colour images use 8 to 16 bits, not " + colorBits);
        }
        curve = curve == null ? null : List.copyOf(curve);
    }
}
