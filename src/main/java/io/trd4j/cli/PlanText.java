package io.trd4j.cli;

import io.trd4j.engine.PlanReport;
import io.trd4j.engine.StepProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A plan's report as text: what runs, a line per step, and where the time goes. */
final class PlanText {
    private final PlanReport report;
    private final List<String> lines = new ArrayList<>();

    private PlanText(PlanReport report) {
        this.report = report;
    }

    static List<String> lines(PlanReport report) {
        PlanText text = new PlanText(report);
        text.write();
        return text.lines;
    }

    private void write() {
        line(
                "%s, size %d, precision %s, %d threads, %s",
                report.backbone().key(), report.size(), report.precision().key(), report.threads(), report.library());
        if (report.steps().isEmpty()) {
            line(
                    "%.2f GFLOP in %.2f ms; LibTorch runs the network op by op on this platform: there is no "
                            + "plan to show",
                    report.flop() / 1e9, report.networkMillis());
            return;
        }
        if (!report.timed()) {
            untimed();
            return;
        }
        line(
                "%.2f GFLOP, weights %.1f MB, arena %.1f MB, %d steps; peak %.0f GFLOP/s; medians of %d runs",
                report.flop() / 1e9,
                report.weightBytes() / 1e6,
                report.arenaBytes() / 1e6,
                report.steps().size(),
                report.peakGflopPerSecond(),
                report.runs());
        lines.add("");
        steps();
        lines.add("");
        totals("kind", report.byKind());
        lines.add("");
        totals("part", report.byPart());
        lines.add("");
        line(
                "network: %.2f ms, %.0f GFLOP/s, %.1f%% of the peak (its steps timed one by one: %.2f ms)",
                report.networkMillis(), report.gflopPerSecond(), 100 * report.shareOfPeak(), report.stepMillis());
    }

    private void untimed() {
        line(
                "%.2f GFLOP, weights %.1f MB, arena %.1f MB, %d steps",
                report.flop() / 1e9,
                report.weightBytes() / 1e6,
                report.arenaBytes() / 1e6,
                report.steps().size());
        lines.add("");
        for (StepProfile step : report.steps()) {
            line(
                    "%-8s %8.3f GFLOP %8.2f MB  %-28s %s",
                    step.kind(), step.flop() / 1e9, step.bytes() / 1e6, step.implementation(), step.name());
        }
        lines.add("");
        line(
                "network: %.3f ms, %.0f GFLOP/s, with the images and distances copied from and to the host; "
                        + "medians of %d runs",
                report.networkMillis(), report.gflopPerSecond(), report.runs());
    }

    private void steps() {
        int names =
                report.steps().stream().mapToInt(s -> s.name().length()).max().orElse(0);
        int shapes =
                report.steps().stream().mapToInt(s -> s.shape().length()).max().orElse(0);
        String layout = "%-" + names + "s  %-15s  %-" + shapes + "s  %-8s ";
        line(
                layout + " %8s %8s %9s %8s %6s  %s",
                "step",
                "kind",
                "shape",
                "type",
                "GFLOP",
                "MB",
                "ms",
                "GFLOP/s",
                "peak",
                "code");
        for (StepProfile step : report.steps()) {
            line(
                    layout + " %8.3f %8.2f %9.3f %8.0f %5.0f%%  %s",
                    step.name(),
                    step.kind(),
                    step.shape(),
                    step.type(),
                    step.flop() / 1e9,
                    step.bytes() / 1e6,
                    step.millis(),
                    step.gflopPerSecond(),
                    100 * report.shareOfPeak(step),
                    step.implementation());
        }
    }

    private void totals(String what, List<PlanReport.Total> totals) {
        line("%-15s  %5s %9s %9s %10s %6s %8s %6s", what, "steps", "GFLOP", "MB", "ms", "share", "GFLOP/s", "peak");
        for (PlanReport.Total total : totals) {
            line(
                    "%-15s  %5d %9.3f %9.2f %10.3f %5.1f%% %8.0f %5.0f%%",
                    total.name(),
                    total.steps(),
                    total.flop() / 1e9,
                    total.bytes() / 1e6,
                    total.millis(),
                    100 * total.millis() / report.stepMillis(),
                    total.gflopPerSecond(),
                    100 * total.gflopPerSecond() / report.peakGflopPerSecond());
        }
    }

    private void line(String format, Object... values) {
        lines.add(String.format(Locale.ROOT, format, values));
    }
}
