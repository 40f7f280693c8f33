package io.trd4j.learn;

import io.trd4j.inspect.InspectorOptions;
import io.trd4j.io.OptionException;
import java.util.Objects;

/**
 * How a model learns.
 *
 * @param steps optimiser steps of each student, rounded up to whole epochs; 0 = only thresholds change
 * @param learningRate of the first step, falling to 0 as half a cosine
 * @param seed of the order in which parts are learnt
 * @param inspection as parts will be inspected: a limit's rate holds for the scores of this precision
 * @param threads CPU threads of steps and calibration, 1 or more; sums depend on it in their last bits
 */
public record LearnOptions(int steps, double learningRate, long seed, InspectorOptions inspection, int threads) {
    /** More teaches the students nothing that a new training would not teach better. */
    public static final int MAX_STEPS = 10_000;
    /** A tenth of the rate that training begins with: the students know the product. */
    public static final double LEARNING_RATE = 5e-4;

    /** @throws OptionException when a number is out of its range */
    public LearnOptions {
        OptionException.require(
                steps >= 0 && steps <= MAX_STEPS, "steps", "must be 0 to " + MAX_STEPS + ", not " + steps);
        OptionException.require(
                learningRate > 0 && Double.isFinite(learningRate),
                "learningRate",
                "must be positive, not " + learningRate);
        Objects.requireNonNull(inspection, "inspection");
        OptionException.require(threads > 0, "threads", "must be positive, not " + threads);
    }

    /** Those of {@code trd learn}: thresholds alone, inspected as {@link InspectorOptions#defaults} say. */
    public static LearnOptions defaults() {
        return new LearnOptions(
                0,
                LEARNING_RATE,
                42,
                InspectorOptions.defaults(),
                Runtime.getRuntime().availableProcessors());
    }

    /** The same with so many steps of each student; 0 = none. */
    public LearnOptions withSteps(int newSteps) {
        return new LearnOptions(newSteps, learningRate, seed, inspection, threads);
    }

    /** The same with another learning rate of the first step. */
    public LearnOptions withLearningRate(double newLearningRate) {
        return new LearnOptions(steps, newLearningRate, seed, inspection, threads);
    }

    /** The same with another seed. */
    public LearnOptions withSeed(long newSeed) {
        return new LearnOptions(steps, learningRate, newSeed, inspection, threads);
    }

    /** The same with parts inspected otherwise. */
    public LearnOptions withInspection(InspectorOptions newInspection) {
        return new LearnOptions(steps, learningRate, seed, newInspection, threads);
    }

    /** The same with other CPU threads, 1 or more. */
    public LearnOptions withThreads(int newThreads) {
        return new LearnOptions(steps, learningRate, seed, inspection, newThreads);
    }
}
