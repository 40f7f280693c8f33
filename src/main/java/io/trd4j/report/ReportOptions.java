package io.trd4j.report;

import io.trd4j.inspect.InspectorOptions;
import io.trd4j.report.ReportData.NextStep;
import java.util.List;
import java.util.Objects;

/**
 * How test parts are inspected for a report, and what it says beside their results.
 *
 * @param inspection as parts are inspected; maps are needed
 * @param cycleTime milliseconds that a part may take, positive: the report says how many parts keep to it; null =
 *     nobody said
 * @param next command lines that the reader can run; empty = none
 */
public record ReportOptions(InspectorOptions inspection, Double cycleTime, List<NextStep> next) {
    /** @throws io.trd4j.io.OptionException when the cycle time is not positive */
    public ReportOptions {
        Objects.requireNonNull(inspection, "inspection");
        ReportData.requireCycleTime(cycleTime);
        next = List.copyOf(next);
    }

    /** Those of {@code trd report}, without next steps. */
    public static ReportOptions defaults() {
        return new ReportOptions(InspectorOptions.defaults(), null, List.of());
    }

    /** The same with parts inspected otherwise. */
    public ReportOptions withInspection(InspectorOptions inspection) {
        return new ReportOptions(inspection, cycleTime, next);
    }

    /** The same for a line of which the pace is known, in milliseconds. */
    public ReportOptions withCycleTime(double milliseconds) {
        return new ReportOptions(inspection, milliseconds, next);
    }

    /** The same with command lines at the end. */
    public ReportOptions withNext(List<NextStep> next) {
        return new ReportOptions(inspection, cycleTime, next);
    }
}
