package io.trd4j.evaluate;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.trd4j.data.Part;
import io.trd4j.data.dataset.BrokenParts;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.MaskNotes;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.dataset.SkippedPart;
import io.trd4j.data.dataset.SkippedParts;
import io.trd4j.data.image.ImageWriter;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.inspect.Verdict;
import io.trd4j.io.AtomicFile;
import io.trd4j.io.Csv;
import io.trd4j.io.FileSet;
import io.trd4j.io.InputException;
import io.trd4j.io.Json;
import io.trd4j.io.Progress;
import io.trd4j.io.Stop;
import io.trd4j.metrics.Evaluation;
import io.trd4j.metrics.MetricsRow;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.RegionOfInterest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Inspects all test parts of one category and computes the official metrics of their three maps. Prepare it, inspect
 * once, then ask. It keeps all maps until it is dropped: 3 x S x S floats a part (0.8 MB at S = 256).
 */
public final class EvaluationRun {
    /** The three rows of the official table, in its order. */
    public static final List<String> BRANCHES = List.of("combined", "rgb", "depth");

    /** A row of scores.csv. */
    @JsonPropertyOrder({"id", "kind", "anomalous", "score", "score_rgb", "score_depth", "verdict"})
    private record ScoreRow(
            String id,
            String kind,
            boolean anomalous,
            float score,
            @JsonProperty("score_rgb") float scoreRgb,
            @JsonProperty("score_depth") float scoreDepth,
            String verdict) {}

    private final String category;
    private final int size;
    /** Of the maps, the pixels that count; null = all do. */
    private final boolean[] counts;

    private final List<PartFiles> parts;
    private final List<boolean[]> masks;
    /** Per branch, in the order of BRANCHES, and part. */
    private final List<List<float[]>> maps = new ArrayList<>();

    private final List<List<Float>> scores = new ArrayList<>();
    private final List<Verdict> verdicts = new ArrayList<>();
    private final MaskNotes notes;
    private final SkippedParts skipped;
    private boolean inspected;

    private EvaluationRun(
            String category,
            List<PartFiles> parts,
            List<boolean[]> masks,
            MaskNotes notes,
            SkippedParts skipped,
            ModelInfo model) {
        this.category = category;
        this.parts = parts;
        this.masks = masks;
        this.notes = notes;
        this.skipped = skipped;
        size = model.size();
        RegionOfInterest roi = model.regionOfInterest();
        counts = roi == null ? null : roi.mask();
        for (int branch = 0; branch < BRANCHES.size(); branch++) {
            maps.add(new ArrayList<>());
            scores.add(new ArrayList<>());
        }
    }

    /** Sees every part while its result is there. */
    @FunctionalInterface
    public interface Observer {
        Observer NONE = (index, part, readNanos, inspection) -> {};

        /**
         * Called once per part, in their order.
         *
         * @param index into {@link EvaluationRun#parts} as they are when all are inspected
         * @param readNanos that reading its files took
         * @param inspection filled; the next part overwrites it
         * @throws IOException when what it writes cannot be written: that ends the evaluation
         */
        void inspected(int index, Part part, long readNanos, Inspection inspection) throws IOException;
    }

    /**
     * The test parts with their masks, not inspected yet.
     *
     * @param model its size, and what counts of its maps ({@link Inspector#describe})
     * @throws InputException when the test parts are unlabelled, or a metric would be undefined (no defect, no normal
     *     part): before anything is computed
     */
    public static EvaluationRun prepare(Dataset dataset, ModelInfo model) throws IOException {
        return prepare(dataset, model, new SkippedParts(BrokenParts.REFUSE));
    }

    /**
     * The same, where parts may be left out.
     *
     * @param skipped knows those that were left out so far; told of those whose masks are missing or wrong, and of
     *     those that cannot be inspected later
     */
    public static EvaluationRun prepare(Dataset dataset, ModelInfo model, SkippedParts skipped) throws IOException {
        skipped.requireUsable(dataset.category(), SkippedParts.TEST, dataset.test());
        if (dataset.test().isEmpty() || !dataset.labelled()) {
            throw new InputException(
                    dataset.category() + ": evaluation needs labelled test parts: test/good and test/DEFECT "
                            + "with masks; to inspect unlabelled parts use trd inspect");
        }
        List<PartFiles> parts = new ArrayList<>();
        List<boolean[]> masks = new ArrayList<>();
        MaskNotes notes = new MaskNotes();
        for (PartFiles part : dataset.withColorBits(model.colorBits()).test()) {
            try {
                masks.add(part.mask(model.size(), notes));
                parts.add(part);
            } catch (InputException e) {
                skipped.found(part.id(), e);
            }
        }
        EvaluationRun run = new EvaluationRun(dataset.category(), parts, masks, notes, skipped, model);
        run.requireMetrics();
        return run;
    }

