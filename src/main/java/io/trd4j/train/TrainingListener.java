package io.trd4j.train;

import java.nio.file.Path;

/** Told what happens in a {@link TrainingRun}, at once, by its thread. */
public interface TrainingListener {
    /** Ignores everything. */
    TrainingListener NONE = new TrainingListener() {};

    /** A doubt, as soon as it is known; the run's result has all of them, too. */
    default void warning(TrainingWarning warning) {}

    /** The run goes on where an earlier one was interrupted. */
    default void resumed(Path state, int epochsDone) {}

    /** The run should have been resumed, and there is no state file: it starts from the beginning. */
    default void nothingToResume(Path state) {}
}
