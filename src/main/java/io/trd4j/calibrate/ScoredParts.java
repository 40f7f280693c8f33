package io.trd4j.calibrate;

import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.drift.ReferenceCollector;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.PartStatistics;
import io.trd4j.inspect.Warning;
import io.trd4j.io.Progress;
import io.trd4j.io.Sha256;
import io.trd4j.io.Stop;
import io.trd4j.model.DriftReference;
import io.trd4j.model.InspectionMode;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Thresholds.Limits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Parts and the scores that an inspection gives them: the very numbers that thresholds will be compared with. */
public final class ScoredParts {
    /** Of images of another kind, shape or scale. */
    private static final Set<Warning> OTHER =
            EnumSet.of(Warning.OTHER_KIND, Warning.OTHER_SHAPE, Warning.OTHER_SCALE, Warning.OTHER_AXES);

    private final float[][] scores;
    private final boolean[] anomalous;
    private final String precision;
    private final String device;
    private final DriftReference reference;
    private final List<String> ids = new ArrayList<>();
    private final List<List<String>> checksums = new ArrayList<>();
    /** Null per part that is as the model's normal ones. */
    private final List<String> unlike = new ArrayList<>();
    /** Per part; of those inspected with both modalities. */
    private final List<float[]> statistics = new ArrayList<>();

    /**
     * Inspects each part once for the whole part's scores, and once per score of parts that lack a modality.
     *
     * @param anomalous which of the parts have a defect; the others are taken for normal
     * @param branches those wanted: the scores of parts that lack a modality are those of the parts without it, for
     *     which the inspector's policy must allow
     * @throws io.trd4j.io.InputException when a part cannot be inspected
     * @throws IOException when a part cannot be read
     */
    public ScoredParts(
            Inspector inspector,
            List<? extends PartSource> parts,
            boolean[] anomalous,
            List<ScoreBranch> branches,
            Progress progress)
            throws IOException {
        this.anomalous = anomalous;
        scores = new float[ScoreBranch.values().length][parts.size()];
        precision = inspector.precision().key();
        device = inspector.device();
        Inspection inspection = inspector.newInspection();
        ReferenceCollector collector = new ReferenceCollector();
        try (Progress.Task task = Stop.task(progress, "Scoring", parts.size())) {
            for (int i = 0; i < parts.size(); i++) {
                PartSource part = parts.get(i).withColorBits(inspector.model().colorBits());
                Part loaded = part.load();
                ids.add(loaded.id());
                unlike.add(null);
                if (!branches.stream().allMatch(ScoreBranch::alone)) {
                    inspector.inspect(loaded, inspection);
                    scores[ScoreBranch.COMBINED.ordinal()][i] = inspection.score();
                    scores[ScoreBranch.RGB.ordinal()][i] = inspection.scoreRgb();
                    scores[ScoreBranch.DEPTH.ordinal()][i] = inspection.scoreDepth();
                    unlike.set(i, unlike(inspection));
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
                checksums.add(part.checksums(loaded));
                task.at(i + 1L);
            }
        }
        reference = collector.build(sha256(), precision, device);
    }

    private static String unlike(Inspection inspection) {
        if (inspection.mode() != InspectionMode.BOTH) {
            return "lacks its " + (inspection.mode() == InspectionMode.RGB_ONLY ? "second image" : "colour image");
        }
        List<String> kinds = inspection.warnings().stream()
                .filter(OTHER::contains)
                .map(Warning::key)
                .toList();
        return kinds.isEmpty() ? null : "is unlike the model's normal parts (" + String.join(", ", kinds) + ")";
    }

    /** Why a part is none like the model's normal ones, whatever its scores, as a sentence's rest; null = it is one. */
    public String unlike(int part) {
        return unlike.get(part);
    }

    /** Their number. */
    public int count() {
        return ids.size();
    }

    /** The id by which results call a part. */
    public String id(int part) {
        return ids.get(part);
    }

    /** Of a part's images, as {@link PartSource#checksums} gives them. */
    public List<String> checksums(int part) {
        return checksums.get(part);
    }

    /** Arithmetic that computed the scores: {@link io.trd4j.model.Precision#key}. */
    public String precision() {
        return precision;
    }

    /** That computed the scores: {@code cpu}, or {@code cuda:0 (name of the GPU)}. */
    public String device() {
        return device;
    }

    /** One branch's scores, in the parts' order. */
    public float[] scores(ScoreBranch branch) {
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
    public List<ThresholdNote> doubts(ScoreBranch branch, Limits limits) {
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
                sha256(),
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
    public String sha256() {
        return sha256(count());
    }

    /** The same of the first of the parts. */
    public String sha256(int first) {
        Sha256 digest = new Sha256();
        for (int i = 0; i < first; i++) {
            digest.add(ids.get(i));
            digest.add((byte) 0);
            checksums.get(i).forEach(digest::addHex);
        }
        return digest.hex();
    }

    /** Of the normal parts; null when they were too few, or not inspected with both modalities. */
    public DriftReference reference() {
        return reference;
    }
}
