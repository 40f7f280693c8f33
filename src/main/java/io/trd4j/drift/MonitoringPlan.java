package io.trd4j.drift;

import io.trd4j.inspect.InspectorOptions;
import io.trd4j.io.OptionException;
import java.util.Objects;

/**
 * How parts are compared with the normal parts of the calibration.
 *
 * @param window parts that are compared at a time, {@link DriftMonitor#MIN_WINDOW} to {@link DriftMonitor#MAX_WINDOW}:
 *     more detect smaller shifts, later
 * @param falseAlarmRate share of windows that may show drift when there is none, between 0 and 1
 * @param options as parts are inspected: its trusted keys are asked for the drift reference, too
 */
public record MonitoringPlan(int window, double falseAlarmRate, InspectorOptions options) {
    /** @throws OptionException when a number is out of its range */
    public MonitoringPlan {
        OptionException.require(
                window >= DriftMonitor.MIN_WINDOW && window <= DriftMonitor.MAX_WINDOW,
                "window",
                "must be " + DriftMonitor.MIN_WINDOW + " to " + DriftMonitor.MAX_WINDOW + " parts, not " + window);
        OptionException.require(
                falseAlarmRate > 0 && falseAlarmRate < 1,
                "falseAlarmRate",
                "must lie between 0 and 1, not " + falseAlarmRate);
        Objects.requireNonNull(options, "options");
    }

    /** Those of {@code trd monitor}: windows of 50 parts, of which 1 % may be false alarms. */
    public static MonitoringPlan defaults() {
        return new MonitoringPlan(50, 0.01, InspectorOptions.defaults());
    }

    /** The same with another window. */
    public MonitoringPlan withWindow(int window) {
        return new MonitoringPlan(window, falseAlarmRate, options);
    }

    /** The same with another rate of false alarms. */
    public MonitoringPlan withFalseAlarmRate(double rate) {
        return new MonitoringPlan(window, rate, options);
    }

    /** The same with parts inspected otherwise. */
    public MonitoringPlan withOptions(InspectorOptions options) {
        return new MonitoringPlan(window, falseAlarmRate, options);
    }
}
