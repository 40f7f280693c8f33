package io.trd4j.cli;

import io.trd4j.data.Part;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.image.ImageWriter;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.Verdict;
import io.trd4j.io.AtomicFile;
import io.trd4j.io.FileSet;
import io.trd4j.io.InputException;
import io.trd4j.metrics.Evaluation;
import io.trd4j.metrics.MetricsRow;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.RegionOfInterest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** All test parts of one category inspected, and the official metrics of the three maps: shared by evaluate and demo. */
final class EvaluationRun {
    /** The three rows of the official table, in its order. */
    static final List<String> BRANCHES = List.of("combined", "rgb", "depth");

    private final String category;
    private final int size;
    /** Of the maps, the pixels that count; null = all do. */
    private final boolean[] counts;
    private final List<PartFiles> parts;
    private final boolean[] anomalous;
    private final boolean[][] masks;
    /** Per branch, in the order of BRANCHES. */
    private final List<float[][]> maps = new ArrayList<>();
    private final List<float[]> scores = new ArrayList<>();
    private final Verdict[] verdicts;

    private EvaluationRun(Dataset dataset, ModelInfo model) {
        this.category = dataset.category();
        size = model.size();
        RegionOfInterest roi = model.regionOfInterest();
        counts = roi == null ? null : roi.mask();
        parts = dataset.test();
        anomalous = new boolean[parts.size()];
        masks = new boolean[parts.size()][];
        verdicts = new Verdict[parts.size()];
        for (int branch = 0; branch < BRANCHES.size(); branch++) {
            maps.add(new float[parts.size()][]);
            scores.add(new float[parts.size()]);
        }
    }

    /** Sees every part while its result is there. */
    interface Observer {
        void inspected(int index, Part part, Inspection inspection);
    }

    /**
     * The test parts with their masks, not inspected yet.
     *
     * @param model its size, and what counts of its maps
     * @throws InputException when the test parts are unlabelled, or a metric would be undefined (no defect, no normal part):
     *     before anything is computed
     */
    static EvaluationRun prepare(Dataset dataset, ModelInfo model) throws IOException {
        if (dataset.test().isEmpty() || !dataset.labelled()) {
            throw new InputException(dataset.category() + ": evaluation needs labelled test parts: test/good and test/DEFECT "
                    + "with masks; to inspect unlabelled parts use trd inspect");
        }
        EvaluationRun run = new EvaluationRun(dataset, model);
        for (int i = 0; i < run.parts.size(); i++) {
            run.anomalous[i] = run.parts.get(i).anomalous();
            run.masks[i] = run.parts.get(i).mask(run.size);
        }
        String missing = Evaluation.missing(run.masks, run.anomalous, run.counts);
        if (missing != null) {
            throw new InputException(dataset.category() + ": " + missing);
        }
        return run;
    }

    void inspect(Inspector inspector, Observer observer) throws IOException {
        Inspection inspection = inspector.newInspection();
        try (Progress progress = new Progress("Evaluating " + category, parts.size())) {
            for (int i = 0; i < parts.size(); i++) {
                Part part = parts.get(i).load();
                inspector.inspect(part, inspection);
                maps.get(0)[i] = inspection.map().clone();
                maps.get(1)[i] = inspection.mapRgb().clone();
                maps.get(2)[i] = inspection.mapDepth().clone();
                scores.get(0)[i] = inspection.score();
                scores.get(1)[i] = inspection.scoreRgb();
                scores.get(2)[i] = inspection.scoreDepth();
                verdicts[i] = inspection.verdict();
                observer.inspected(i, part, inspection);
                progress.at(i + 1L);
            }
        }
    }

    String category() {
        return category;
    }

    List<PartFiles> parts() {
        return parts;
    }

    boolean[] mask(int part) {
        return masks[part];
    }

    float[] map(int branch, int part) {
        return maps.get(branch)[part];
    }

    float score(int branch, int part) {
        return scores.get(branch)[part];
    }

