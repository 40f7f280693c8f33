package io.trd4j.calibrate;

import io.trd4j.data.PartSource;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.inspect.InputPolicy;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.io.InputException;
import io.trd4j.io.OutputLock;
import io.trd4j.io.Progress;
import io.trd4j.io.Stop;
import io.trd4j.model.DriftReference;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Threshold.Method;
import io.trd4j.model.Thresholds;
import io.trd4j.model.Thresholds.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * From a category's parts to thresholds in a model file, with the evidence for each. The parts must be others than
 * those the model was trained on. Used once.
 */
public final class ThresholdRun {
    /** Below this p value the fit of a tail is doubted: a common level of significance. */
    public static final double DOUBTFUL = 0.05;

    private final ThresholdPlan plan;
    private final List<ThresholdNote> notes = new ArrayList<>();
    /** Those whose scores are taken. */
    private final List<? extends PartSource> parts;

    private final boolean[] anomalous;
    /** For a drift reference, where the model has none: the category, or normal parts. */
    private final Dataset dataset;

    private final List<? extends PartSource> validation;

    /**
     * Thresholds that have been written into their model file.
     *
     * @param thresholds all that the model has now
     * @param doubtful scores whose tail does not look like the model of it (p below {@value #DOUBTFUL}): their rates
     *     are not to be relied on; empty in the usual case
     * @param notes other doubts: parts that did not count, limits that a single part sets or that leave no room; empty
     *     in the usual case
     */
    public record Result(Thresholds thresholds, List<ScoreBranch> doubtful, List<ThresholdNote> notes) {
        public Result {
            doubtful = List.copyOf(doubtful);
            notes = List.copyOf(notes);
        }
    }

    /**
     * Looks at the plan and the category, and computes nothing but checksums: parts that are copies of others, or of
     * the category's training parts, do not count.
     *
     * @throws InputException when the category has too few parts for what the plan promises, or no labelled ones where
     *     it needs them
     * @throws IOException when a file cannot be read
     */
    public ThresholdRun(ThresholdPlan plan, Dataset dataset) throws IOException {
        this.plan = plan;
        this.dataset = dataset;
        validation = null;
        DistinctParts distinct = Stop.able(() -> new DistinctParts(
                plan.labelled() ? dataset.test() : PreparedParts.normal(dataset.validation()), dataset.train()));
        List<PartFiles> files = distinct.parts();
        parts = files;
        anomalous = new boolean[files.size()];
        notes.addAll(distinct.notes());
        if (!plan.labelled()) {
            plan.requireNormal(files.size(), dataset.category() + "/validation" + distinct.without());
            return;
        }
        int count = 0;
        for (int i = 0; dataset.labelled() && i < anomalous.length; i++) {
            anomalous[i] = files.get(i).anomalous();
            count += anomalous[i] ? 1 : 0;
        }
        requireLabelled(
                count,
                dataset.category() + ": the method " + plan.method().key()
                        + " needs labelled test parts: test/DEFECT, and for max-f1 test/good");
        plan.requireAnomalous(count, dataset.category() + "/test" + distinct.without());
    }

    /**
     * The same from parts in memory or anywhere else; each is loaded once, and the normal ones once more where the
     * model has no drift reference yet.
     *
     * @param normal of these come thresholds by EXACT and TAIL
     * @param anomalous parts with a defect, for MAX_F1 and FNR; empty with the others, which need none
     * @throws InputException when they are too few for what the plan promises
     */
    public ThresholdRun(ThresholdPlan plan, List<? extends PartSource> normal, List<? extends PartSource> anomalous) {
        this.plan = plan;
        dataset = null;
        validation = List.copyOf(normal);
        if (!plan.labelled()) {
            parts = validation;
            this.anomalous = new boolean[parts.size()];
            plan.requireNormal(parts.size(), "the list");
            return;
        }
        List<PartSource> all = new ArrayList<>(normal);
        all.addAll(anomalous);
        parts = all;
        this.anomalous = new boolean[all.size()];
        Arrays.fill(this.anomalous, normal.size(), all.size(), true);
        requireLabelled(
                anomalous.size(),
                "the method " + plan.method().key() + " needs parts with a defect, and for max-f1 normal ones");
        plan.requireAnomalous(anomalous.size(), "the list");
    }

