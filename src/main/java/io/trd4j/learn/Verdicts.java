package io.trd4j.learn;

import io.trd4j.calibrate.ScoredParts;
import io.trd4j.inspect.Verdict;
import io.trd4j.inspect.VerdictRule;
import io.trd4j.model.InspectionMode;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import io.trd4j.model.Thresholds.Limits;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** The verdicts that a model's limits give scored parts: of whole parts, and of the same parts without a modality. */
final class Verdicts {
    private final Thresholds thresholds;
    private final ScoredParts scored;
    private final Verdict[] whole;
    private final Map<ScoreBranch, Verdict[]> alone = new EnumMap<>(ScoreBranch.class);

    Verdicts(Thresholds thresholds, ScoredParts scored) {
        this.thresholds = thresholds;
        this.scored = scored;
        VerdictRule rule = new VerdictRule(thresholds);
        whole = new Verdict[scored.count()];
        for (int i = 0; i < whole.length; i++) {
            whole[i] = rule.of(
                    scored.scores(ScoreBranch.COMBINED)[i],
                    scored.scores(ScoreBranch.RGB)[i],
                    scored.scores(ScoreBranch.DEPTH)[i]);
        }
        for (ScoreBranch branch : ScoreBranch.values()) {
            if (branch.alone() && thresholds.of(branch).ng() != null) {
                InspectionMode mode =
                        branch == ScoreBranch.RGB_ONLY ? InspectionMode.RGB_ONLY : InspectionMode.DEPTH_ONLY;
                Verdict[] verdicts = new Verdict[whole.length];
                for (int i = 0; i < verdicts.length; i++) {
                    verdicts[i] = rule.ofAlone(mode, scored.scores(branch)[i]);
                }
                alone.put(branch, verdicts);
            }
        }
    }

    int count() {
        return scored.count();
    }

    /** The id by which results call a part. */
    String id(int part) {
        return scored.id(part);
    }

    /** In words, the score of a whole part that is not OK, and the limit that it is above. */
    String beyond(int part) {
        for (ScoreBranch branch : ScoreBranch.values()) {
            Limits limits = thresholds.of(branch);
            Threshold limit = whole[part] == Verdict.NG ? limits.ng() : limits.review();
            if (!branch.alone() && limit != null && scored.scores(branch)[part] > limit.value()) {
                return String.format(
                        Locale.ROOT,
                        "its %s score is %.4g, and of %d normal parts %d may be above the limit %.4g",
                        branch.key(),
                        scored.scores(branch)[part],
                        limit.evidence().normal(),
                        limit.evidence().falseRejects(),
                        limit.value());
            }
        }
        throw new IllegalStateException("a part is " + whole[part] + " without a score above a limit");
    }

    /** Of the whole part. */
    Verdict of(int part) {
        return whole[part];
    }

    /** The combined score. */
    float score(int part) {
        return scored.scores(ScoreBranch.COMBINED)[part];
    }

    /** In which way a part that was NG is not any more: as a whole, or without a modality; null = it is as NG. */
    String lost(int part, Verdicts after) {
        if (whole[part] == Verdict.NG && after.whole[part] != Verdict.NG) {
            return "";
        }
        for (Map.Entry<ScoreBranch, Verdict[]> mode : alone.entrySet()) {
            if (mode.getValue()[part] == Verdict.NG && after.alone.get(mode.getKey())[part] != Verdict.NG) {
                return " inspected " + mode.getKey().key();
            }
        }
        return null;
    }
}
