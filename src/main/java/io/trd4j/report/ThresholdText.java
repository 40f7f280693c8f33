package io.trd4j.report;

import io.trd4j.calibrate.Rate;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Threshold.Evidence;
import io.trd4j.model.Threshold.Tail;
import io.trd4j.model.Thresholds;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Thresholds in words. */
public final class ThresholdText {
    private static final String NONE =
            "no thresholds; set them with trd calibrate --false-reject-rate RATE, or trd threshold --ng SCORE";

    private ThresholdText() {}

    /** One line per threshold: what it promises, and from which parts. One line that says so when there is none. */
    public static List<String> lines(Thresholds thresholds) {
        List<String> lines = new ArrayList<>();
        for (ScoreBranch branch : ScoreBranch.values()) {
            add(lines, branch, "NG", thresholds.of(branch).ng());
            add(lines, branch, "REVIEW", thresholds.of(branch).review());
        }
        return lines.isEmpty() ? List.of(NONE) : lines;
    }

    private static void add(List<String> lines, ScoreBranch branch, String verdict, Threshold threshold) {
        if (threshold != null) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%-10s %-6s above %s: %s",
                    branch.key(),
                    verdict,
                    value(threshold),
                    origin(threshold)));
        }
    }

    /**
     * A computed threshold with four significant digits, for the eye: files keep all. One from elsewhere stands as it
     * was given.
     */
    public static String value(Threshold threshold) {
        return threshold.evidence() == null
                ? Double.toString(threshold.value())
                : new BigDecimal(threshold.value()).round(new MathContext(4)).toPlainString();
    }

    private static String origin(Threshold t) {
        Evidence e = t.evidence();
        if (e == null) {
            return t.method() == Threshold.Method.BY_HAND ? "set by hand" : "its file does not say where it comes from";
        }
        String promise = t.rate() == null
                ? ""
                : "at most " + Rate.percent(t.rate()) + " of "
                        + (t.method() == Threshold.Method.FNR
                                ? "parts with a defect are not above it"
                                : "normal parts are above it")
                        + ", with "
                        + Rate.percent(t.confidence()) + " confidence";
        String origin = switch (t.method()) {
            case EXACT -> promise + "; largest score no. " + e.rank() + " of " + e.normal() + " normal parts";
            case FNR ->
                promise + "; below smallest score no. " + e.rank() + " of " + e.anomalous() + " parts with a defect; "
                        + e.falseRejects() + " of " + e.normal() + " normal parts are above it";
            case MAX_F1 ->
                String.format(
                        Locale.ROOT,
                        "best F1, %.4f: %d of %d normal parts above it, %d of %d with a defect not",
                        e.f1(),
                        e.falseRejects(),
                        e.normal(),
                        e.missed(),
                        e.anomalous());
            case TAIL -> promise + ", if the model of the tail holds: " + tail(e);
            case BY_HAND, UNRECORDED -> t.method().key();
        };
        return origin + " (" + e.precision() + ", " + e.device() + ")";
    }

    private static String tail(Evidence e) {
        Tail tail = e.tail();
        return String.format(
                Locale.ROOT,
                "%d of %d normal scores above %.4f fitted by a generalised Pareto distribution of shape %.3f "
                        + "and scale %.4f, estimate %.4f; Anderson-Darling %.3f, p = %.3f",
                tail.peaks(),
                e.normal(),
                tail.level(),
                tail.shape(),
                tail.scale(),
                tail.estimate(),
                tail.andersonDarling(),
                tail.pValue());
    }
}