    /** Of every part, in their order. */
    List<PartResult> results() {
        List<PartResult> results = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            results.add(new PartResult(parts.get(i).id(), anomalous[i], score(0, i), verdicts[i] == Verdict.NONE ? "" : verdicts[i].toString()));
        }
        return results;
    }

    /** How many normal parts and parts with a defect got which verdict, for people; empty when the model has no thresholds. */
    List<String> verdictLines() {
        if (verdicts[0] == Verdict.NONE) {
            return List.of();
        }
        return List.of("verdicts of normal parts: " + count(false), "verdicts of parts with a defect: " + count(true));
    }

    private String count(boolean withDefect) {
        Map<Verdict, Integer> counts = new EnumMap<>(Map.of(Verdict.OK, 0, Verdict.REVIEW, 0, Verdict.NG, 0));
        for (int i = 0; i < verdicts.length; i++) {
            if (anomalous[i] == withDefect) {
                counts.merge(verdicts[i], 1, Integer::sum);
            }
        }
        return counts.entrySet().stream().map(c -> c.getValue() + " " + c.getKey()).collect(Collectors.joining(", "));
    }

    /** Metrics and curves per branch, in the official table's order. */
    Map<String, Evaluation.Detail> details() {
        Map<String, Evaluation.Detail> details = new LinkedHashMap<>();
        for (int branch = 0; branch < BRANCHES.size(); branch++) {
            details.put(BRANCHES.get(branch),
                    Evaluation.detail(maps.get(branch), scores.get(branch), masks, anomalous, counts, size, size));
        }
        return details;
    }

    static Map<String, MetricsRow> rows(Map<String, Evaluation.Detail> details) {
        Map<String, MetricsRow> rows = new LinkedHashMap<>();
        details.forEach((branch, detail) -> rows.put(branch, detail.row()));
        return rows;
    }

    /**
     * Writes {@code scores.csv}, with {@code withMaps} the maps as {@code maps/ID_BRANCH.tiff}, and {@code metrics.json}: all
     * of them or, when one cannot be written, none.
     */
    void write(Path folder, boolean withMaps, Map<String, MetricsRow> rows) throws IOException {
        StringBuilder csv = new StringBuilder("id,kind,anomalous,score,score_rgb,score_depth,verdict\n");
        for (int i = 0; i < parts.size(); i++) {
            csv.append(String.format(Locale.ROOT, "%s,%s,%b,%s,%s,%s,%s\n", csv(parts.get(i).id()), csv(parts.get(i).kind()),
                    anomalous[i], score(0, i), score(1, i), score(2, i), verdicts[i] == Verdict.NONE ? "" : verdicts[i]));
        }
        try (FileSet files = new FileSet()) {
            files.add(folder.resolve("scores.csv"), AtomicFile.of(csv.toString().getBytes(StandardCharsets.UTF_8)));
            for (int i = 0; withMaps && i < parts.size(); i++) {
                for (int branch = 0; branch < BRANCHES.size(); branch++) {
                    Path file = folder.resolve("maps").resolve(parts.get(i).id() + "_" + BRANCHES.get(branch) + ".tiff");
                    files.add(file, AtomicFile.of(ImageWriter.tiffFloat(size, size, map(branch, i))));
                }
            }
            files.add(folder.resolve("metrics.json"), Json.of(toJson(rows)));
            files.commit();
        }
    }

    /** Of several categories: the mean as for one category, and under {@code categories} every one of them. */
    static void writeMean(Path file, Map<String, MetricsRow> mean, Map<String, Map<String, MetricsRow>> categories)
            throws IOException {
        Map<String, Object> json = new LinkedHashMap<>(toJson(mean));
        Map<String, Object> perCategory = new LinkedHashMap<>();
        categories.forEach((category, table) -> perCategory.put(category, toJson(table)));
        json.put("categories", perCategory);
        AtomicFile.write(file, Json.of(json));
    }

    /** {@code {"combined": {"I-AUROC": …}, "rgb": …, "depth": …}}. */
    private static Map<String, Map<String, Double>> toJson(Map<String, MetricsRow> rows) {
        Map<String, Map<String, Double>> json = new LinkedHashMap<>();
        rows.forEach((branch, row) -> json.put(branch, row.toMap()));
        return json;
    }

    private static String csv(String text) {
        return text.matches("[\\w./ -]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
