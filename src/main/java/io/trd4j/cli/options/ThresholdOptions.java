package io.trd4j.cli.options;

import io.trd4j.calibrate.Rate;
import io.trd4j.calibrate.ThresholdPlan;
import io.trd4j.io.InputException;
import io.trd4j.io.Nearest;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold.Method;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Options of {@code trd calibrate} on thresholds. */
public final class ThresholdOptions {
    private static final String FNR = "fnr=";

    @Option(
            names = "--false-reject-rate",
            paramLabel = "RATE",
            description =
                    "Set the NG threshold: at most this share of normal parts is above it, such as 0.001 or 0.1%%.")
    private Rate falseRejects;

    @Option(
            names = "--review-rate",
            paramLabel = "RATE",
            description = "Set the REVIEW threshold: at most this share of normal parts is above it, those that are "
                    + "NG among them.")
    private Rate reviews;

    @Option(
            names = "--confidence",
            paramLabel = "SHARE",
            description = "Probability with which a rate is kept, over all samples of parts that might have been "
                    + "drawn; 95%% when not given.")
    private Rate confidence;

    @Option(
            names = "--method",
            paramLabel = "exact|tail|max-f1|fnr=RATE",
            description = "Where thresholds come from: exact (when not given) = an order statistic of normal scores, "
                    + "whatever their "
                    + "distribution; tail = a generalised Pareto model of their tail, for fewer parts; "
                    + "on labelled test parts, for NG alone: "
                    + "max-f1 = the best F1; fnr=RATE = at most this share of parts with a defect is not above it.")
    private String method;

    @Option(
            names = "--branch",
            split = ",",
            paramLabel = "combined|rgb|depth|rgb-only|depth-only",
            description = "Which scores get thresholds, separated by commas; combined when not given. A part is NG "
                    + "when any score is above "
                    + "its NG threshold, so several share the rate. rgb-only and depth-only are those "
                    + "of parts inspected without the other modality, and share with nobody.")
    private List<String> branches;

    /** Whether any of these options was given: then thresholds are set. */
    public boolean given() {
        return Stream.of(falseRejects, reviews, confidence, method, branches).anyMatch(o -> o != null);
    }

    /** Checks the options together. */
    public ThresholdPlan plan() {
        List<ScoreBranch> scores = branches == null
                ? List.of(ScoreBranch.COMBINED)
                : branches.stream().map(ScoreBranch::of).distinct().sorted().toList();
        Rate sure = confidence == null ? ThresholdPlan.CONFIDENCE : confidence;
        boolean fnr = method != null && method.startsWith(FNR);
        if (fnr || "max-f1".equals(method)) {
            if (falseRejects != null || reviews != null) {
                throw new InputException((falseRejects != null ? "--false-reject-rate" : "--review-rate")
                        + " belongs to normal parts, and " + "--method " + method
                        + " to labelled ones; set them one after the other");
            }
            if (!fnr && confidence != null) {
                throw new InputException("--confidence belongs to a rate, and --method max-f1 promises none");
            }
            return new ThresholdPlan(fnr ? Method.FNR : Method.MAX_F1, fnr ? missed() : null, null, sure, scores);
        }
        if (method != null && !method.equals("exact") && !method.equals("tail")) {
            throw new InputException(
                    "unknown --method '" + method + "'" + Nearest.hint(method, List.of("exact", "tail", "max-f1"))
                            + "; use exact, tail, max-f1 or fnr=RATE");
        }
        if (falseRejects == null && reviews == null) {
            throw new InputException(
                    "a threshold needs --false-reject-rate, --review-rate, --method max-f1 or --method fnr=RATE");
        }
        if (falseRejects != null && reviews != null && reviews.value() <= falseRejects.value()) {
            throw new InputException("--review-rate " + reviews + " must be above --false-reject-rate " + falseRejects
                    + ": it counts the parts that are NG too");
        }
        return new ThresholdPlan(
                "tail".equals(method) ? Method.TAIL : Method.EXACT, falseRejects, reviews, sure, scores);
    }

    private Rate missed() {
        try {
            return Rate.of(method.substring(FNR.length()));
        } catch (IllegalArgumentException e) {
            throw new InputException("--method " + method + ": " + e.getMessage(), e);
        }
    }
}
