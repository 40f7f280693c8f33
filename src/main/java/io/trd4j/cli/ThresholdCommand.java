package io.trd4j.cli;

import io.trd4j.cli.options.SignatureNote;
import io.trd4j.io.InputException;
import io.trd4j.io.Writable;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import io.trd4j.model.Thresholds.Limits;
import io.trd4j.report.LearningText;
import io.trd4j.report.SensitivityText;
import io.trd4j.report.ThresholdText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code trd threshold}: a model's thresholds, shown, set by hand or removed. */
@Command(
        name = "threshold",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Show a model's thresholds and where they come from, set them by hand, or remove them.",
            "Thresholds that keep a rate of false rejects are set by trd calibrate."
        })
final class ThresholdCommand implements Callable<Integer> {
    @Option(
            names = "--model",
            required = true,
            paramLabel = "FILE",
            description = "The model file; replaced when thresholds change.")
    private Path model;

    @Option(names = "--ng", paramLabel = "SCORE", description = "A part whose score is above this is NG.")
    private Double ng;

    @Option(
            names = "--review",
            paramLabel = "SCORE",
            description = "A part whose score is above this is at least REVIEW.")
    private Double review;

    @Option(
            names = "--branch",
            paramLabel = "combined|rgb|depth|rgb-only|depth-only",
            description = "Whose thresholds are set or removed; when not given, --ng and --review set those of the "
                    + "combined score, and --clear removes all.")
    private String branch;

    @Option(names = "--clear", description = "Remove thresholds.")
    private boolean clear;

    @Option(names = "--show", description = "Show all thresholds, as is done after every change.")
    private boolean show;

    @Override
    public Integer call() throws IOException {
        boolean set = ng != null || review != null;
        if (!set && !clear && !show) {
            throw new InputException("give --ng or --review to set thresholds, --clear to remove them, or --show");
        }
        if (set && clear) {
            throw new InputException(
                    "--clear removes thresholds and " + (ng != null ? "--ng" : "--review") + " sets one; give either");
        }
        ScoreBranch chosen = branch == null ? null : ScoreBranch.of(branch);
        requireFinite("--ng", ng);
        requireFinite("--review", review);
        Writable.requireFile(model);
        ModelInfo info = ModelFile.readInfo(model);
        Thresholds thresholds = clear
                ? cleared(info.thresholds(), chosen)
                : set ? changed(info.thresholds(), chosen == null ? ScoreBranch.COMBINED : chosen) : info.thresholds();
        if (!thresholds.equals(info.thresholds())) {
            SignatureNote note = SignatureNote.of(model);
            ModelFile.replaceInfo(model, now -> now.withThresholds(thresholds));
            note.print();
        }
        ThresholdText.lines(thresholds).forEach(System.out::println);
        LearningText.lines(info.learning()).forEach(System.out::println);
        if (info.sensitivity() != null) {
            SensitivityText.lines(info.sensitivity(), thresholds).forEach(System.out::println);
        }
        return 0;
    }

    private static void requireFinite(String option, Double score) {
        if (score != null && !Double.isFinite(score)) {
            throw new InputException(option + " must be a finite number, not " + score);
        }
    }

    private static Thresholds cleared(Thresholds thresholds, ScoreBranch branch) {
        return branch == null ? Thresholds.NONE : thresholds.with(branch, Limits.NONE);
    }

    private Thresholds changed(Thresholds thresholds, ScoreBranch branch) {
        Limits old = thresholds.of(branch);
        try {
            return thresholds.with(
                    branch,
                    new Limits(
                            ng == null ? old.ng() : Threshold.byHand(ng),
                            review == null ? old.review() : Threshold.byHand(review)));
        } catch (IllegalArgumentException e) {
            throw new InputException(e.getMessage() + "; choose others, or give both --ng and --review", e);
        }
    }
}
