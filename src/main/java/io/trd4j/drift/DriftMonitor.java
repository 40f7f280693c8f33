package io.trd4j.drift;

import io.trd4j.drift.DriftReport.Shift;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.PartStatistics;
import io.trd4j.inspect.Verdict;
import io.trd4j.io.InputException;
import io.trd4j.model.DriftReference;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Statistic;
import io.trd4j.sign.TrustedKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Watches whether the parts that are inspected are still like the normal parts of the calibration. Scores and measures
 * of the images are compared with the model's {@link DriftReference}, window by window: {@link #add} each inspected
 * part, {@link #check} when it says that a window is complete.
 *
 * <pre>{@code
 * if (monitor.add(inspection) && monitor.check().drifted()) { … monitor.last().moved() … }
 * }</pre>
 *
 * <p>Each statistic is tested by ranks (Mann-Whitney, two-sided), and Holm's method allows for there being several:
 * when parts are independent and distributed as the reference's, at most the false-alarm rate of all windows shows
 * drift. That is the mean over references: a given one is a sample itself, and an unlucky one gives more. Windows do
 * not overlap and no window knows of an earlier one: drift that stays is reported by every window, and one that is over
 * by none. Parts with a defect are parts like others: a few in a window hardly change the ranks, many are a shift of
 * the scores. A change of spread alone is not found.
 *
 * <p>{@link #add} takes constant time and allocates nothing. One thread at a time adds and checks; counts and
 * {@link #last} may be read by any.
 */
public final class DriftMonitor {
    public static final int MAX_WINDOW = 100_000;
    /** Of a window, and of a statistic's values in it. */
    public static final int MIN_WINDOW = DriftReference.MIN_PARTS;

    /** One statistic: its reference, and a ring of the newest parts' values. */
    private static final class Series {
        final float[] reference;
        final double mean;
        final float[] ring;
        volatile long alarms;

        Series(List<Float> values, int window) {
            reference = new float[values.size()];
            for (int i = 0; i < reference.length; i++) {
                reference[i] = values.get(i);
            }
            mean = mean(reference, reference.length);
            ring = new float[window];
        }
    }

    private final Map<Statistic, Series> series = new EnumMap<>(Statistic.class);
    /** The same for add, by ordinal; null where the reference lacks the statistic. */
    private final Series[] byOrdinal = new Series[PartStatistics.COUNT];

    private final float[] part = new float[PartStatistics.COUNT];
    private final int window;
    private final double falseAlarmRate;
    private final AtomicLongArray verdicts = new AtomicLongArray(Verdict.values().length);
    private volatile long parts;
    private volatile long windows;
    private volatile long alarms;
    private volatile DriftReport last;
    private int sinceCheck;

    /**
     * @param info of the model that inspects
     * @throws InputException when the model has no drift reference
     * @throws IllegalArgumentException as the last constructor
     */
    public DriftMonitor(ModelInfo info, int window, double falseAlarmRate) {
        this(reference(info, "FILE"), window, falseAlarmRate);
    }

    /**
     * Reads the reference from the file of the model that inspects.
     *
     * @throws InputException when it is no calibrated model, or has no drift reference
     * @throws IllegalArgumentException as the constructors
     */
    public static DriftMonitor open(Path model, int window, double falseAlarmRate) throws IOException {
        return open(model, null, window, falseAlarmRate);
    }

    /**
     * The same of a model whose signature is checked.
     *
     * @param trusted as of {@code InspectorOptions.trustedKeys}; null = every model is accepted
     */
    public static DriftMonitor open(Path model, TrustedKeys trusted, int window, double falseAlarmRate)
            throws IOException {
        return new DriftMonitor(
                reference(Inspector.describe(model, trusted), model.toString()), window, falseAlarmRate);
    }

    /**
     * @param window parts that are compared at a time: more detect smaller shifts, later
     * @param falseAlarmRate share of windows that may show drift when there is none
     * @throws IllegalArgumentException when the window is not {@link #MIN_WINDOW} to {@link #MAX_WINDOW}, the rate not
     *     between 0 and 1, or so low that no shift, however large, could ever be told from chance
     */
    public DriftMonitor(DriftReference reference, int window, double falseAlarmRate) {
        if (window < MIN_WINDOW || window > MAX_WINDOW) {
            throw new IllegalArgumentException(
                    "the window must be " + MIN_WINDOW + " to " + MAX_WINDOW + " parts, not " + window);
        }
        if (!(falseAlarmRate > 0 && falseAlarmRate < 1)) {
            throw new IllegalArgumentException("the false-alarm rate must lie between 0 and 1, not " + falseAlarmRate);
        }
        this.window = window;
        this.falseAlarmRate = falseAlarmRate;
        reference.statistics().forEach((statistic, values) -> series.put(statistic, new Series(values, window)));
        series.forEach((statistic, s) -> byOrdinal[statistic.ordinal()] = s);
        int fewest =
                series.values().stream().mapToInt(s -> s.reference.length).min().orElseThrow();
        double reachable = series.size() * RankTest.smallestP(fewest, window);
        if (reachable > falseAlarmRate) {
            throw new IllegalArgumentException(
                    "with " + fewest + " normal parts in the reference and a window of " + window
                            + ", a false-alarm rate of " + falseAlarmRate + " would hide every shift; allow at least "
                            + (float) reachable
                            + ", or use a larger window or more normal parts");
        }
    }

    private static DriftReference reference(ModelInfo info, String file) {
        if (info.driftReference() == null) {
            throw new InputException("the model has no drift reference; run: trd calibrate --model " + file
                    + " --data CATEGORY, with at least " + DriftReference.MIN_PARTS + " normal validation parts");
        }
        return info.driftReference();
    }

    /**
     * Takes in an inspected part. Allocates nothing.
     *
     * @return whether a window is complete, and {@link #check} can be called; if it is not, the oldest part gives way
     *     to the next
     */
    public boolean add(Inspection inspection) {
        PartStatistics.read(inspection, part);
        return add(part, inspection.verdict());
    }

    /** @param values one per {@link Statistic}, NaN where there is none */
    boolean add(float[] values, Verdict verdict) {
        int slot = (int) (parts % window);
        for (int i = 0; i < byOrdinal.length; i++) {
            if (byOrdinal[i] != null) {
                byOrdinal[i].ring[slot] = values[i];
            }
        }
        verdicts.lazySet(verdict.ordinal(), verdicts.get(verdict.ordinal()) + 1);
        parts = parts + 1;
        sinceCheck = Math.min(window, sinceCheck + 1);
        return sinceCheck == window;
    }

    /**
     * Compares the newest window of parts with the reference and begins another one. A statistic that fewer than
     * {@link #MIN_WINDOW} of them have is not tested.
     *
     * @throws IllegalStateException when the window is not complete
     */
    public DriftReport check() {
        if (sinceCheck < window) {
            throw new IllegalStateException("the window has " + sinceCheck + " of " + window + " parts");
        }
        List<Shift> shifts = new ArrayList<>();
        float[] values = new float[window];
        series.forEach((statistic, s) -> {
            int count = present(s.ring, values);
            if (count >= MIN_WINDOW) {
                shifts.add(shift(statistic, s, values, count));
            }
        });
        DriftReport report = new DriftReport(parts - window, window, falseAlarmRate, adjusted(shifts));
        sinceCheck = 0;
        for (Shift shift : report.moved()) {
            Series s = series.get(shift.statistic());
            s.alarms = s.alarms + 1;
        }
        alarms = alarms + (report.drifted() ? 1 : 0);
        windows = windows + 1;
        last = report;
        return report;
    }

    private static int present(float[] ring, float[] values) {
        int count = 0;
        for (float value : ring) {
            if (!Float.isNaN(value)) {
                values[count++] = value;
            }
        }
        return count;
    }

    private static Shift shift(Statistic statistic, Series s, float[] values, int count) {
        RankTest test = RankTest.of(s.reference, values, count);
        Arrays.sort(values, 0, count);
        return new Shift(
                statistic,
                count,
                mean(values, count),
                median(values, count),
                s.mean,
                median(s.reference, s.reference.length),
                test.superiority(),
                test.p(),
                test.p(),
                false);
    }

    /** Holm: the smallest of k p values counts k times, the next k - 1 times, none less than the one before. */
    private List<Shift> adjusted(List<Shift> shifts) {
        List<Shift> byP = new ArrayList<>(shifts);
        byP.sort(Comparator.comparingDouble(Shift::p));
        double largest = 0;
        for (int i = 0; i < byP.size(); i++) {
            Shift s = byP.get(i);
            largest = Math.max(largest, Math.min(1, (byP.size() - i) * s.p()));
            byP.set(
                    i,
                    new Shift(
                            s.statistic(),
                            s.values(),
                            s.mean(),
                            s.median(),
                            s.referenceMean(),
                            s.referenceMedian(),
                            s.superiority(),
                            s.p(),
                            largest,
                            largest <= falseAlarmRate));
        }
        byP.sort(Comparator.comparing(Shift::statistic));
        return byP;
    }

    private static double mean(float[] values, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += values[i];
        }
        return sum / count;
    }

    private static double median(float[] ascending, int count) {
        return ((double) ascending[(count - 1) / 2] + ascending[count / 2]) / 2;
    }

    /** Those of the reference, the only ones that are tested. */
    public List<Statistic> statistics() {
        return List.copyOf(series.keySet());
    }

    public int window() {
        return window;
    }

    /** Parts added so far. */
    public long parts() {
        return parts;
    }

    /** How many of them had this verdict. */
    public long parts(Verdict verdict) {
        return verdicts.get(verdict.ordinal());
    }

    /** Windows checked so far. */
    public long windows() {
        return windows;
    }

    /** How many of them showed drift. */
    public long alarms() {
        return alarms;
    }

    /** In how many of them this statistic moved. */
    public long alarms(Statistic statistic) {
        Series s = series.get(statistic);
        return s == null ? 0 : s.alarms;
    }

    /** The newest report; null before the first. */
    public DriftReport last() {
        return last;
    }
}
