package io.trd4j.cli;

import io.trd4j.train.TrainingListener;
import io.trd4j.train.TrainingWarning;
import java.nio.file.Path;

/** Says on standard error what happens in a training run. */
final class TrainingText implements TrainingListener {
    @Override
    public void warning(TrainingWarning warning) {
        System.err.println("trd: " + warning.message());
    }

    @Override
    public void resumed(Path state, int epochsDone) {
        System.err.println("trd: resuming after epoch " + epochsDone + " from " + state);
    }

    @Override
    public void nothingToResume(Path state) {
        System.err.println("trd: there is no " + state + ": starting from the beginning");
    }
}
