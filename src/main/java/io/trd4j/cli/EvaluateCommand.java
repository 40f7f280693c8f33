package io.trd4j.cli;

import io.trd4j.cli.options.InspectOptions;
import io.trd4j.cli.options.PointOptions;
import io.trd4j.cli.options.SkipBroken;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.SkippedPart;
import io.trd4j.data.dataset.SkippedParts;
import io.trd4j.evaluate.Baseline;
import io.trd4j.evaluate.Comparison;
import io.trd4j.evaluate.EvaluationRun;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.io.InputException;
import io.trd4j.io.Writable;
import io.trd4j.metrics.MetricsRow;
import io.trd4j.report.OfficialTable;
import io.trd4j.results.EvaluatedParts;
import io.trd4j.results.JsonLines;
import io.trd4j.results.ModelInUse;
import io.trd4j.sign.TrustedKeys;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code trd evaluate}: the official table on labelled test parts. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Inspect a category's test parts and print the official table: ten metrics each for the combined, the rgb "
                    + "and the depth map.",
            "Several categories: repeat --data, and --model once for all of them or once for each, in the same "
                    + "order; the mean over the categories is then printed too."
        })
final class EvaluateCommand implements Callable<Integer> {
    @Option(names = "--model", required = true, arity = "1..*", paramLabel = "FILE", description = "The model file.")
    private List<Path> models;

    @Option(
            names = "--data",
            required = true,
            arity = "1..*",
            paramLabel = "CATEGORY",
            description = "Folder of the category: MVTec 3D-AD or Eyecandies layout.")
    private List<Path> data;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Folder for metrics.json and scores.csv (one subfolder per category when there are several).")
    private Path out;

    @Option(names = "--maps", description = "Also write every anomaly map as a float32 TIFF.")
    private boolean maps;

    @Option(
            names = "--json",
            paramLabel = "FILE|-",
            description = "Write the content of result.json, as of inspect, of every part as one line; - writes to "
                    + "standard output, and all other text to standard error.")
    private String json;

    @Option(
            names = "--baseline",
            paramLabel = "FILE",
            description = "The metrics.json of an earlier evaluation: print what changed per category and per part, "
                    + "and write comparison.json.")
    private Path baseline;

    @Mixin
    private PointOptions points;

    @Mixin
    private SkipBroken broken;

    @Mixin
    private InspectOptions inspecting;

    @Override
    public Integer call() throws IOException {
        if (models.size() != 1 && models.size() != data.size()) {
            throw new InputException(models.size() + " models for " + data.size()
                    + " categories; give --model once, or once per --data");
        }
        InspectorOptions options = inspecting.options();
        Writable.requireFolder(out);
        requireJson();
        Deque<EvaluationRun> runs = prepare(options.trustedKeys());
        Baseline earlier = baseline == null
                ? null
                : Baseline.open(
                        baseline, runs.stream().map(EvaluationRun::category).toList());
        List<Comparison> comparisons = new ArrayList<>();
        Map<String, Map<String, MetricsRow>> categories = new LinkedHashMap<>();
        Map<String, List<SkippedPart>> skipped = new HashMap<>();
        List<String> verdicts = new ArrayList<>();
        int next = 0;
        try (JsonLines lines = JsonOption.open(json)) {
            for (; !runs.isEmpty(); next++) {
                // Taken off the queue: the maps of a category are freed when it is done.
                EvaluationRun run = runs.poll();
                inspect(run, model(next), options, lines);
                Map<String, MetricsRow> rows = EvaluationRun.rows(run.details());
                run.write(data.size() == 1 ? out : out.resolve(run.category()), maps, rows);
                categories.put(run.category(), rows);
                skipped.put(run.category(), run.skipped());
                if (earlier != null) {
                    comparisons.add(earlier.compare(run.category(), rows, run.results()));
                }
                EvaluationText.verdicts(run)
                        .forEach(line -> verdicts.add(data.size() == 1 ? line : run.category() + ": " + line));
            }
            if (lines != null) {
                lines.commit();
            }
        }
        PrintStream text = JsonOption.text(json);
        broken.summarise();
        if (categories.size() == 1) {
            text.print(OfficialTable.of(categories.values().iterator().next()));
        } else {
            EvaluationRun.writeMean(out.resolve("metrics.json"), categories, skipped);
            text.print(OfficialTable.paper(categories));
        }
        verdicts.forEach(text::println);
        if (earlier != null) {
            Comparison.write(out.resolve("comparison.json"), comparisons);
            comparisons.forEach(comparison -> text.print(EvaluationText.comparison(comparison, baseline)));
        }
        text.println("wrote " + out.resolve("metrics.json"));
        return 0;
    }

    private void requireJson() throws IOException {
        for (Path model : models) {
            JsonOption.require(json, "--model", model);
        }
        JsonOption.require(json, "--baseline", baseline);
        JsonOption.requireNoResult(json, out, List.of("metrics.json", "scores.csv", "comparison.json"));
    }

    /** @param lines null = they go nowhere */
    private static void inspect(EvaluationRun run, Path model, InspectorOptions options, JsonLines lines)
            throws IOException {
        try (Inspector inspector = Inspector.open(model, options)) {
            if (lines == null) {
                run.inspect(inspector, EvaluationRun.Observer.NONE, ConsoleProgress.STDERR);
                return;
            }
            EvaluatedParts parts = new EvaluatedParts(run, ModelInUse.of(model, inspector), lines);
            run.inspect(inspector, parts, ConsoleProgress.STDERR);
            parts.skipped();
        }
    }

    /** Everything that can be wrong with a category or its model is found before the first one is inspected. */
    private Deque<EvaluationRun> prepare(TrustedKeys trusted) throws IOException {
        Deque<EvaluationRun> runs = new ArrayDeque<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < data.size(); i++) {
            SkippedParts skipped = new SkippedParts(broken);
            Dataset dataset = broken.openReadable(points.convention(), data.get(i), skipped);
            if (!names.add(dataset.category())) {
                throw new InputException(
                        "two categories are named " + dataset.category() + "; evaluate them separately");
            }
            EvaluationRun run = EvaluationRun.prepare(dataset, Inspector.describe(model(i), trusted), skipped);
            EvaluationText.notes(run);
            runs.add(run);
        }
        return runs;
    }

    private Path model(int category) {
        return models.get(models.size() == 1 ? 0 : category);
    }
}
