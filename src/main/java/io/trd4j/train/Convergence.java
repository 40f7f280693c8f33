package io.trd4j.train;

import io.trd4j.model.EpochLoss;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Whether training has converged, from the losses so far alone, so that a resumed run ends after the same epoch. A
 * branch's loss is that of the normal validation parts, or the training loss when there are none.
 */
public final class Convergence {
    private static final int WINDOW = 5;
    private static final int MIN_EPOCHS = 2 * WINDOW;
    /** Least gain within a window, relative to the loss, for which training goes on. */
    private static final double MIN_GAIN = 0.01;
    /** Fall per epoch, relative to the loss, from which a run ended too early. */
    private static final double STEEP = 0.01;
    /**
     * Of a run by steps, whose learning rate ends at 0, the last quarter: it lets every loss level off, so that the
     * slope at the end says nothing. Runs of 100 steps lose 2 to 4 % in it, those of 40 up to 9 %.
     */
    private static final double LATE = 0.75;

    private static final double LATE_FALL = 0.05;

    private Convergence() {}

    /**
     * Whether {@code --epochs auto} stops: after {@value #MIN_EPOCHS} epochs or more, when in neither branch the lowest
     * loss of the last {@value #WINDOW} epochs is 1 % or more below the lowest before them. The weights of the last
     * epoch are kept: they are within the noise of the best ones, whose copy would double the size of the state file
     * and of the students in memory.
     */
    public static boolean reached(List<EpochLoss> history) {
        if (history.size() < MIN_EPOCHS) {
            return false;
        }
        int start = history.size() - WINDOW;
        for (Branch branch : branches(history)) {
            double before = lowest(branch.losses.subList(0, start));
            double recent = lowest(branch.losses.subList(start, history.size()));
            if (recent <= (1 - MIN_GAIN) * before) {
                return false;
            }
        }
        return true;
    }

    /**
     * Why a finished run was too short, in one line, or null. By epochs: a branch's loss still fell by more than 1 %
     * per epoch, on the mean of the last {@value #WINDOW} epochs. By steps: it fell by more than 5 % in the last
     * quarter of the run. Or it is no lower than that of a student which had learnt nothing but the mean feature.
     *
     * @param meanFeature see {@link MeanFeature}; null when there are no validation parts
     * @param steps of the whole run
     */
    public static String warning(
            List<EpochLoss> history, ValidationLoss meanFeature, Schedule.Kind schedule, long steps) {
        boolean bySteps = schedule == Schedule.Kind.STEPS;
        List<String> reasons = new ArrayList<>();
        int last = history.size() - 1;
        int first = bySteps ? Math.max(0, (int) (LATE * history.size()) - 1) : Math.max(0, last - WINDOW);
        for (Branch branch : branches(history)) {
            double loss = branch.losses.get(last);
            double ratio = loss / branch.losses.get(first);
            double fall = last == 0 ? 0 : 1 - (bySteps ? ratio : Math.pow(ratio, 1.0 / (last - first)));
            if (meanFeature != null && loss >= branch.of.applyAsDouble(meanFeature)) {
                reasons.add(String.format(
                        Locale.ROOT,
                        "of the %s student is %.3f, and the mean feature alone gives %.3f",
                        branch.name,
                        loss,
                        branch.of.applyAsDouble(meanFeature)));
            } else if (bySteps && fall > LATE_FALL) {
                reasons.add(String.format(
                        Locale.ROOT,
                        "of the %s student fell by %.0f %% in the last %d of %d epochs",
                        branch.name,
                        100 * fall,
                        last - first,
                        history.size()));
            } else if (!bySteps && fall > STEEP) {
                reasons.add(String.format(
                        Locale.ROOT, "of the %s student still falls by %.1f %% per epoch", branch.name, 100 * fall));
            }
        }
        if (reasons.isEmpty()) {
            return null;
        }
        String losses =
                (validated(history) ? "the validation loss " : "the training loss ") + String.join(", that ", reasons);
        return bySteps
                ? "a run of " + steps + " steps is short: " + losses + "; --steps " + 2 * steps
                        + " makes it twice as long"
                : "the model has not converged after " + history.size() + " epochs: " + losses + "; give more epochs";
    }

    private record Branch(String name, List<Double> losses, ToDoubleFunction<ValidationLoss> of) {}

    private static List<Branch> branches(List<EpochLoss> history) {
        boolean validated = validated(history);
        return List.of(
                new Branch(
                        "rgb",
                        history.stream()
                                .map(e -> validated ? e.validationRgb() : e.rgb())
                                .toList(),
                        ValidationLoss::rgb),
                new Branch(
                        "depth",
                        history.stream()
                                .map(e -> validated ? e.validationDepth() : e.depth())
                                .toList(),
                        ValidationLoss::depth));
    }

    private static boolean validated(List<EpochLoss> history) {
        return history.stream().allMatch(EpochLoss::validated);
    }

    private static double lowest(List<Double> losses) {
        return losses.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }
}
