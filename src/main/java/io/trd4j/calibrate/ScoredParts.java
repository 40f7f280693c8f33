package io.trd4j.calibrate;

import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.drift.ReferenceCollector;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.PartStatistics;
import io.trd4j.io.Progress;
import io.trd4j.io.Sha256;
import io.trd4j.io.Stop;
import io.trd4j.model.DriftReference;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Thresholds.Limits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Parts and the scores that an inspection gives them: the very numbers that thresholds will be compared with. */
final class ScoredParts {
    private final float[][] scores;
    private final boolean[] anomalous;
    private final String sha256;
    private final DriftReference reference;
    private final List<String> ids = new ArrayList<>();
    /** Per part; of those inspected with both modalities. */
    private final List<float[]> statistics = new ArrayList<>();

    /**
     * @param anomalous which of the parts have a defect; the others are taken for normal
     * @param branches those wanted: the scores of parts that lack a modality are those of the parts without it, for
     *     which the inspector's policy must allow
     */
    ScoredParts(
            Inspector inspector,
            List<? extends PartSource> parts,
            boolean[] anomalous,
            List<ScoreBranch> branches,
            Progress progress)
            throws IOException {
        this.anomalous = anomalous;
        scores = new float[ScoreBranch.values().length][parts.size()];
        Sha256 digest = new Sha256();
        Inspection inspection = inspector.newInspection();
        ReferenceCollector collector = new ReferenceCollector();
        try (Progress.Task task = Stop.task(progress, "Scoring", parts.size())) {
            for (int i = 0; i < parts.size(); i++) {
                PartSource part = parts.get(i).withColorBits(inspector.model().colorBits());
                Part loaded = part.load();
                ids.add(loaded.id());
                if (!branches.stream().allMatch(ScoreBranch::alone)) {
                    inspector.inspect(loaded, inspection);
                    scores[ScoreBranch.COMBINED.ordinal()][i] = inspection.score();
                    scores[ScoreBranch.RGB.ordinal()][i] = inspection.scoreRgb();
                    scores[ScoreBranch.DEPTH.ordinal()][i] = inspection.scoreDepth();
                    float[] values = new float[PartStatistics.COUNT];
                    PartStatistics.read(inspection, values);
                    statistics.add(values);
                    if (!anomalous[i]) {
                        collector.add(inspection);
                    }
                }
                if (branches.contains(ScoreBranch.RGB_ONLY)) {
                    inspector.inspect(loaded.withoutSecond(), inspection);
                    scores[ScoreBranch.RGB_ONLY.ordinal()][i] = inspection.score();
                }
                if (branches.contains(ScoreBranch.DEPTH_ONLY)) {
                    inspector.inspect(loaded.withoutRgb(), inspection);
                    scores[ScoreBranch.DEPTH_ONLY.ordinal()][i] = inspection.score();
                }
                digest.add(loaded.id());
                digest.add((byte) 0);
                part.checksums(loaded).forEach(digest::addHex);
                task.at(i + 1L);
            }
        }
        sha256 = digest.hex();
        reference = collector.build(sha256, inspector.precision().key(), inspector.device());
    }

    /** One branch's scores, in the parts' order. */
    float[] scores(ScoreBranch branch) {
        return scores[branch.ordinal()];
    }

    boolean[] anomalous() {
        return anomalous;
    }

    /** Those of the parts with or without a defect. */
    float[] scores(ScoreBranch branch, boolean withDefect) {
        float[] chosen = new float[count(withDefect)];
        int next = 0;
        for (int i = 0; i < anomalous.length; i++) {
            if (anomalous[i] == withDefect) {
                chosen[next++] = scores(branch)[i];
            }
        }
        return chosen;
    }

    /** The doubts about limits that came from the normal parts' scores. */
    List<ThresholdNote> doubts(ScoreBranch branch, Limits limits) {
        List<String> normalIds = new ArrayList<>();
        List<float[]> normalStatistics = new ArrayList<>();
        for (int i = 0; i < anomalous.length; i++) {
            if (!anomalous[i]) {
                normalIds.add(ids.get(i));
                normalStatistics.add(statistics.isEmpty() ? null : statistics.get(i));
            }
        }
        return LimitCheck.of(
                branch,
                limits,
                sha256,
                scores(branch, false),
                normalIds,
                statistics.isEmpty() ? null : normalStatistics);
    }

    int count(boolean withDefect) {
        int count = 0;
        for (boolean a : anomalous) {
            count += a == withDefect ? 1 : 0;
        }
        return count;
    }

    /** How many of the parts with or without a defect are above a threshold. */
    int above(ScoreBranch branch, boolean withDefect, double threshold) {
        int above = 0;
        for (float score : scores(branch, withDefect)) {
            above += score > threshold ? 1 : 0;
        }
        return above;
    }

    /** Checksum of the parts' ids and files, as {@link io.trd4j.model.Threshold.Evidence} describes it. */
    String sha256() {
        return sha256;
    }

    /** Of the normal parts; null when they were too few, or not inspected with both modalities. */
    DriftReference reference() {
        return reference;
    }
}
