package io.trd4j.bench;

import com.sun.management.ThreadMXBean;
import io.trd4j.data.Part;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.io.Arguments;
import io.trd4j.io.OptionalLibrary;
import io.trd4j.io.Progress;
import io.trd4j.io.Stop;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Inspects parts from memory again and again, one after the other, and keeps every latency. */
public final class BenchRun {
    /** Longer than any part takes; known beforehand, the histograms never grow. */
    private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);

    private static final int SIGNIFICANT_DIGITS = 3;

    /** Told when the measurement begins, which nothing should disturb. */
    @FunctionalInterface
    public interface Listener {
        /** Ignores it. */
        Listener NONE = nanos -> {};

        /** @param expectedNanos that the measurement is going to take; 0 = unknown, nothing was warmed up */
        void measuring(long expectedNanos);
    }

    private final Histogram part = histogram();
    private final Histogram prepare = histogram();
    private final Histogram network = histogram();
    private final Histogram anomalyMap = histogram();

    private BenchRun() {}

    private static Histogram histogram() {
        return new Histogram(1, LONGEST_NANOS, SIGNIFICANT_DIGITS);
    }

    /** Measures, and tells nobody. */
    public static BenchResult run(Inspector inspector, List<Part> parts, BenchOptions options) throws IOException {
        return run(inspector, parts, options, Listener.NONE, Progress.NONE);
    }

    /**
     * Measures.
     *
     * @param parts at least one, taken in turn
     * @param progress of the warming up; while it measures, nobody is told anything
     * @throws io.trd4j.io.InputException when a part cannot be inspected
     */
    public static BenchResult run(
            Inspector inspector, List<Part> parts, BenchOptions options, Listener listener, Progress progress)
            throws IOException {
        Arguments.require(!parts.isEmpty(), "there must be parts to measure with");
        OptionalLibrary.HISTOGRAMS.require();
        return new BenchRun().measure(inspector, parts.toArray(new Part[0]), options, listener, progress);
    }

    private BenchResult measure(
            Inspector inspector, Part[] parts, BenchOptions options, Listener listener, Progress progress)
            throws IOException {
        Inspection inspection = inspector.newInspection();
        long last = 0;
        try (Progress.Task task = Stop.task(progress, "Warming up", options.warmUp())) {
            for (int i = 0; i < options.warmUp(); i++) {
                inspect(inspector, parts[i % parts.length], inspection);
                last = inspection.elapsedNanos();
                task.at(i + 1);
            }
        }
        // The recording was warmed up too.
        for (Histogram h : List.of(part, prepare, network, anomalyMap)) {
            h.reset();
        }
        // From here to the end nothing is printed, not even by a thread that draws a bar.
        listener.measuring(last * options.parts());
        ThreadMXBean counter = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        counter.getCurrentThreadAllocatedBytes();
        Long residentAfterWarmUp = ProcessMemory.residentBytes();
        long allocatedBefore = counter.getCurrentThreadAllocatedBytes();
        long begin = System.nanoTime();
        for (int i = 0; i < options.parts(); i++) {
            Stop.check();
            inspect(inspector, parts[(int) ((options.warmUp() + (long) i) % parts.length)], inspection);
        }
        long elapsed = System.nanoTime() - begin;
        long allocated = counter.getCurrentThreadAllocatedBytes() - allocatedBefore;
        return new BenchResult(
                Latency.of(part),
                Latency.of(prepare),
                Latency.of(network),
                Latency.of(anomalyMap),
                part.getTotalCount() / (elapsed / 1e9),
                ProcessMemory.peakBytes(),
                residentAfterWarmUp,
                ProcessMemory.residentBytes(),
                (double) allocated / part.getTotalCount());
    }

    private void inspect(Inspector inspector, Part next, Inspection inspection) {
        long start = System.nanoTime();
        inspector.inspect(next, inspection);
        part.recordValue(System.nanoTime() - start);
        prepare.recordValue(inspection.prepareNanos());
        network.recordValue(inspection.networkNanos());
        anomalyMap.recordValue(inspection.anomalyMapNanos());
    }
}
