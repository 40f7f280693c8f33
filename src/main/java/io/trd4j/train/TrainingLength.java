package io.trd4j.train;

import io.trd4j.io.OptionException;

/**
 * Epochs for a number of steps. A student learns from steps, and small sets have few in an epoch: 60 parts in batches
 * of 16 have 4. Training ends with a whole epoch, so that every part is seen as often as the others.
 */
public final class TrainingLength {
    /**
     * Some minutes of resnet18 at 128 pixels on two cores; of 60 rendered parts, 440 steps by epochs taught no more.
     */
    public static final int AUTO_STEPS = 400;
    /** A set so large that it has that many steps in fewer epochs is still seen this often. */
    public static final int MIN_AUTO_EPOCHS = 10;

    private TrainingLength() {}

    /**
     * The options with the fewest epochs that have at least so many steps.
     *
     * @param parts to train on
     * @throws OptionException when the steps are out of their range
     */
    public static TrainingOptions ofSteps(TrainingOptions options, int steps, int parts) {
        OptionException.require(
                steps > 0 && steps <= Schedule.MAX_EPOCHS,
                "steps",
                "must be 1 to " + Schedule.MAX_EPOCHS + ", not " + steps);
        // Without parts an epoch has no steps; the run says what is wrong.
        int perEpoch = Math.max(1, Trainer.stepsPerEpoch(parts, options));
        return options.withEpochs((steps + perEpoch - 1) / perEpoch);
    }

    /**
     * As many epochs as have {@value #AUTO_STEPS} steps, but at least {@value #MIN_AUTO_EPOCHS}, and in any case at
     * most as many as the options have.
     */
    static TrainingOptions chosen(TrainingOptions options, int parts) {
        int epochs =
                Math.max(MIN_AUTO_EPOCHS, ofSteps(options, AUTO_STEPS, parts).epochs());
        return options.withEpochs(Math.min(epochs, options.epochs()));
    }
}
