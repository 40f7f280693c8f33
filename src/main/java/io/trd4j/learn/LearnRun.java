package io.trd4j.learn;

import io.trd4j.calibrate.RenewedThresholds;
import io.trd4j.calibrate.ScoredParts;
import io.trd4j.calibrate.ThresholdNote;
import io.trd4j.data.PartSource;
import io.trd4j.inspect.InputPolicy;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.inspect.Verdict;
import io.trd4j.io.FileSet;
import io.trd4j.io.InputException;
import io.trd4j.io.OutputLock;
import io.trd4j.io.Progress;
import io.trd4j.io.Sha256;
import io.trd4j.io.Stop;
import io.trd4j.io.Writable;
import io.trd4j.model.DriftReference;
import io.trd4j.model.LearningHistory;
import io.trd4j.model.LearningHistory.Gate;
import io.trd4j.model.LearningHistory.LearntPart;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import io.trd4j.model.network.Network;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * From a model and parts that somebody calls OK to a new model, which is written when it passes its gate.
 *
 * <p><b>Thresholds.</b> Each limit is set again by its own method, rate and confidence, from the scores of the
 * validation parts and of the OK parts ({@link RenewedThresholds}).
 *
 * <p><b>Steps</b>, if asked for. The students go on from their weights, on training parts and every second one of the
 * new OK parts, from the first on. The others are kept aside: a score of a part that was learnt promises nothing about
 * new parts. Then the model is calibrated anew, and its limits are set, on the validation parts and those kept aside.
 *
 * <p><b>The gate.</b> Both must hold:
 *
 * <ul>
 *   <li>of all normal parts that were not learnt, validation parts and good test parts together, at least as many are
 *       OK under the new model as under the old one;
 *   <li>each part with a known defect that was NG is NG, and every part that was called NG is NG.
 * </ul>
 */
public final class LearnRun {
    private final LearnParts parts;
    private final LearnOptions options;
    private final Progress progress;
    private final SamePart same;
    private final List<ScoreBranch> branches;
    /** Validation parts, then the OK parts that set limits. */
    private final List<PartSource> setting = new ArrayList<>();
    /** The category's good test parts that nobody called OK. */
    private final List<PartSource> good = new ArrayList<>();
    /** Good test parts, parts with a defect, NG parts, and the OK parts that set no limit. */
    private final List<PartSource> watched = new ArrayList<>();

    private final List<PartSource> learnt = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /**
     * The change that learning made, or would have made.
     *
     * @param refused why the gate refused the new model, in one line; null when it was written
     * @param before the old model
     * @param after the new one
     * @param parts all that were looked at: validation parts, then OK parts, good test parts, defects, NG parts
     * @param gate the counts by which it was judged
     * @param steps that each student took
     * @param notes doubts and facts, one line each: OK parts that are not OK, copies, limits that one part sets
     */
    public record Result(
            String refused,
            ModelInfo before,
            ModelInfo after,
            List<JudgedPart> parts,
            Gate gate,
            int steps,
            List<String> notes) {
        public Result {
            parts = List.copyOf(parts);
            notes = List.copyOf(notes);
        }

        /** Whether the new model was written. */
        public boolean accepted() {
            return refused == null;
        }
    }

    private LearnRun(ModelInfo info, LearnParts parts, LearnOptions options, Progress progress) throws IOException {
        this.parts = parts;
        this.options = options;
        this.progress = progress;
        same = new SamePart(parts);
        branches = RenewedThresholds.branches(info.thresholds());
        for (int i = 0; options.steps() > 0 && i < same.fresh.size(); i += 2) {
            learnt.add(same.fresh.get(i));
        }
        if (options.steps() > 0 && learnt.isEmpty()) {
            throw new InputException(
                    "the model knows all of these OK parts already; give new ones, or leave --steps" + " away");
        }
        setting.addAll(parts.validation());
        same.fresh.stream().filter(part -> !learnt.contains(part)).forEach(setting::add);
        for (PartSource part : parts.good()) {
            if (!same.good.contains(SamePart.name(part))) {
                good.add(part);
            }
        }
        watched.addAll(good);
        watched.addAll(parts.defects());
        watched.addAll(parts.ng());
        same.ok.stream().filter(part -> !setting.contains(part)).forEach(watched::add);
        notes.addAll(parts.notes());
        notes.addAll(same.notes);
        if (parts.defects().isEmpty() && parts.ng().isEmpty()) {
            notes.add("no part with a known defect: nothing shows whether defects stay found; give some with --ng, or"
                    + " under test/DEFECT");
        }
    }

