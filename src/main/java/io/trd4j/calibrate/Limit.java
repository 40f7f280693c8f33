package io.trd4j.calibrate;

import io.trd4j.io.InputException;
import io.trd4j.metrics.MaxF1;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Threshold.Evidence;
import io.trd4j.model.Threshold.Method;
import io.trd4j.model.Threshold.Tail;
import io.trd4j.threshold.TailBound;
import io.trd4j.threshold.ToleranceBound;

/** One threshold from scores, with its evidence. */
final class Limit {
    private Limit() {}

    /**
     * One that promises a rate.
     *
     * @param method EXACT, TAIL or FNR
     * @param rate share of parts, of this score alone
     * @param confidence likewise
     * @throws InputException when the scores allow no such threshold
     */
    static Threshold of(Method method, ScoreBranch branch, double rate, double confidence, ScoredParts scored) {
        try {
            if (method == Method.TAIL) {
                return tail(branch, rate, confidence, scored);
            }
            ToleranceBound.Bound bound = method == Method.FNR
                    ? ToleranceBound.below(scored.scores(branch, true), rate, confidence)
                    : ToleranceBound.above(scored.scores(branch, false), rate, confidence);
            return new Threshold(
                    bound.value(),
                    method,
                    rate,
                    confidence,
                    evidence(bound.value(), branch, scored, bound.rank(), null, null));
        } catch (IllegalArgumentException e) {
            throw refused(branch, e);
        }
    }

    /**
     * The best F1, without a promise.
     *
     * @throws InputException when the scores allow none
     */
    static Threshold bestF1(ScoreBranch branch, ScoredParts scored) {
        try {
            MaxF1.Best best = MaxF1.best(scored.scores(branch), scored.anomalous());
            return new Threshold(
                    best.threshold(),
                    Method.MAX_F1,
                    null,
                    null,
                    evidence(best.threshold(), branch, scored, null, best.f1(), null));
        } catch (IllegalArgumentException e) {
            throw refused(branch, e);
        }
    }

    /** The normal score of a lower rank, a higher limit, in place of an exact one: it keeps the same promise. */
    static Threshold raised(Threshold exact, ScoreBranch branch, double value, int rank, ScoredParts scored) {
        return new Threshold(
                value,
                exact.method(),
                exact.rate(),
                exact.confidence(),
                evidence(value, branch, scored, rank, null, null));
    }

    private static Threshold tail(ScoreBranch branch, double rate, double confidence, ScoredParts scored) {
        TailBound bound = TailBound.of(scored.scores(branch, false), rate, confidence);
        Tail tail = new Tail(
                bound.estimate(),
                bound.level(),
                bound.peaks(),
                bound.shape(),
                bound.scale(),
                bound.andersonDarling(),
                bound.pValue());
        return new Threshold(
                bound.value(),
                Method.TAIL,
                rate,
                confidence,
                evidence(bound.value(), branch, scored, null, null, tail));
    }

    private static Evidence evidence(
            double value, ScoreBranch branch, ScoredParts scored, Integer rank, Double f1, Tail tail) {
        int anomalous = scored.count(true);
        return new Evidence(
                scored.count(false),
                scored.above(branch, false, value),
                anomalous,
                anomalous - scored.above(branch, true, value),
                rank,
                f1,
                tail,
                scored.sha256(),
                scored.precision(),
                scored.device());
    }

    private static InputException refused(ScoreBranch branch, IllegalArgumentException e) {
        return new InputException(branch.key() + ": " + e.getMessage() + "; give other parts, or other rates", e);
    }
}
