package io.trd4j.engine;

import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Thresholds;
import io.trd4j.model.Thresholds.Limits;

/** A model's thresholds as numbers, so that a verdict costs six comparisons and no memory. */
final class VerdictRule {
    private final boolean any;
    private final double ng;
    private final double ngRgb;
    private final double ngDepth;
    private final double review;
    private final double reviewRgb;
    private final double reviewDepth;

    VerdictRule(Thresholds t) {
        any = t.any();
        ng = t.value(ScoreBranch.COMBINED, Limits::ng);
        ngRgb = t.value(ScoreBranch.RGB, Limits::ng);
        ngDepth = t.value(ScoreBranch.DEPTH, Limits::ng);
        review = t.value(ScoreBranch.COMBINED, Limits::review);
        reviewRgb = t.value(ScoreBranch.RGB, Limits::review);
        reviewDepth = t.value(ScoreBranch.DEPTH, Limits::review);
    }

    Verdict of(float score, float scoreRgb, float scoreDepth) {
        if (!any) {
            return Verdict.NONE;
        }
        if (score > ng || scoreRgb > ngRgb || scoreDepth > ngDepth) {
            return Verdict.NG;
        }
        return score > review || scoreRgb > reviewRgb || scoreDepth > reviewDepth ? Verdict.REVIEW : Verdict.OK;
    }
}