    /**
     * Learns, and writes the new model when the gate accepts it. The old one is only read.
     *
     * @param model calibrated, with limits by order statistics or a model of the tail
     * @param out the new model; one that is there is replaced, and must not be the old one
     * @throws InputException when the model cannot learn, a part is called OK and NG or cannot be inspected or is none
     *     of this line, parts are too few for the limits' promises, training diverges, or another run writes the new
     *     model; nothing is written then
     * @throws io.trd4j.io.StoppedException when it was {@linkplain Stop stopped}
     * @throws IOException when a part cannot be read, or the new model not be written
     */
    public static Result run(Path model, LearnParts parts, Path out, LearnOptions options, Progress progress)
            throws IOException {
        return run(model, parts, out, options, network -> {}, progress);
    }

    /** @param afterSteps given the network when the steps are done, before the gate */
    static Result run(
            Path model,
            LearnParts parts,
            Path out,
            LearnOptions options,
            Consumer<Network> afterSteps,
            Progress progress)
            throws IOException {
        Writable.requireOther("the new model", out, "the old model", model);
        return Stop.able(() -> {
            ModelInfo info = Inspector.describe(model);
            RenewedThresholds.require(model, info.thresholds());
            LearnRun run = new LearnRun(info, parts, options, progress);
            try (OutputLock lock = OutputLock.of(out);
                    FileSet written = new FileSet()) {
                written.add(out, channel -> Files.copy(model, Channels.newOutputStream(channel)));
                Result result = run.learn(written.written(out), afterSteps);
                if (result.accepted()) {
                    written.commit();
                }
                return result;
            }
        });
    }

    /** @param file a copy of the model, which becomes the new one */
    private Result learn(Path file, Consumer<Network> afterSteps) throws IOException {
        String sha256 = Sha256.of(file);
        ModelInfo before = Inspector.describe(file);
        ScoredParts[] old = score(file);
        requireUsable(old);
        noteOtherParts(before.thresholds(), old[0]);
        int steps = 0;
        ScoredParts[] now = old;
        if (!learnt.isEmpty()) {
            steps = StudentSteps.take(file, parts.trained(), learnt, setting, options, afterSteps, progress);
            now = score(file);
        }
        Thresholds thresholds = RenewedThresholds.of(
                before.thresholds(), old[0], now[0], parts.validation().size());
        RenewedThresholds.doubts(thresholds, now[0]).stream()
                .map(ThresholdNote::message)
                .forEach(notes::add);
        List<JudgedPart> judged = new ArrayList<>();
        List<String> lost = new ArrayList<>();
        for (int set = 0; set < 2; set++) {
            judge(
                    set == 0,
                    new Verdicts(before.thresholds(), old[set]),
                    new Verdicts(thresholds, now[set]),
                    judged,
                    lost);
        }
        Gate gate = gate(judged);
        LearningHistory history = before.learning()
                .and(new LearningHistory.Step(
                        sha256,
                        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                        called(PartRole.OK, old),
                        called(PartRole.NG, old),
                        steps,
                        steps == 0 ? null : options.learningRate(),
                        steps == 0 ? null : options.seed(),
                        gate));
        DriftReference reference = now[0].reference();
        ModelFile.replaceInfo(
                file,
                info -> info.withThresholds(thresholds)
                        .withDriftReference(reference != null ? reference : info.driftReference())
                        .withLearning(history));
        return new Result(refusal(gate, judged, lost), before, Inspector.describe(file), judged, gate, steps, notes);
    }

    /** The parts that set limits, and those that are watched. */
    private ScoredParts[] score(Path file) throws IOException {
        InspectorOptions inspection = branches.stream().anyMatch(ScoreBranch::alone)
                ? options.inspection().withInputs(InputPolicy.inspectOther())
                : options.inspection();
        try (Inspector inspector = Inspector.open(file, inspection)) {
            boolean[] withoutReference = new boolean[watched.size()];
            Arrays.fill(withoutReference, true);
            return new ScoredParts[] {
                new ScoredParts(inspector, setting, new boolean[setting.size()], branches, progress),
                new ScoredParts(inspector, watched, withoutReference, branches, progress)
            };
        }
    }

    /** A part that is none of this line teaches nothing, whoever calls it OK. */
    private void requireUsable(ScoredParts[] scored) throws IOException {
        for (int set = 0; set < 2; set++) {
            List<PartSource> of = set == 0 ? setting : watched;
            for (int i = 0; i < of.size(); i++) {
                String unlike = scored[set].unlike(i);
                if (unlike != null && (same.ok.contains(of.get(i)) || parts.ng().contains(of.get(i)))) {
                    throw new InputException("the part " + SamePart.name(of.get(i)) + " " + unlike
                            + "; give parts as the model was calibrated on");
                }
            }
        }
    }

