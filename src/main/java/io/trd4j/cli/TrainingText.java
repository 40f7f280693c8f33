package io.trd4j.cli;

import io.trd4j.train.TrainingListener;
import io.trd4j.train.TrainingWarning;
import java.nio.file.Path;
import java.util.function.Predicate;

/** Says on standard error what happens in a training run. */
final class TrainingText implements TrainingListener {
    private final Predicate<TrainingWarning> said;

    /** @param said which warnings are said */
    TrainingText(Predicate<TrainingWarning> said) {
        this.said = said;
    }

    @Override
    public void warning(TrainingWarning warning) {
        if (said.test(warning)) {
            System.err.println("trd: " + warning.message());
        }
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
