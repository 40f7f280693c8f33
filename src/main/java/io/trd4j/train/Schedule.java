package io.trd4j.train;

import io.trd4j.io.Keyed;
import io.trd4j.io.OptionException;
import java.util.Objects;

/**
 * How long students learn, and at which rate (SPEC section 3).
 *
 * @param kind how the learning rate falls
 * @param epochs how many, or at most how many when a run chooses ({@link TrainingPlan#choosesEpochs})
 * @param learningRate of the first step, above 0
 */
public record Schedule(Kind kind, int epochs, double learningRate) {
    /** The unit by which the learning rate falls. */
    public enum Kind implements Keyed {
        /** The paper's: x0.95 after every epoch, however many steps that has. */
        EPOCHS,
        /** Half a cosine, from the learning rate to almost 0 over all steps: the same for large and small sets. */
        STEPS;

        /** {@code epochs} or {@code steps}. */
        @Override
        public String key() {
            return Keyed.hyphenated(this);
        }
    }

    /** The paper's number of epochs for MVTec 3D-AD. */
    public static final int PAPER_EPOCHS = 200;

    private static final double DECAY = 0.95;
    // Far beyond any use, and small enough that counts of steps fit an int.
    static final int MAX_EPOCHS = 100_000;

    /** @throws OptionException when a number is out of its range */
    public Schedule {
        Objects.requireNonNull(kind, "kind");
        OptionException.require(
                epochs > 0 && epochs <= MAX_EPOCHS, "epochs", "must be 1 to " + MAX_EPOCHS + ", not " + epochs);
        OptionException.require(
                learningRate > 0 && Double.isFinite(learningRate),
                "learningRate",
                "must be positive, not " + learningRate);
    }

    /**
     * The learning rate of a step; by steps, 0 after the last epoch.
     *
     * @param epoch from 0
     * @param step of this epoch, from 0
     * @param steps of an epoch
     */
    public double rate(int epoch, int step, int steps) {
        return switch (kind) {
            case EPOCHS -> learningRate * Math.pow(DECAY, epoch);
            case STEPS -> {
                double done = ((double) epoch * steps + step) / ((double) epochs * steps);
                yield learningRate * (1 + Math.cos(Math.PI * Math.min(1, done))) / 2;
            }
        };
    }
}
