package io.trd4j.drift;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.trd4j.drift.DriftReport.Shift;
import io.trd4j.inspect.PartStatistics;
import io.trd4j.inspect.Verdict;
import io.trd4j.model.DriftReference;
import io.trd4j.model.Statistic;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** That the promised rate of false alarms holds in simulated lines, and that shifts are found and named. */
class DriftMonitorTest {
    private static final int REFERENCE = 60;
    private static final int WINDOW = 50;

    /**
     * A part of a line that is in order: scores with a long tail, shares that are often exactly 0 or 1, numbers in
     * coarse steps, and one that never changes.
     */
    private static float[] part(Random random) {
        float[] values = new float[PartStatistics.COUNT];
        for (Statistic s : Statistic.values()) {
            double gauss = random.nextGaussian();
            values[s.ordinal()] = (float)
                    switch (s) {
                        case SCORE, SCORE_RGB, SCORE_DEPTH -> 3 - Math.log(-Math.log(random.nextDouble()));
                        case SATURATED_SHARE -> Math.max(0, 0.01 * gauss);
                        case VALID_DEPTH_SHARE -> Math.min(1, 0.99 + 0.01 * gauss);
                        case MEAN_DEPTH -> 0.5;
                        case TILT_X, TILT_Y -> Math.round(gauss) / 10.0;
                        default -> 100 + 10 * gauss;
                    };
        }
        return values;
    }

    private static DriftReference reference(Random random, int parts) {
        ReferenceCollector collector = new ReferenceCollector();
        for (int i = 0; i < parts; i++) {
            collector.add(part(random));
        }
        return collector.build("a".repeat(64), "fp32", "cpu");
    }

    private static DriftReport window(DriftMonitor monitor, Random random, Statistic shifted, double by) {
        for (int i = 0; i < monitor.window(); i++) {
            float[] values = part(random);
            if (shifted != null) {
                values[shifted.ordinal()] += (float) by;
            }
            assertEquals(i == monitor.window() - 1, monitor.add(values, Verdict.OK));
        }
        return monitor.check();
    }

    /** Over references too, as the promise is: each is a sample itself. */
    @Test
    void falseAlarmsAreAsRareAsPromised() {
        Random random = new Random(11);
        for (double rate : new double[] {0.05, 0.2}) {
            int lines = 500;
            int windows = 0;
            int alarms = 0;
            for (int line = 0; line < lines; line++) {
                DriftMonitor monitor = new DriftMonitor(reference(random, REFERENCE), WINDOW, rate);
                for (int w = 0; w < 5; w++, windows++) {
                    alarms += window(monitor, random, null, 0).drifted() ? 1 : 0;
                }
            }
            // Windows of a line share its reference, so they count as less than 2500: three deviations of 500.
            double most = rate * windows + 3 * windows * Math.sqrt(rate * (1 - rate) / lines);
            assertTrue(alarms <= most, alarms + " of " + windows + " windows at " + rate);
            assertTrue(alarms >= 0.3 * rate * windows, "the test is not so cautious that it never speaks: " + alarms);
        }
    }

    @Test
    void aShiftOfOneDeviationIsFoundAndNamed() {
        Random random = new Random(3);
        for (Statistic shifted : List.of(Statistic.BRIGHTNESS, Statistic.SHARPNESS, Statistic.SCORE)) {
            for (double sign : new double[] {1, -1}) {
                int found = 0;
                int others = 0;
                for (int line = 0; line < 100; line++) {
                    DriftMonitor monitor = new DriftMonitor(reference(random, REFERENCE), WINDOW, 0.01);
                    DriftReport report =
                            window(monitor, random, shifted, sign * (shifted == Statistic.SCORE ? 1.28 : 10));
                    for (Shift shift : report.moved()) {
                        if (shift.statistic() == shifted && shift.upwards() == sign > 0) {
                            found++;
                            assertEquals(sign > 0, shift.median() > shift.referenceMedian());
                        } else {
                            others++;
                        }
                    }
                }
                assertTrue(found >= 90, shifted + " " + sign + ": found in " + found + " of 100 windows");
                assertTrue(others <= 5, others + " others");
            }
        }
    }

