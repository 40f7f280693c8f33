package io.trd4j.cli;

import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.Verdict;
import io.trd4j.io.InputException;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Thresholds;
import io.trd4j.model.Thresholds.Limits;
import io.trd4j.sign.TrustedKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Tells the worst verdict of all parts by the exit code where {@code --fail-on} asks for that.
 *
 * @param failOn null = the exit code tells nothing of verdicts
 */
record WorstVerdict(FailOn failOn) {
    /** Exit code when --fail-on is given and a part is NG: neither success nor failure, as of trd monitor. */
    static final int PART_NG = 3;

    /** Exit code with --fail-on review when no part is NG, but one is to be looked at. */
    static final int PART_REVIEW = 4;

    private static final int PART_SKIPPED = 2;

    /** The best verdict that the exit code tells of. */
    enum FailOn {
        NG,
        REVIEW
    }

    /** Without the thresholds that make it, a verdict that is waited for never comes: not a word would say so. */
    void requireThresholds(Path model, TrustedKeys trusted) throws IOException {
        if (failOn == null) {
            return;
        }
        Thresholds thresholds = Inspector.describe(model, trusted).thresholds();
        if (Stream.of(ScoreBranch.values()).map(thresholds::of).noneMatch(this::tells)) {
            throw new InputException("--fail-on " + failOn.name().toLowerCase(Locale.ROOT) + " can never fail: " + model
                    + " has no " + (failOn == FailOn.NG ? "NG threshold" : "thresholds")
                    + "; set them with trd calibrate --false-reject-rate RATE, or trd threshold --ng SCORE");
        }
    }

    private boolean tells(Limits limits) {
        return limits.ng() != null || failOn == FailOn.REVIEW && limits.review() != null;
    }

    /**
     * The exit code.
     *
     * @param verdicts that parts got
     * @param skipped how many parts were left out: nobody knows what they are, and must not take them for good
     */
    int exitCode(Set<Verdict> verdicts, int skipped) {
        if (failOn == null) {
            return 0;
        }
        if (verdicts.contains(Verdict.NG)) {
            return PART_NG;
        }
        if (verdicts.contains(Verdict.REVIEW) && failOn == FailOn.REVIEW) {
            return PART_REVIEW;
        }
        return skipped > 0 ? PART_SKIPPED : 0;
    }
}
