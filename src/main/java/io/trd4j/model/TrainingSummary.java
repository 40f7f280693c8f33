package io.trd4j.model;

/**
 * How a model was trained.
 *
 * @param steps optimiser steps per student
 * @param parts normal training parts
 * @param finalLossRgb mean loss of the last epoch
 * @param seconds from the first part read to the end of calibration; of the last run when it was resumed
 * @param teacher where its weights came from
 */
public record TrainingSummary(int epochs, int steps, int batch, double learningRate, long seed, int parts,
        double finalLossRgb, double finalLossDepth, double seconds, String teacher) {
    public TrainingSummary {
        if (!Double.isFinite(learningRate + finalLossRgb + finalLossDepth + seconds) || teacher == null) {
            throw new IllegalArgumentException("a training summary needs finite numbers and the teacher's origin");
        }
    }
}
