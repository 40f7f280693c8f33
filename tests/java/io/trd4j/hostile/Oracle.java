package io.trd4j.hostile;

import com.sun.management.ThreadMXBean;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Gives one reader files, and judges how each of them ends: with a result, or one line that names the file; in seconds,
 * and in memory that the file and its result justify.
 */
final class Oracle {
    static final long MAX_NANOS = 10_000_000_000L;
    private static final long FREE_BYTES = 64 << 20;
    private static final int RESULT_SHARE = 8;
    private static final int MAX_LINE = 2000;
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\u2028\\u2029]");
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final HostileReader reader;
    private final Path file;
    private int refused;

    /** @param folder in which each reader has one of its own, for its file, which is written over and over */
    Oracle(HostileReader reader, Path folder) throws IOException {
        this.reader = reader;
        this.file = Files.createDirectories(folder.resolve(reader.name())).resolve(reader.fileName());
    }

    Path file() {
        return file;
    }

    /** How many files were refused in one line. */
    int refused() {
        return refused;
    }

    /** A file that must be read to its end. */
    void sound(byte[] bytes) throws IOException {
        Files.write(file, bytes);
        reader.reader().read(file);
    }

    /**
     * Any file.
     *
     * @return null, or the fault: what the file did, with the exception it ended with where there is one
     */
    AssertionError fault(byte[] bytes) {
        AssertionError fault = judged(bytes);
        // Classes that are loaded for the first time take memory and seconds, once.
        return fault != null && fault.getCause() == null ? judged(bytes) : fault;
    }

    private AssertionError judged(byte[] bytes) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        long justified = 2L * bytes.length + FREE_BYTES;
        try {
            Files.write(file, bytes);
            justified += RESULT_SHARE * reader.reader().read(file);
        } catch (InputException e) {
            refused++;
            String line = e.getMessage();
            boolean sound = line.contains(file.getFileName().toString())
                    && line.length() <= MAX_LINE
                    && !CONTROL.matcher(line).find();
            if (!sound) {
                return new AssertionError("says " + line, e);
            }
        } catch (Throwable e) {
            StackTraceElement[] trace = e.getStackTrace();
            return new AssertionError("ends with " + e + " at " + (trace.length == 0 ? "?" : trace[0]), e);
        }
        long nanos = System.nanoTime() - start;
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        if (nanos > MAX_NANOS) {
            return new AssertionError("takes " + nanos / 1_000_000 + " ms");
        }
        if (allocated > justified) {
            return new AssertionError("takes " + (allocated >> 10) + " KiB for " + bytes.length + " bytes");
        }
        return null;
    }
}