    /** Limits of other parts would be replaced by those of these. */
    private void noteOtherParts(Thresholds thresholds, ScoredParts scored) {
        int known = parts.validation().size();
        String sha256 = scored.sha256(known);
        thresholds
                .all()
                .map(Threshold::evidence)
                .filter(evidence -> !evidence.dataSha256().equals(sha256))
                .findFirst()
                .ifPresent(evidence -> notes.add("the model's limits came from " + evidence.normal()
                        + " normal parts, which are not just the " + known + " validation parts; parts that were learnt"
                        + " before count again when they are among the validation parts, or called OK once more"));
    }

    private PartRole role(boolean sets, int i) {
        if (sets) {
            return i < parts.validation().size() ? PartRole.VALIDATION : PartRole.OK;
        }
        int rest = i - good.size();
        if (rest < 0) {
            return PartRole.TEST_GOOD;
        }
        rest -= parts.defects().size();
        if (rest < 0) {
            return PartRole.DEFECT;
        }
        return rest < parts.ng().size() ? PartRole.NG : PartRole.OK;
    }

    private void judge(boolean sets, Verdicts before, Verdicts after, List<JudgedPart> judged, List<String> lost) {
        for (int i = 0; i < after.count(); i++) {
            PartRole role = role(sets, i);
            JudgedPart part = new JudgedPart(
                    after.id(i),
                    role,
                    before.score(i),
                    after.score(i),
                    before.of(i),
                    after.of(i),
                    !sets && learnt.contains(watched.get(i)),
                    sets);
            judged.add(part);
            String how = role == PartRole.DEFECT || role == PartRole.NG ? before.lost(i, after) : null;
            if (how != null) {
                lost.add(part.id() + how);
            }
            if (how == null
                    && (role == PartRole.DEFECT || role == PartRole.NG)
                    && part.verdictBefore() == Verdict.REVIEW
                    && part.verdictAfter() == Verdict.OK) {
                notes.add(
                        "the known defect " + part.id() + " was REVIEW and is OK now: nobody will look at such a part;"
                                + " the gate asks for those that were NG");
            }
            if (role == PartRole.OK && part.verdictAfter() != Verdict.OK) {
                notes.add("the part " + part.id() + " is " + part.verdictAfter()
                        + " all the same, beyond what the limits' promise lets through: " + after.beyond(i)
                        + "; call more parts like it OK"
                        + (options.steps() == 0 ? ", or let the students learn it: --steps N" : ""));
            }
        }
    }

    private static Gate gate(List<JudgedPart> judged) {
        List<JudgedPart> normal = judged.stream()
                .filter(part -> part.role() == PartRole.VALIDATION || part.role() == PartRole.TEST_GOOD)
                .toList();
        List<JudgedPart> defects = judged.stream()
                .filter(part -> part.role() == PartRole.DEFECT || part.role() == PartRole.NG)
                .toList();
        return new Gate(
                normal.size(),
                (int) normal.stream()
                        .filter(part -> part.verdictBefore() == Verdict.OK)
                        .count(),
                (int) normal.stream()
                        .filter(part -> part.verdictAfter() == Verdict.OK)
                        .count(),
                defects.size(),
                (int) defects.stream()
                        .filter(part -> part.verdictBefore() == Verdict.NG)
                        .count(),
                (int) defects.stream()
                        .filter(part -> part.verdictAfter() == Verdict.NG)
                        .count());
    }

    /** Null when both conditions of the gate hold. */
    private static String refusal(Gate gate, List<JudgedPart> judged, List<String> lost) {
        if (!lost.isEmpty()) {
            return lost.size() + " of " + gate.foundBefore() + " known defects that were NG would not be: "
                    + some(lost);
        }
        List<String> missed = judged.stream()
                .filter(part -> part.role() == PartRole.NG && part.verdictAfter() != Verdict.NG)
                .map(JudgedPart::id)
                .toList();
        if (!missed.isEmpty()) {
            return missed.size() + " of the parts that are called NG would not be NG: " + some(missed);
        }
        return gate.okAfter() >= gate.okBefore()
                ? null
                : "of " + gate.normal() + " normal parts that were kept aside, " + gate.okAfter() + " would be OK, and "
                        + gate.okBefore() + " are with the old model";
    }

    private static String some(List<String> names) {
        int shown = Math.min(3, names.size());
        return String.join(", ", names.subList(0, shown))
                + (names.size() > shown ? " and " + (names.size() - shown) + " more" : "");
    }

    private List<LearntPart> called(PartRole role, ScoredParts[] scored) {
        List<LearntPart> called = new ArrayList<>();
        for (int set = 0; set < 2; set++) {
            for (int i = 0; i < scored[set].count(); i++) {
                if (role(set == 0, i) == role) {
                    called.add(new LearntPart(scored[set].id(i), scored[set].checksums(i)));
                }
            }
        }
        return called;
    }
}