    private void requireLabelled(int withDefect, String otherwise) {
        if (withDefect == 0 || plan.method() == Method.MAX_F1 && withDefect == parts.size()) {
            throw new InputException(otherwise);
        }
    }

    /**
     * Scores the parts, sets the thresholds and replaces the model file; the model's other thresholds stay. A drift
     * reference of the normal parts is written with them where they suffice for one, and one of the category's
     * validation parts where the model has none yet.
     *
     * @param model calibrated
     * @param options as parts will be inspected: a rate holds for the scores of this precision
     * @throws InputException when the file is no calibrated model, another run writes it, a part cannot be inspected,
     *     or the scores allow no threshold
     * @throws IOException when the file cannot be written; it is then unchanged
     */
    public Result run(Path model, InspectorOptions options, Progress progress) throws IOException {
        return Stop.able(() -> {
            // Thresholds belong to the calibration that they were measured with.
            try (OutputLock lock = OutputLock.joining(model)) {
                return stoppable(model, options, progress);
            }
        });
    }

    private Result stoppable(Path model, InspectorOptions options, Progress progress) throws IOException {
        Thresholds thresholds;
        DriftReference reference;
        boolean referenced;
        boolean alone = plan.branches().stream().anyMatch(ScoreBranch::alone);
        try (Inspector inspector =
                Inspector.open(model, alone ? options.withInputs(InputPolicy.inspectOther()) : options)) {
            ScoredParts scored = new ScoredParts(inspector, parts, anomalous, plan.branches(), progress);
            thresholds = thresholds(inspector.model().thresholds(), scored);
            plan.branches().forEach(branch -> notes.addAll(scored.doubts(branch, thresholds.of(branch))));
            reference = scored.reference();
            referenced = reference != null || inspector.model().driftReference() != null;
        }
        ModelFile.replaceInfo(
                model,
                info -> info.withThresholds(thresholds)
                        .withDriftReference(reference != null ? reference : info.driftReference()));
        if (!referenced) {
            if (dataset != null) {
                DriftReferenceRun.run(model, dataset, options.threads(), progress);
            } else {
                DriftReferenceRun.run(model, validation, options.threads(), progress);
            }
        }
        return new Result(thresholds, doubtful(thresholds), notes);
    }

    private static List<ScoreBranch> doubtful(Thresholds thresholds) {
        return Stream.of(ScoreBranch.values())
                .filter(branch -> thresholds
                        .of(branch)
                        .all()
                        .map(Threshold::evidence)
                        .anyMatch(e -> e != null && e.tail() != null && e.tail().pValue() < DOUBTFUL))
                .toList();
    }

    private Thresholds thresholds(Thresholds old, ScoredParts scored) {
        Thresholds result = old;
        for (ScoreBranch branch : plan.branches()) {
            Limits before = old.of(branch);
            Threshold ng = plan.labelled() || plan.ng() != null ? threshold(branch, plan.ng(), scored) : before.ng();
            Threshold review = plan.review() != null ? threshold(branch, plan.review(), scored) : before.review();
            if (ng != null && review != null && review.value() > ng.value()) {
                throw new InputException(branch.key() + ": the review threshold " + review.value()
                        + " would be above the NG threshold " + ng.value()
                        + "; set both at once, or remove the other before");
            }
            result = result.with(branch, new Limits(ng, review));
        }
        return result;
    }

    private Threshold threshold(ScoreBranch branch, Rate rate, ScoredParts scored) {
        return rate == null
                ? Limit.bestF1(branch, scored)
                : Limit.of(plan.method(), branch, plan.share(rate, branch), plan.sharedConfidence(branch), scored);
    }
}
