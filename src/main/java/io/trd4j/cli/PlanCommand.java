package io.trd4j.cli;

import io.trd4j.cli.options.ComputeOptions;
import io.trd4j.cli.options.ModelChoice;
import io.trd4j.engine.PlanReport;
import io.trd4j.engine.StepProfile;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.inspect.PlanMeasurement;
import io.trd4j.io.AtomicFile;
import io.trd4j.io.InputException;
import io.trd4j.io.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code trd plan}: the compiled plan of a model, step by step, and where its time goes. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Print the execution plan of a model and measure every step of it.",
            "Times are medians over noise images; the peak is what one large matrix product of the same "
                    + "precision reaches in the same process."
        })
final class PlanCommand implements Callable<Integer> {
    private static final int MAX_RUNS = 100_000;

    @Mixin
    private ModelChoice choice;

    @Mixin
    private ComputeOptions inference;

    @Option(
            names = "--runs",
            defaultValue = "10",
            paramLabel = "N",
            description = "Measured runs, after 2 to warm up (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the report as JSON too.")
    private Path json;

    @Override
    public Integer call() throws IOException {
        choice.check();
        InspectorOptions options = inference.options();
        if (runs < 1 || runs > MAX_RUNS) {
            throw new InputException("--runs must be 1 to " + MAX_RUNS + ", not " + runs);
        }
        choice.requireReport(json);
        PlanReport report = choice.model() == null
                ? PlanMeasurement.measureRandom(choice.backbone(), choice.size(), options, runs)
                : PlanMeasurement.measure(choice.model(), options, runs);
        if (choice.model() == null) {
            System.out.println(ModelChoice.MEANINGLESS);
        }
        PlanText.lines(report).forEach(System.out::println);
        if (json != null) {
            AtomicFile.write(json, Json.of(json(report)));
        }
        return 0;
    }

    private Map<String, Object> json(PlanReport report) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("model", choice.model() == null ? null : choice.model().toString());
        all.put("random", choice.model() == null);
        all.put("backbone", report.backbone().key());
        all.put("size", report.size());
        all.put("precision", report.precision().key());
        all.put("threads", report.threads());
        all.put("library", report.library());
        all.put("runs", report.runs());
        all.put("gflop", report.flop() / 1e9);
        all.put("weights_bytes", report.weightBytes());
        all.put("arena_bytes", report.arenaBytes());
        all.put("network_ms", report.networkMillis());
        boolean measured = report.timed();
        all.put("peak_gflop_per_s", measured ? report.peakGflopPerSecond() : null);
        all.put("share_of_peak", measured ? report.shareOfPeak() : null);
        all.put("by_kind", totals(report.byKind()));
        all.put("by_part", totals(report.byPart()));
        List<Map<String, Object>> steps = new ArrayList<>();
        for (StepProfile step : report.steps()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", step.name());
            one.put("part", step.part());
            one.put("kind", step.kind());
            one.put("shape", step.shape());
            one.put("type", step.type());
            one.put("gflop", step.flop() / 1e9);
            one.put("feature_bytes", step.featureBytes());
            one.put("weight_bytes", step.weightBytes());
            one.put("ms", step.millis());
            one.put("gflop_per_s", step.gflopPerSecond());
            one.put("share_of_peak", measured ? report.shareOfPeak(step) : null);
            one.put("implementation", step.implementation());
            steps.add(one);
        }
        all.put("steps", steps);
        return all;
    }

    private static Map<String, Object> totals(List<PlanReport.Total> totals) {
        Map<String, Object> all = new LinkedHashMap<>();
        for (PlanReport.Total total : totals) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("steps", total.steps());
            one.put("gflop", total.flop() / 1e9);
            one.put("bytes", total.bytes());
            one.put("ms", total.millis());
            all.put(total.name(), one);
        }
        return all;
    }
}
