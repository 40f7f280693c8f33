package io.trd4j.cli;

import io.trd4j.calibrate.Rate;
import io.trd4j.cli.options.InspectOptions;
import io.trd4j.cli.options.PointOptions;
import io.trd4j.cli.options.Refused;
import io.trd4j.cli.options.SkipBroken;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.dataset.SkippedParts;
import io.trd4j.drift.DriftReport;
import io.trd4j.drift.DriftReport.Shift;
import io.trd4j.drift.MonitoringPlan;
import io.trd4j.drift.MonitoringRun;
import io.trd4j.io.AtomicFile;
import io.trd4j.io.Json;
import io.trd4j.io.OptionException;
import io.trd4j.io.Progress;
import io.trd4j.io.Writable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code trd monitor}: whether the parts of a folder are still like the normal parts of the calibration. */
@Command(
        name = "monitor",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Inspect the parts of a folder in the order of their names, and compare their scores and images, "
                    + "window by window, with the normal parts that the model was calibrated on.",
            "Exit code 0: no window shows drift; 3: some do. Parts behind the last whole window are not judged."
        })
final class MonitorCommand implements Callable<Integer> {
    /** Exit code when there is drift: neither success nor failure. */
    static final int DRIFT = 3;

    @Option(names = "--model", required = true, paramLabel = "FILE", description = "The model file.")
    private Path model;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "A folder of parts: rgb/ and xyz/, or a category in the MVTec 3D-AD or Eyecandies layout, "
                    + "whose test parts are taken.")
    private Path data;

    @Option(
            names = "--window",
            paramLabel = "N",
            defaultValue = "50",
            description =
                    "Parts that are compared at a time: more detect smaller shifts, later (default: ${DEFAULT-VALUE}).")
    private int window;

    @Option(
            names = "--false-alarm-rate",
            paramLabel = "RATE",
            defaultValue = "0.01",
            description = "Share of windows that may show drift when there is none, such as 0.01 or 1%% (default: "
                    + "${DEFAULT-VALUE}).")
    private Rate falseAlarms;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write every window with all its statistics to this file.")
    private Path json;

    @Mixin
    private PointOptions points;

    @Mixin
    private SkipBroken broken;

    @Mixin
    private InspectOptions inspecting;

    @Override
    public Integer call() throws IOException {
        MonitoringPlan plan = plan();
        if (json != null) {
            Writable.requireFile(json);
        }
        MonitoringRun run = new MonitoringRun(model, plan);
        SkippedParts skipped = new SkippedParts(broken);
        List<PartFiles> parts = broken.open(points.convention(), data, skipped).test();
        MonitoringRun.Result result = run.run(parts, data.toString(), skipped, MonitorCommand::print, Progress.NONE);
        broken.summarise();
        if (result.inspected() == 0) {
            skipped.requireUsable(data, SkippedParts.TEST, List.of());
        }
        if (json != null) {
            AtomicFile.write(
                    json,
                    Json.of(result.windows().stream()
                            .map(MonitorCommand::toJson)
                            .toList()));
        }
        return result.drifted() ? DRIFT : 0;
    }

    private MonitoringPlan plan() throws IOException {
        try {
            return new MonitoringPlan(window, falseAlarms.value(), inspecting.options());
        } catch (OptionException e) {
            throw Refused.of(e);
        }
    }

    private static void print(MonitoringRun.Window window) {
        lines(window.first() + " to " + window.last(), window.report()).forEach(System.out::println);
    }

    private static List<String> lines(String where, DriftReport report) {
        List<String> lines = new ArrayList<>();
        lines.add(where + ": " + (report.drifted() ? "DRIFT" : "no drift"));
        for (Shift s : report.moved()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "  %s is %s: median %s, %s on the normal parts of the calibration (p = %.2g)",
                    s.statistic().key(),
                    s.upwards() ? "higher" : "lower",
                    number(s.median()),
                    number(s.referenceMedian()),
                    s.adjustedP()));
        }
        return lines;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }

    private static Map<String, Object> toJson(MonitoringRun.Window compared) {
        DriftReport report = compared.report();
        Map<String, Object> window = new LinkedHashMap<>();
        window.put("first", compared.first());
        window.put("last", compared.last());
        window.put("parts", report.parts());
        window.put("false_alarm_rate", report.falseAlarmRate());
        window.put("drift", report.drifted());
        Map<String, Object> statistics = new LinkedHashMap<>();
        for (Shift s : report.shifts()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("moved", s.moved());
            one.put("mean", s.mean());
            one.put("median", s.median());
            one.put("reference_mean", s.referenceMean());
            one.put("reference_median", s.referenceMedian());
            one.put("superiority", s.superiority());
            one.put("p", s.p());
            one.put("adjusted_p", s.adjustedP());
            statistics.put(s.statistic().key(), one);
        }
        window.put("statistics", statistics);
        return window;
    }
}
