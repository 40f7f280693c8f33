package io.trd4j.drift;

import io.trd4j.model.Statistic;
import java.util.List;

/**
 * Result of the drift test on one window of parts.
 *
 * @param firstPart how many parts the monitor had seen before the window
 * @param parts of the window
 * @param falseAlarmRate share of windows without any drift that are reported to have drifted, at most
 * @param shifts of each statistic that was tested
 */
public record DriftReport(long firstPart, int parts, double falseAlarmRate, List<Shift> shifts) {
    /**
     * One statistic of the window against the reference's.
     *
     * @param values parts of the window that have the statistic
     * @param superiority how often a value of the window is above one of the reference, of all pairs (ties count half):
     *     0.5 = no shift, more = upwards, less = downwards
     * @param p of the statistic by itself
     * @param adjustedP allows for all statistics being tested (Holm): the statistic moved when it is at most the
     *     false-alarm rate
     * @param moved whether it did
     */
    public record Shift(
            Statistic statistic,
            int values,
            double mean,
            double median,
            double referenceMean,
            double referenceMedian,
            double superiority,
            double p,
            double adjustedP,
            boolean moved) {
        /** Whether the window lies above the reference rather than below. */
        public boolean upwards() {
            return superiority > 0.5;
        }
    }

    public DriftReport {
        shifts = List.copyOf(shifts);
    }

    /** Those that moved, in the order of {@link Statistic}; none = no drift. */
    public List<Shift> moved() {
        return shifts.stream().filter(Shift::moved).toList();
    }

    /** Whether any statistic has moved. */
    public boolean drifted() {
        return shifts.stream().anyMatch(Shift::moved);
    }

    /** The shift of one statistic; null when it was not tested. */
    public Shift of(Statistic statistic) {
        return shifts.stream()
                .filter(shift -> shift.statistic() == statistic)
                .findFirst()
                .orElse(null);
    }
}
