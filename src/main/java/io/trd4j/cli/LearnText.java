package io.trd4j.cli;

import io.trd4j.learn.JudgedPart;
import io.trd4j.learn.LearnRun;
import io.trd4j.learn.PartRole;
import io.trd4j.model.LearningHistory.Gate;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds.Limits;
import io.trd4j.report.ThresholdText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The change that learning made, or would have made, in words. */
final class LearnText {
    private LearnText() {}

    static List<String> lines(LearnRun.Result result) {
        List<String> lines = new ArrayList<>();
        for (ScoreBranch branch : ScoreBranch.values()) {
            Limits before = result.before().thresholds().of(branch);
            Limits after = result.after().thresholds().of(branch);
            add(lines, branch, "NG", before.ng(), after.ng());
            add(lines, branch, "REVIEW", before.review(), after.review());
        }
        List<JudgedPart> shown = result.parts().stream()
                .filter(part -> part.role() == PartRole.OK || part.role() == PartRole.NG || part.changed())
                .toList();
        int width = shown.stream().mapToInt(part -> part.id().length()).max().orElse(0);
        for (JudgedPart part : shown) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%-" + Math.max(4, width) + "s  %-10s  score %8.4g -> %8.4g  %-6s -> %s%s",
                    part.id(),
                    part.role().key(),
                    part.scoreBefore(),
                    part.scoreAfter(),
                    part.verdictBefore(),
                    part.verdictAfter(),
                    part.learnt() ? ", learnt" : ""));
        }
        Gate gate = result.gate();
        lines.add("normal parts that were kept aside: " + gate.okBefore() + " -> " + gate.okAfter() + " of "
                + gate.normal() + " OK");
        lines.add(
                "known defects: " + gate.foundBefore() + " -> " + gate.foundAfter() + " of " + gate.defects() + " NG");
        lines.add((result.steps() == 0 ? "limits alone" : result.steps() + " steps of each student") + "; the gate "
                + (result.accepted() ? "accepts the new model" : "refuses the new model"));
        return lines;
    }

    private static void add(List<String> lines, ScoreBranch branch, String verdict, Threshold before, Threshold after) {
        if (after != null) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%-10s %-6s above %s, of %d parts -> above %s, of %d parts",
                    branch.key(),
                    verdict,
                    ThresholdText.value(before),
                    before.evidence().normal(),
                    ThresholdText.value(after),
                    after.evidence().normal()));
        }
    }
}