    /**
     * Prepares and inspects a category's labelled test parts: the results of {@code trd evaluate}, in memory.
     *
     * @throws InputException as {@link #prepare(Dataset, ModelInfo)}, and when a part cannot be read or inspected
     */
    public static EvaluationRun of(Path model, Dataset dataset, InspectorOptions options, Progress progress)
            throws IOException {
        return Stop.able(() -> {
            EvaluationRun run = prepare(dataset, Inspector.describe(model, options.trustedKeys()));
            try (Inspector inspector = Inspector.open(model, options)) {
                run.inspect(inspector, Observer.NONE, progress);
            }
            return run;
        });
    }

    /** The official metrics need normal parts and defects that count. */
    private void requireMetrics() {
        skipped.requireUsable(category, SkippedParts.TEST, parts);
        String missing = Evaluation.missing(maskArray(), anomalous(), counts);
        if (missing != null) {
            List<SkippedPart> out = skipped();
            throw new InputException(category + ": " + missing
                    + (out.isEmpty()
                            ? ""
                            : "; " + out.size() + (out.size() == 1 ? " other was" : " others were")
                                    + " left out; the first: " + out.get(0).reason()));
        }
    }

    private boolean[][] maskArray() {
        return masks.toArray(new boolean[0][]);
    }

    private boolean[] anomalous() {
        boolean[] anomalous = new boolean[parts.size()];
        for (int i = 0; i < anomalous.length; i++) {
            anomalous[i] = parts.get(i).anomalous();
        }
        return anomalous;
    }

    /**
     * Inspects every part and keeps maps, scores and verdicts. Parts that cannot be inspected, where they may be left
     * out, are missing in {@link #parts} and in all results.
     *
     * @param inspector of the model that the run was prepared for, with maps
     * @throws InputException when a part cannot be read or inspected and may not be left out, or when without those
     *     left out a metric would be undefined
     */
    public void inspect(Inspector inspector, Observer observer, Progress progress) throws IOException {
        Stop.able(() -> {
            stoppable(inspector, observer, progress);
            return null;
        });
    }

    private void stoppable(Inspector inspector, Observer observer, Progress progress) throws IOException {
        Inspection inspection = inspector.newInspection();
        int all = parts.size();
        try (Progress.Task task = Stop.task(progress, "Evaluating " + category, all)) {
            for (int done = 0; done < all; task.at(++done)) {
                int index = verdicts.size();
                Part part;
                long readNanos;
                try {
                    long start = System.nanoTime();
                    part = parts.get(index).load();
                    readNanos = System.nanoTime() - start;
                    inspector.inspect(part, inspection);
                } catch (InputException e) {
                    skipped.found(parts.get(index).id(), e);
                    parts.remove(index);
                    masks.remove(index);
                    continue;
                }
                maps.get(0).add(inspection.map().clone());
                maps.get(1).add(inspection.mapRgb().clone());
                maps.get(2).add(inspection.mapDepth().clone());
                scores.get(0).add(inspection.score());
                scores.get(1).add(inspection.scoreRgb());
                scores.get(2).add(inspection.scoreDepth());
                verdicts.add(inspection.verdict());
                observer.inspected(index, part, readNanos, inspection);
            }
        }
        requireMetrics();
        inspected = true;
    }

    private void requireInspected() {
        if (!inspected) {
            throw new IllegalStateException("the parts of " + category + " have not been inspected yet");
        }
    }

    /** The category's name. */
    public String category() {
        return category;
    }

    /** The test parts, in the order of all results; those that broken parts left. */
    public List<PartFiles> parts() {
        return Collections.unmodifiableList(parts);
    }

    /** The test parts that were left out so far. */
    public List<SkippedPart> skipped() {
        return skipped.of(SkippedParts.TEST);
    }

    /** Notes on what was inferred about the masks, one line each; empty as a rule. */
    public List<String> notes() {
        return notes.lines();
    }

    /** A part's ground truth, S x S, true = defect. Not a copy. */
    public boolean[] mask(int part) {
        return masks.get(part);
    }

    /**
     * A part's calibrated, blurred map, S x S. Not a copy.
     *
     * @param branch index into {@link #BRANCHES}
     */
    public float[] map(int branch, int part) {
        requireInspected();
        return maps.get(branch).get(part);
    }

    /** A part's score, the maximum of its map. */
    public float score(int branch, int part) {
        requireInspected();
        return scores.get(branch).get(part);
    }

