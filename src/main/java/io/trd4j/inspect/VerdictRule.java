package io.trd4j.inspect;

import io.trd4j.model.InspectionMode;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Thresholds;
import io.trd4j.model.Thresholds.Limits;
import java.util.stream.Stream;

/** A model's thresholds as numbers, so that a verdict costs a few comparisons and no memory. */
public final class VerdictRule {
    private final boolean any;
    private final boolean anyOfBoth;
    private final double ng;
    private final double ngRgb;
    private final double ngDepth;
    private final double review;
    private final double reviewRgb;
    private final double reviewDepth;
    private final Alone rgbOnly;
    private final Alone depthOnly;

    /** The limits of the one score of a part that lacks a modality. */
    private record Alone(boolean any, double ng, double review) {
        static Alone of(Thresholds t, ScoreBranch score) {
            return new Alone(anyOf(t, score), t.value(score, Limits::ng), t.value(score, Limits::review));
        }
    }

    /** By these limits. */
    public VerdictRule(Thresholds t) {
        any = t.any();
        anyOfBoth = anyOf(t, ScoreBranch.COMBINED, ScoreBranch.RGB, ScoreBranch.DEPTH);
        ng = t.value(ScoreBranch.COMBINED, Limits::ng);
        ngRgb = t.value(ScoreBranch.RGB, Limits::ng);
        ngDepth = t.value(ScoreBranch.DEPTH, Limits::ng);
        review = t.value(ScoreBranch.COMBINED, Limits::review);
        reviewRgb = t.value(ScoreBranch.RGB, Limits::review);
        reviewDepth = t.value(ScoreBranch.DEPTH, Limits::review);
        rgbOnly = Alone.of(t, ScoreBranch.RGB_ONLY);
        depthOnly = Alone.of(t, ScoreBranch.DEPTH_ONLY);
    }

    private static boolean anyOf(Thresholds t, ScoreBranch... scores) {
        return Stream.of(scores).map(t::of).flatMap(Limits::all).findAny().isPresent();
    }

    /**
     * Whether there are thresholds, but none for parts inspected in this way. Such a part is never OK: that it was not
     * judged must not look like good.
     */
    boolean lacks(InspectionMode mode) {
        return any && !(mode == InspectionMode.BOTH ? anyOfBoth : alone(mode).any);
    }

    /** Of a part with both modalities. */
    public Verdict of(float score, float scoreRgb, float scoreDepth) {
        if (!any) {
            return Verdict.NONE;
        }
        if (score > ng || scoreRgb > ngRgb || scoreDepth > ngDepth) {
            return Verdict.NG;
        }
        return score > review || scoreRgb > reviewRgb || scoreDepth > reviewDepth || !anyOfBoth
                ? Verdict.REVIEW
                : Verdict.OK;
    }

    /** Of a part that lacks a modality. */
    public Verdict ofAlone(InspectionMode mode, float score) {
        if (!any) {
            return Verdict.NONE;
        }
        Alone limits = alone(mode);
        return score > limits.ng ? Verdict.NG : score > limits.review || !limits.any ? Verdict.REVIEW : Verdict.OK;
    }

    private Alone alone(InspectionMode mode) {
        return mode == InspectionMode.RGB_ONLY ? rgbOnly : depthOnly;
    }
}
