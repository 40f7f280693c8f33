package io.trd4j.sensitivity;

import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.io.Progress;
import io.trd4j.io.Sha256;
import io.trd4j.io.Stop;
import io.trd4j.model.InspectionMode;
import io.trd4j.model.Sensitivity;
import io.trd4j.model.Sensitivity.Pasted;
import io.trd4j.model.Sensitivity.Scores;
import io.trd4j.model.Thresholds;
import io.trd4j.threshold.ToleranceBound;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Scores of normal parts without a defect, and the limit that each gets from all others. */
final class NormalScores {
    private final SensitivityPlan plan;
    private final List<PartSource> sources = new ArrayList<>();
    private final List<String> ids = new ArrayList<>();
    private final List<Scores> scores = new ArrayList<>();
    private final String sha256;
    private InspectionMode mode;
    private boolean points;

    /** Those that lack another modality than the first one does are left out. */
    NormalScores(Inspector inspector, List<PartSource> normal, SensitivityPlan plan, Progress progress)
            throws IOException {
        this.plan = plan;
        Sha256 digest = new Sha256();
        Inspection inspection = inspector.newInspection();
        boolean first = true;
        boolean colour = false;
        boolean second = false;
        try (Progress.Task task = Stop.task(progress, "Scoring", normal.size())) {
            for (int i = 0; i < normal.size(); i++) {
                PartSource source = normal.get(i);
                Part part = source.load();
                if (first) {
                    colour = part.rgb() != null;
                    second = part.hasSecond();
                    points = part.xyz() != null;
                }
                if (part.hasSecond() == second && (part.rgb() != null) == colour) {
                    inspector.inspect(part, inspection);
                    mode = first ? inspection.mode() : mode;
                    first = false;
                    if (inspection.mode() == mode) {
                        sources.add(source);
                        ids.add(part.id());
                        scores.add(of(inspection));
                        digest.add(part.id()).add((byte) 0);
                        source.checksums(part).forEach(digest::addHex);
                    }
                }
                task.at(i + 1L);
            }
        }
        points &= mode != InspectionMode.RGB_ONLY;
        sha256 = digest.hex();
    }

    static Scores of(Inspection inspection) {
        return new Scores(inspection.score(), inspection.scoreRgb(), inspection.scoreDepth());
    }

    int count() {
        return scores.size();
    }

    InspectionMode mode() {
        return mode;
    }

    /** Whether they were inspected with points. */
    boolean points() {
        return points;
    }

    PartSource source(int i) {
        return sources.get(i);
    }

    String sha256() {
        return sha256;
    }

    /** Of false rejects that the others' limit keeps: the plan's, or the lowest that so few parts can promise. */
    double rate() {
        return enough()
                ? plan.rate().value()
                : ToleranceBound.lowestRate(count() - 1, plan.confidence().value());
    }

    private boolean enough() {
        return count() - 1
                >= ToleranceBound.partsNeeded(
                        plan.rate().value(), plan.confidence().value());
    }

    /** A part with the limit that it has no share in. */
    Pasted pasted(int i) {
        float[] others = new float[count() - 1];
        float highest = Float.NEGATIVE_INFINITY;
        for (int j = 0, next = 0; j < count(); j++) {
            if (j != i) {
                others[next++] = scores.get(j).score();
                highest = Math.max(highest, scores.get(j).score());
            }
        }
        double limit = enough()
                ? ToleranceBound.above(
                                others, plan.rate().value(), plan.confidence().value())
                        .value()
                : highest;
        return new Pasted(ids.get(i), scores.get(i), limit);
    }

    /**
     * Those that are not NG without a defect, and not above the limit of the others either: the part whose score is the
     * model's threshold would be NG with any defect.
     */
    int[] fit(Thresholds thresholds) {
        return IntStream.range(0, count())
                .filter(i -> {
                    Pasted part = pasted(i);
                    return !Sensitivity.ng(mode, scores.get(i), part, thresholds)
                            && !Sensitivity.ng(mode, scores.get(i), part, Thresholds.NONE);
                })
                .toArray();
    }
}