    @Test
    void theRankTestCountsPairs() {
        Random random = new Random(8);
        for (int round = 0; round < 50; round++) {
            float[] reference = new float[1 + random.nextInt(20)];
            float[] values = new float[1 + random.nextInt(20)];
            for (int i = 0; i < reference.length; i++) {
                reference[i] = random.nextInt(6) - 3;
            }
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextInt(6) - 2;
            }
            java.util.Arrays.sort(reference);
            double u = 0;
            for (float value : values) {
                for (float other : reference) {
                    u += value > other ? 1 : value == other ? 0.5 : 0;
                }
            }
            RankTest test = RankTest.of(reference, values, values.length);
            assertEquals(u / (reference.length * values.length), test.superiority(), 1e-12);
            assertTrue(test.p() > 0 && test.p() <= 1);
        }
        // Tabulated: samples of 10 and 10 that do not overlap, normal approximation with correction for continuity.
        assertEquals(1.83e-4, RankTest.smallestP(10, 10), 1e-6);
        assertEquals(
                1,
                RankTest.of(new float[] {1, 2, 3, 4}, new float[] {2.5f, 2.5f}, 2)
                        .p(),
                1e-12);
    }

    @Test
    void windowsFollowEachOtherAndNothingIsAllocatedInBetween() {
        Random random = new Random(5);
        DriftMonitor monitor = new DriftMonitor(reference(random, REFERENCE), WINDOW, 0.01);
        assertThrows(IllegalStateException.class, monitor::check);
        assertNull(monitor.last());
        DriftReport first = window(monitor, random, null, 0);
        assertEquals(0, first.firstPart());
        assertThrows(IllegalStateException.class, monitor::check, "the next window is empty");
        DriftReport second = window(monitor, random, Statistic.BRIGHTNESS, 100);
        assertEquals(WINDOW, second.firstPart());
        assertTrue(second.drifted());
        assertEquals(1, second.of(Statistic.BRIGHTNESS).superiority());
        assertFalse(window(monitor, random, null, 0).drifted(), "what is over is reported by none");
        assertEquals(
                List.of(3L, 1L, 3L * WINDOW, 1L, 0L),
                List.of(
                        monitor.windows(),
                        monitor.alarms(),
                        monitor.parts(),
                        monitor.alarms(Statistic.BRIGHTNESS),
                        monitor.alarms(Statistic.SHARPNESS)));

        float[] values = part(random);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 10; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                monitor.add(values, Verdict.NG);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(0, least);
        assertEquals(10_000, monitor.parts(Verdict.NG));
    }

    @Test
    void whatIsMissingIsNotTested() {
        Random random = new Random(6);
        DriftMonitor monitor = new DriftMonitor(reference(random, REFERENCE), 20, 0.05);
        for (int i = 0; i < 20; i++) {
            float[] values = part(random);
            values[Statistic.SCORE.ordinal()] = Float.NaN;
            values[Statistic.TILT_X.ordinal()] = i < DriftMonitor.MIN_WINDOW ? 0 : Float.NaN;
            monitor.add(values, Verdict.NONE);
        }
        DriftReport report = monitor.check();
        assertNull(report.of(Statistic.SCORE));
        assertEquals(DriftMonitor.MIN_WINDOW, report.of(Statistic.TILT_X).values());
        assertNull(new ReferenceCollector().build("a".repeat(64), "fp32", "cpu"), "no parts, no reference");
        assertNull(reference(random, DriftReference.MIN_PARTS - 1));
        assertEquals(
                DriftReference.MAX_PARTS,
                reference(random, 1000).statistics().get(Statistic.SCORE).size(),
                "of fixed size");
    }

    @Test
    void settingsThatCouldNeverSpeakAreRefused() {
        DriftReference reference = reference(new Random(1), REFERENCE);
        refused("window must be", () -> new DriftMonitor(reference, DriftMonitor.MIN_WINDOW - 1, 0.01));
        refused("window must be", () -> new DriftMonitor(reference, DriftMonitor.MAX_WINDOW + 1, 0.01));
        for (double rate : new double[] {0, 1, -1, Double.NaN}) {
            refused("between 0 and 1", () -> new DriftMonitor(reference, 50, rate));
        }
        refused("would hide every shift", () -> new DriftMonitor(reference, 10, 1e-9));
    }

    private static void refused(String words, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(words), message);
    }

    @Test
    void micrometerShowsWhatTheMonitorKnows() {
        Random random = new Random(4);
        DriftMonitor monitor = new DriftMonitor(reference(random, REFERENCE), WINDOW, 0.01);
        MeterRegistry registry = new SimpleMeterRegistry();
        new MicrometerDrift(monitor, List.of(Tag.of("station", "7"))).bindTo(registry);
        assertTrue(Double.isNaN(registry.get("trd.drift.median")
                .tag("statistic", "brightness")
                .gauge()
                .value()));
        DriftReport report = window(monitor, random, Statistic.BRIGHTNESS, 50);
        Shift shift = report.of(Statistic.BRIGHTNESS);
        assertEquals(
                shift.median(),
                registry.get("trd.drift.median")
                        .tag("statistic", "brightness")
                        .gauge()
                        .value());
        assertEquals(
                shift.mean(),
                registry.get("trd.drift.mean")
                        .tag("statistic", "brightness")
                        .gauge()
                        .value());
        assertEquals(
                shift.adjustedP(),
                registry.get("trd.drift.p")
                        .tag("statistic", "brightness")
                        .gauge()
                        .value());
        assertEquals(
                shift.referenceMedian(),
                registry.get("trd.drift.reference.median")
                        .tag("statistic", "brightness")
                        .gauge()
                        .value());
        assertEquals(
                WINDOW,
                registry.get("trd.parts")
                        .tag("verdict", "ok")
                        .tag("station", "7")
                        .functionCounter()
                        .count());
        assertEquals(1, registry.get("trd.drift.windows").functionCounter().count());
        assertEquals(1, registry.get("trd.drift.alarms").functionCounter().count());
        assertEquals(
                1,
                registry.get("trd.drift.statistic.alarms")
                        .tag("statistic", "brightness")
                        .functionCounter()
                        .count());
        assertEquals(
                0,
                registry.get("trd.drift.statistic.alarms")
                        .tag("statistic", "sharpness")
                        .functionCounter()
                        .count());
    }
}
