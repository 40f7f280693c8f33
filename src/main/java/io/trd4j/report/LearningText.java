package io.trd4j.report;

import io.trd4j.model.LearningHistory;
import io.trd4j.model.LearningHistory.Gate;
import io.trd4j.model.LearningHistory.LearntPart;
import io.trd4j.model.LearningHistory.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How a model came from earlier ones, in words. */
public final class LearningText {
    private static final int NAMES = 5;

    private LearningText() {}

    /** One line per step, the oldest first; none when the model never learnt. */
    public static List<String> lines(LearningHistory history) {
        List<String> lines = new ArrayList<>();
        for (Step step : history.steps()) {
            Gate gate = step.gate();
            lines.add("learnt " + step.time() + " from the model "
                    + step.modelSha256().substring(0, 16) + "…: "
                    + step.ok().size() + " OK (" + names(step.ok()) + ")"
                    + (step.ng().isEmpty() ? "" : ", " + step.ng().size() + " NG (" + names(step.ng()) + ")")
                    + (step.studentSteps() == 0
                            ? "; limits alone"
                            : String.format(
                                    Locale.ROOT,
                                    "; %d steps at a rate of %s, seed %d",
                                    step.studentSteps(),
                                    step.learningRate(),
                                    step.seed()))
                    + "; normal parts OK " + gate.okBefore() + " -> " + gate.okAfter() + " of " + gate.normal()
                    + ", known defects NG " + gate.foundBefore() + " -> " + gate.foundAfter() + " of "
                    + gate.defects());
        }
        return lines;
    }

    private static String names(List<LearntPart> parts) {
        String names = String.join(
                ", ", parts.stream().limit(NAMES).map(LearntPart::id).toList());
        return parts.size() > NAMES ? names + ", …" : names;
    }
}
