package io.trd4j.train;

import java.util.List;

/**
 * A doubt about a training run that went on all the same.
 *
 * @param message one line: the doubt, and what to do
 * @param parts the training parts in question, by the names of their colour images or, in memory, as
 *     {@link io.trd4j.data.Part#source} says; empty when it is not about single parts
 */
public record TrainingWarning(Kind kind, String message, List<String> parts) {
    /** The subject of a warning. */
    public enum Kind {
        /** There are no normal validation parts: the model is calibrated on the training parts. */
        NO_VALIDATION_PARTS,
        /** Colour and second images seem to be mirrored or turned against each other. */
        OTHER_VIEWS,
        /** Validation parts are training parts. */
        TRAINED_VALIDATION_PARTS,
        /** Some training parts are not found in the mean one of an aligned model, and are left out. */
        LOST,
        /** A part of the region of interest is where an aligned model does not look. */
        REGION_OUTSIDE,
        /** Some training parts are unlike the others, and may have a defect. */
        OUTLIERS,
        /**
         * The loss still fell when training ended, or in a run's last quarter, or is no lower than that of the mean
         * feature.
         */
        NOT_CONVERGED,
        /** The state file cannot be written: the run cannot be resumed. */
        STATE_NOT_SAVED
    }

    public TrainingWarning {
        parts = List.copyOf(parts);
    }

    TrainingWarning(Kind kind, String message) {
        this(kind, message, List.of());
    }
}