    /** Of every part, in their order. */
    public List<PartResult> results() {
        List<PartResult> results = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            results.add(new PartResult(parts.get(i).id(), parts.get(i).anomalous(), score(0, i), verdict(i)));
        }
        return results;
    }

    /**
     * How many normal parts, or parts with a defect, got which verdict: OK, REVIEW and NG, in this order; empty when
     * the model has no thresholds.
     */
    public Map<Verdict, Integer> verdicts(boolean withDefect) {
        requireInspected();
        if (verdicts.get(0) == Verdict.NONE) {
            return Map.of();
        }
        Map<Verdict, Integer> count = new EnumMap<>(Map.of(Verdict.OK, 0, Verdict.REVIEW, 0, Verdict.NG, 0));
        for (int i = 0; i < verdicts.size(); i++) {
            if (parts.get(i).anomalous() == withDefect) {
                count.merge(verdicts.get(i), 1, Integer::sum);
            }
        }
        return count;
    }

    /**
     * Metrics and curves per branch, in the official table's order. Sorts all pixels: seconds for a hundred parts; keep
     * the result.
     */
    public Map<String, Evaluation.Detail> details() {
        requireInspected();
        Map<String, Evaluation.Detail> details = new LinkedHashMap<>();
        for (int branch = 0; branch < BRANCHES.size(); branch++) {
            float[] branchScores = new float[parts.size()];
            for (int i = 0; i < branchScores.length; i++) {
                branchScores[i] = score(branch, i);
            }
            details.put(
                    BRANCHES.get(branch),
                    Evaluation.detail(
                            maps.get(branch).toArray(new float[0][]),
                            branchScores,
                            maskArray(),
                            anomalous(),
                            counts,
                            size,
                            size));
        }
        return details;
    }

    /** For tables: empty without thresholds. */
    private String verdict(int part) {
        Verdict verdict = verdicts.get(part);
        return verdict == Verdict.NONE ? "" : verdict.toString();
    }

    /** The metrics alone, in the same order. */
    public static Map<String, MetricsRow> rows(Map<String, Evaluation.Detail> details) {
        Map<String, MetricsRow> rows = new LinkedHashMap<>();
        details.forEach((branch, detail) -> rows.put(branch, detail.row()));
        return rows;
    }

    /**
     * Writes {@code scores.csv}, with {@code withMaps} the maps as {@code maps/ID_BRANCH.tiff}, and
     * {@code metrics.json}: all of them or, when one cannot be written, none.
     *
     * @param folder created where it is missing
     * @param rows of {@link #details}
     * @throws IOException when a file cannot be written; those of an earlier evaluation are then unchanged
     */
    public void write(Path folder, boolean withMaps, Map<String, MetricsRow> rows) throws IOException {
        requireInspected();
        List<ScoreRow> table = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            table.add(new ScoreRow(
                    parts.get(i).id(),
                    parts.get(i).kind(),
                    parts.get(i).anomalous(),
                    score(0, i),
                    score(1, i),
                    score(2, i),
                    verdict(i)));
        }
        try (FileSet files = new FileSet()) {
            files.add(
                    folder.resolve("scores.csv"),
                    AtomicFile.of(Csv.of(ScoreRow.class, table).getBytes(StandardCharsets.UTF_8)));
            for (int i = 0; withMaps && i < parts.size(); i++) {
                for (int branch = 0; branch < BRANCHES.size(); branch++) {
                    Path file =
                            folder.resolve("maps").resolve(parts.get(i).id() + "_" + BRANCHES.get(branch) + ".tiff");
                    files.add(file, AtomicFile.of(ImageWriter.tiffFloat(size, size, map(branch, i))));
                }
            }
            files.add(folder.resolve("metrics.json"), Json.of(toJson(rows, skipped())));
            files.commit();
        }
    }

    /** The mean of each branch's metrics over several categories. */
    public static Map<String, MetricsRow> mean(Map<String, Map<String, MetricsRow>> categories) {
        Map<String, MetricsRow> mean = new LinkedHashMap<>();
        for (String branch : BRANCHES) {
            mean.put(
                    branch,
                    MetricsRow.mean(categories.values().stream()
                            .map(rows -> rows.get(branch))
                            .toList()));
        }
        return mean;
    }

    /**
     * Writes the {@code metrics.json} of several categories: the {@linkplain #mean mean} as for one category, and under
     * {@code categories} every one of them.
     *
     * @param skipped of the categories, the parts that were left out
     * @throws IOException when the file cannot be written; it is then unchanged
     */
    public static void writeMean(
            Path file, Map<String, Map<String, MetricsRow>> categories, Map<String, List<SkippedPart>> skipped)
            throws IOException {
        Map<String, Object> json = toJson(mean(categories), List.of());
        Map<String, Object> perCategory = new LinkedHashMap<>();
        categories.forEach((category, table) -> perCategory.put(category, toJson(table, skipped.get(category))));
        json.put("categories", perCategory);
        AtomicFile.write(file, Json.of(json));
    }

    /** {@code {"combined": {"I-AUROC": …}, "rgb": …, "depth": …}}, and {@code skipped} when parts were. */
    private static Map<String, Object> toJson(Map<String, MetricsRow> rows, List<SkippedPart> skipped) {
        Map<String, Object> json = new LinkedHashMap<>();
        rows.forEach((branch, row) -> json.put(branch, row.toMap()));
        if (!skipped.isEmpty()) {
            json.put("skipped", skipped);
        }
        return json;
    }
}
