package io.trd4j.learn;

import io.trd4j.calibrate.DistinctParts;
import io.trd4j.calibrate.PreparedParts;
import io.trd4j.calibrate.ThresholdNote;
import io.trd4j.data.PartSource;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.io.InputException;
import io.trd4j.io.Stop;
import java.io.IOException;
import java.util.List;

/**
 * The parts that a model learns from, and those that its gate looks at.
 *
 * @param trained normal parts that the model was trained on; needed for student steps alone
 * @param validation normal parts that it was not trained on: those that its limits came from
 * @param good further such parts, of which nothing is set; may be empty
 * @param defects parts with a known defect; may be empty
 * @param ok parts that somebody calls OK, at least one
 * @param ng parts that somebody calls NG; may be empty
 * @param notes doubts about the category's parts, one line each
 */
public record LearnParts(
        List<PartSource> trained,
        List<PartSource> validation,
        List<PartSource> good,
        List<PartSource> defects,
        List<PartSource> ok,
        List<PartSource> ng,
        List<String> notes) {
    /** @throws InputException when there is no part that is called OK, or no validation part */
    public LearnParts {
        trained = List.copyOf(trained);
        validation = List.copyOf(validation);
        good = List.copyOf(good);
        defects = List.copyOf(defects);
        ok = List.copyOf(ok);
        ng = List.copyOf(ng);
        notes = List.copyOf(notes);
        if (ok.isEmpty()) {
            throw new InputException("there is no part to learn; give at least one that is OK");
        }
        if (validation.isEmpty()) {
            throw new InputException("there are no normal validation parts, of which the limits come; give some");
        }
    }

    /**
     * Those of a category: its normal training and validation parts, and its labelled test parts. Validation parts that
     * are copies of others, or of training parts, do not count.
     *
     * @throws InputException when it has no normal validation parts
     * @throws IOException when a file cannot be read
     */
    public static LearnParts of(Dataset category, List<? extends PartSource> ok, List<? extends PartSource> ng)
            throws IOException {
        List<PartFiles> validation = PreparedParts.normal(category.validation());
        if (validation.isEmpty()) {
            throw new InputException(category.folder()
                    + " has no validation parts, of which the limits come; put normal parts under validation/good");
        }
        DistinctParts distinct = Stop.able(() -> new DistinctParts(validation, category.train()));
        return new LearnParts(
                List.copyOf(PreparedParts.normal(category.train())),
                List.copyOf(distinct.parts()),
                tested(category, false),
                tested(category, true),
                List.copyOf(ok),
                List.copyOf(ng),
                distinct.notes().stream().map(ThresholdNote::message).toList());
    }

    private static List<PartSource> tested(Dataset category, boolean anomalous) {
        return category.test().stream()
                .filter(part -> part.labelled() && part.anomalous() == anomalous)
                .<PartSource>map(part -> part)
                .toList();
    }
}
