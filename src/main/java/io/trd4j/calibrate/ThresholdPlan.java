package io.trd4j.calibrate;

import io.trd4j.io.InputException;
import io.trd4j.io.OptionException;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold.Method;
import io.trd4j.threshold.TailBound;
import io.trd4j.threshold.ToleranceBound;
import java.util.List;
import java.util.Objects;

/**
 * Which thresholds to set, and what they shall promise.
 *
 * @param method EXACT or TAIL: from normal parts; MAX_F1 or FNR: from labelled ones
 * @param ng EXACT and TAIL: share of normal parts that may be NG; FNR: share of parts with a defect that may be missed;
 *     else null
 * @param review EXACT and TAIL: share of normal parts that may be REVIEW or NG, above {@code ng}; else null
 * @param confidence one-sided; with several branches, that all their promises hold
 * @param branches whose thresholds are set, at least one; a part is NG when any of its scores is above its threshold,
 *     so several share the rate, except those of parts that lack a modality
 */
public record ThresholdPlan(Method method, Rate ng, Rate review, Rate confidence, List<ScoreBranch> branches) {
    /** Confidence of a promise when nobody says otherwise. */
    public static final Rate CONFIDENCE = new Rate(0.95);

    /** @throws OptionException when the rates are not those of the method */
    public ThresholdPlan {
        Objects.requireNonNull(confidence, "confidence");
        branches = List.copyOf(branches);
        OptionException.require(!branches.isEmpty(), "branches", "must name at least one score");
        boolean fromNormal = method == Method.EXACT || method == Method.TAIL;
        OptionException.require(
                fromNormal || method == Method.MAX_F1 || method == Method.FNR,
                "method",
                "must be EXACT, TAIL, MAX_F1 or FNR, not " + method);
        OptionException.require(
                fromNormal || review == null, "review", "belongs to normal parts; leave it out with " + method);
        OptionException.require(
                !fromNormal || ng != null || review != null, "ng", "or review must be given with " + method);
        OptionException.require(method != Method.MAX_F1 || ng == null, "ng", "is what MAX_F1 finds; leave it out");
        OptionException.require(method != Method.FNR || ng != null, "ng", "must be given with FNR");
        OptionException.require(
                ng == null || review == null || review.value() > ng.value(),
                "review",
                "must be above ng: it counts " + "the parts that are NG too");
    }

    /** At most this share of normal parts is NG, whatever their scores' distribution; of the combined score. */
    public static ThresholdPlan exact(Rate ng) {
        return new ThresholdPlan(Method.EXACT, ng, null, CONFIDENCE, List.of(ScoreBranch.COMBINED));
    }

    /** The same with fewer normal parts, by a model of the scores' tail: as good as that model. */
    public static ThresholdPlan tail(Rate ng) {
        return exact(ng).withMethod(Method.TAIL);
    }

    /** The best F1 on labelled test parts, without a promise; of the combined score. */
    public static ThresholdPlan maxF1() {
        return new ThresholdPlan(Method.MAX_F1, null, null, CONFIDENCE, List.of(ScoreBranch.COMBINED));
    }

    /** At most this share of parts with a defect is missed, from labelled test parts; of the combined score. */
    public static ThresholdPlan missed(Rate rate) {
        return new ThresholdPlan(Method.FNR, rate, null, CONFIDENCE, List.of(ScoreBranch.COMBINED));
    }

    /** The same rates from another method. @throws OptionException when they are not those of the method */
    public ThresholdPlan withMethod(Method newMethod) {
        return new ThresholdPlan(newMethod, ng, review, confidence, branches);
    }

    /** The same with a REVIEW threshold, above which at most this share of normal parts is; null = none. */
    public ThresholdPlan withReview(Rate newReview) {
        return new ThresholdPlan(method, ng, newReview, confidence, branches);
    }

    /** The same promise with another one-sided confidence. */
    public ThresholdPlan withConfidence(Rate newConfidence) {
        return new ThresholdPlan(method, ng, review, newConfidence, branches);
    }

    /** The same for other scores, at least one; those of whole parts share the rate. */
    public ThresholdPlan withBranches(List<ScoreBranch> newBranches) {
        return new ThresholdPlan(method, ng, review, confidence, newBranches);
    }

    /** Whether parts with a defect are needed. */
    public boolean labelled() {
        return method == Method.MAX_F1 || method == Method.FNR;
    }

    /**
     * A branch's part of a rate of normal parts: the parts above any of the thresholds are at most the sum of those
     * above each. The scores of parts that lack a modality share with nobody: such a part has no other score.
     */
    public double share(Rate rate, ScoreBranch branch) {
        return method == Method.FNR ? rate.value() : rate.value() / sharing(branch);
    }

    /**
     * The confidence of each branch's promise: the probability that any is broken is at most the sum of that of each.
     */
    public double sharedConfidence(ScoreBranch branch) {
        return 1 - (1 - confidence.value()) / sharing(branch);
    }

    private long sharing(ScoreBranch branch) {
        return branch.alone() ? 1 : branches.stream().filter(b -> !b.alone()).count();
    }

    /** The branch that promises most. */
    private ScoreBranch strictest() {
        return branches.stream().filter(b -> !b.alone()).findFirst().orElse(branches.get(0));
    }

    /**
     * Refuses, before anything is computed, what so many parts cannot promise.
     *
     * @param source where they are, for the message
     */
    public void requireNormal(int parts, String source) {
        for (Rate rate : new Rate[] {ng, review}) {
            String name = rate == ng ? "a false reject rate of " : "a review rate of ";
            if (rate != null && method == Method.TAIL) {
                requireTail(parts, source, name, rate);
            } else if (rate != null && method == Method.EXACT) {
                require(
                        parts,
                        source,
                        name,
                        rate,
                        "normal parts",
                        "allow more, or use the method tail, which models the scores' tail");
            }
        }
    }

    /** The same for parts with a defect. */
    public void requireAnomalous(int parts, String source) {
        if (method == Method.FNR) {
            require(parts, source, "a rate of missed parts of ", ng, "parts with a defect", "or allow more");
        }
    }

    private void require(int parts, String source, String name, Rate rate, String what, String instead) {
        double share = share(rate, strictest());
        double sure = sharedConfidence(strictest());
        long sharing = sharing(strictest());
        long needed = ToleranceBound.partsNeeded(share, sure);
        if (parts >= needed) {
            return;
        }
        double possible = ToleranceBound.lowestRate(parts, sure) * rate.value() / share;
        throw new InputException(name + rate + " with " + confidence + " confidence"
                + (sharing == 1 ? "" : ", shared by " + sharing + " scores,") + " needs " + needed + " " + what
                + ", and "
                + source + " has " + parts
                + (parts > 0 && possible < 1 ? " (enough for " + Rate.percent(possible) + ")" : "")
                + "; add parts, " + instead);
    }

    private void requireTail(int parts, String source, String name, Rate rate) {
        if (parts < TailBound.MIN_PARTS) {
            throw new InputException("the method tail needs " + TailBound.MIN_PARTS + " normal parts, and " + source
                    + " has " + parts + "; add parts");
        }
        if (share(rate, strictest()) >= TailBound.highestRate(parts)) {
            throw new InputException(name + rate + " is no matter of the tail, which with " + parts
                    + " parts is for rates below " + Rate.percent(TailBound.highestRate(parts) * sharing(strictest()))
                    + "; use the method exact");
        }
    }
}
