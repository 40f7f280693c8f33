package io.trd4j.calibrate;

import io.trd4j.io.InputException;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Threshold.Method;
import io.trd4j.model.Thresholds;
import io.trd4j.model.Thresholds.Limits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A model's thresholds set again, each by its own method and with its own promise, from more normal parts than it had.
 * A limit by order statistics is the lowest that keeps the promise, unless more of the parts that were there before
 * would then be above it than were above the old one: in that case it is the lowest, higher one with which that is not
 * so. A higher limit keeps the promise, too.
 */
public final class RenewedThresholds {
    private RenewedThresholds() {}

    /** Scores whose limits can be set again, in the order of {@link ScoreBranch}. */
    public static List<ScoreBranch> branches(Thresholds thresholds) {
        return Stream.of(ScoreBranch.values())
                .filter(branch -> thresholds.of(branch).all().findAny().isPresent())
                .toList();
    }

    /**
     * Checks that each limit says how it can be set again.
     *
     * @param model for messages
     * @throws InputException when whole parts have no NG limit, or one is not by order statistics or a model of the
     *     tail
     */
    public static void require(Object model, Thresholds thresholds) {
        if (Stream.of(ScoreBranch.values())
                .noneMatch(branch -> !branch.alone() && thresholds.of(branch).ng() != null)) {
            throw new InputException(
                    model + " has no NG limit that could be learnt anew; set one: trd calibrate --model " + model
                            + " --data CATEGORY --false-reject-rate 5%");
        }
        for (ScoreBranch branch : branches(thresholds)) {
            thresholds.of(branch).all().forEach(limit -> {
                if (limit.method() != Method.EXACT && limit.method() != Method.TAIL
                        || limit.rate() == null
                        || limit.confidence() == null) {
                    throw new InputException(model + ": the limit of the " + branch.key()
                            + " score promises no rate of false rejects (its method is "
                            + limit.method().key()
                            + "), so no part can change it; set it with trd calibrate --false-reject-rate RATE");
                }
            });
        }
    }

    /**
     * Sets all limits that are there again.
     *
     * @param old as {@link #require} accepts them
     * @param before scores of the parts when the old limits judged them
     * @param now scores of the same parts, in the same order, all of them normal
     * @param known the first of them so many: those that were there before
     * @throws InputException when the scores allow no such limits
     */
    public static Thresholds of(Thresholds old, ScoredParts before, ScoredParts now, int known) {
        Thresholds renewed = old;
        for (ScoreBranch branch : branches(old)) {
            Limits limits = old.of(branch);
            Threshold ng = renewed(branch, limits.ng(), before, now, known);
            Threshold review = renewed(branch, limits.review(), before, now, known);
            if (ng != null && review != null && review.value() > ng.value()) {
                throw new InputException(branch.key() + ": the review limit " + review.value()
                        + " would be above the NG limit " + ng.value()
                        + "; set both anew with trd calibrate --false-reject-rate and --review-rate");
            }
            renewed = renewed.with(branch, new Limits(ng, review));
        }
        return renewed;
    }

    private static Threshold renewed(
            ScoreBranch branch, Threshold old, ScoredParts before, ScoredParts now, int known) {
        if (old == null) {
            return null;
        }
        Threshold limit = Limit.of(old.method(), branch, old.rate(), old.confidence(), now);
        if (limit.evidence().rank() == null) {
            return limit;
        }
        float[] scores = now.scores(branch);
        int allowed = above(before.scores(branch), known, old.value());
        float[] sorted = scores.clone();
        Arrays.sort(sorted);
        int rank = limit.evidence().rank();
        while (rank > 1 && above(scores, known, sorted[sorted.length - rank]) > allowed) {
            rank--;
        }
        return rank == limit.evidence().rank()
                ? limit
                : Limit.raised(limit, branch, sorted[sorted.length - rank], rank, now);
    }

    private static int above(float[] scores, int first, double limit) {
        int above = 0;
        for (int i = 0; i < first; i++) {
            above += scores[i] > limit ? 1 : 0;
        }
        return above;
    }

    /** The doubts about limits from these parts: that one part alone sets a limit, that there is no room for REVIEW. */
    public static List<ThresholdNote> doubts(Thresholds thresholds, ScoredParts scored) {
        List<ThresholdNote> notes = new ArrayList<>();
        branches(thresholds).forEach(branch -> notes.addAll(scored.doubts(branch, thresholds.of(branch))));
        return notes;
    }
}
