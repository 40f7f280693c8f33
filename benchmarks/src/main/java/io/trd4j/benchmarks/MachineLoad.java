package io.trd4j.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much of the machine other processes took since this object was made: a time measured beside them is worth little.
 */
final class MachineLoad {
    private static final Path STAT = Path.of("/proc/stat");
    private static final double TICKS_PER_SECOND = 100;

    private final OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final long start = System.nanoTime();
    private final double busy = busySeconds();
    private final double own = process.getProcessCpuTime() / 1e9;

    MachineLoad() throws IOException {}

    /** Share of all cores' time, 0 to 1; NaN where the system does not tell. */
    double others() throws IOException {
        double elapsed =
                (System.nanoTime() - start) / 1e9 * Runtime.getRuntime().availableProcessors();
        return Math.max(0, busySeconds() - busy - (process.getProcessCpuTime() / 1e9 - own)) / elapsed;
    }

    /** Of the first line, "cpu user nice system idle iowait irq softirq steal …", all but idle and iowait. */
    private static double busySeconds() throws IOException {
        if (!Files.isReadable(STAT)) {
            return Double.NaN;
        }
        String[] ticks = Files.readAllLines(STAT).get(0).trim().split("\\s+");
        double sum = 0;
        for (int i = 1; i <= 8 && i < ticks.length; i++) {
            sum += i == 4 || i == 5 ? 0 : Double.parseDouble(ticks[i]);
        }
        return sum / TICKS_PER_SECOND;
    }
}
