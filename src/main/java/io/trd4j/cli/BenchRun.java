package io.trd4j.cli;

import com.sun.management.ThreadMXBean;
import io.trd4j.data.Part;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.io.Progress;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Inspects parts from memory again and again, one after the other, and keeps every latency. */
final class BenchRun {
    /** Longer than any part takes; known beforehand, the histograms never grow. */
    private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);

    private static final int SIGNIFICANT_DIGITS = 3;

    /** From raw buffers to verdict, as the caller sees it. */
    final Histogram part = histogram();

    final Histogram prepare = histogram();
    final Histogram network = histogram();
    final Histogram anomalyMap = histogram();
    long elapsedNanos;
    /** On the Java heap, by the measuring thread, for all parts. */
    long allocatedBytes;

    Long residentAfterWarmUp;
    Long residentAtEnd;
    Long peakBytes;

    private BenchRun() {}

    private static Histogram histogram() {
        return new Histogram(1, LONGEST_NANOS, SIGNIFICANT_DIGITS);
    }

    static BenchRun of(Inspector inspector, List<Part> parts, int warmUp, int count) throws IOException {
        BenchRun run = new BenchRun();
        Inspection inspection = inspector.newInspection();
        long last = 0;
        try (Progress.Task task = ConsoleProgress.STDERR.open("Warming up", warmUp)) {
            for (int i = 0; i < warmUp; i++) {
                run.inspect(inspector, parts.get(i % parts.size()), inspection);
                last = inspection.elapsedNanos();
                task.at(i + 1);
            }
        }
        // The recording was warmed up too.
        for (Histogram h : List.of(run.part, run.prepare, run.network, run.anomalyMap)) {
            h.reset();
        }
        // From here to the end nothing is printed, not even by a thread that draws a bar.
        String time = last == 0
                ? "nothing more is printed until the end"
                : String.format(Locale.ROOT, "about %.0f s", last / 1e9 * count);
        System.err.println("Measuring 0/" + count + ", " + time);
        ThreadMXBean counter = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        counter.getCurrentThreadAllocatedBytes();
        run.residentAfterWarmUp = ProcessMemory.residentBytes();
        run.measure(inspector, inspection, parts.toArray(new Part[0]), warmUp, count, counter);
        run.residentAtEnd = ProcessMemory.residentBytes();
        run.peakBytes = ProcessMemory.peakBytes();
        return run;
    }

    private void measure(
            Inspector inspector, Inspection inspection, Part[] parts, int first, int count, ThreadMXBean counter) {
        long allocatedBefore = counter.getCurrentThreadAllocatedBytes();
        long begin = System.nanoTime();
        for (int i = 0; i < count; i++) {
            inspect(inspector, parts[(int) ((first + (long) i) % parts.length)], inspection);
        }
        elapsedNanos = System.nanoTime() - begin;
        allocatedBytes = counter.getCurrentThreadAllocatedBytes() - allocatedBefore;
    }

    private void inspect(Inspector inspector, Part next, Inspection inspection) {
        long start = System.nanoTime();
        inspector.inspect(next, inspection);
        part.recordValue(System.nanoTime() - start);
        prepare.recordValue(inspection.prepareNanos());
        network.recordValue(inspection.networkNanos());
        anomalyMap.recordValue(inspection.anomalyMapNanos());
    }

    double partsPerSecond() {
        return part.getTotalCount() / (elapsedNanos / 1e9);
    }

    double allocatedBytesPerPart() {
        return (double) allocatedBytes / part.getTotalCount();
    }
}
