package io.trd4j.hostile;

import com.sun.management.ThreadMXBean;
import io.trd4j.Soak;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Gives a reader changed files, and checks what each of them ends with: a result, or one line that names the file; in
 * seconds, and in memory that the file and its result justify. A long run: {@code -Dtrd.hostile=100000} files per
 * reader, {@code -Dtrd.hostile.seed=2} others. Files that a reader failed on are kept in {@code target/hostile}.
 */
public final class Hostile {
    private static final int FILES = Integer.getInteger("trd.hostile", 300);
    private static final long SEED = Long.getLong("trd.hostile.seed", 1);
    private static final Path KEPT = Path.of("target/hostile");
    private static final long MAX_NANOS = 10_000_000_000L;
    private static final long FREE_BYTES = 64 << 20;
    private static final int RESULT_SHARE = 8;
    private static final int MAX_LINE = 2000;
    private static final int MAX_FAILURES = 10;
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\u2028\\u2029]");
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Reads a file to its end. */
    @FunctionalInterface
    public interface Reader {
        /** @return bytes that the result takes */
        long read(Path file) throws IOException;
    }

    private final String name;
    private final Path file;
    private final Reader reader;
    private final List<String> failures = new ArrayList<>();
    private int refused;

    private Hostile(String name, Path file, Reader reader) {
        this.name = name;
        this.file = file;
        this.reader = reader;
    }

    /**
     * Checks a reader: it must read the sound files, and refuse at least one that was changed.
     *
     * @param file is written over and over; its name tells the kind
     * @param seeds sound files
     * @param repair makes checksums right again, so that what lies behind them is reached; half of the files are given
     *     to it
     */
    public static void check(Path file, List<byte[]> seeds, UnaryOperator<byte[]> repair, Reader reader)
            throws IOException {
        Hostile hostile = new Hostile(file.getFileName().toString(), file, reader);
        for (int i = 0; i < seeds.size(); i++) {
            Files.write(file, seeds.get(i));
            reader.read(file);
        }
        hostile.run(seeds, repair);
    }

    /**
     * A repair of safetensors files: the header's length.
     *
     * @param dataBytes behind the header
     */
    public static UnaryOperator<byte[]> header(long dataBytes) {
        return bytes -> {
            long length = bytes.length - 8 - dataBytes;
            if (length > 0) {
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
            }
            return bytes;
        };
    }

    private void run(List<byte[]> seeds, UnaryOperator<byte[]> repair) throws IOException {
        AtomicLong begun = new AtomicLong(System.nanoTime());
        Thread worker = new Thread(() -> {
            for (int i = 0; i < FILES && failures.size() < MAX_FAILURES; i++) {
                Random random = new Random(SEED * 1_000_003 + i);
                byte[] bytes = new Mutations(random, seeds).next();
                bytes = random.nextBoolean() ? repair.apply(bytes) : bytes;
                begun.set(System.nanoTime());
                one(i, bytes);
            }
        });
        worker.setDaemon(true);
        worker.start();
        while (worker.isAlive()) {
            try {
                worker.join(1000);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            if (worker.isAlive() && System.nanoTime() - begun.get() > 6 * MAX_NANOS) {
                Path kept = Files.copy(file, Files.createDirectories(KEPT).resolve(name + "-hangs"));
                throw new AssertionError(kept + " is still read after a minute");
            }
        }
        Soak.row(name + ", changed files", FILES, failures.size());
        require(failures.isEmpty(), String.join("\n", failures));
        System.out.println(name + ": " + FILES + " files, " + refused + " refused");
        require(refused > 0, name + ": no file is refused");
    }

    /** Also where there is no JUnit. */
    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }

    private void one(int number, byte[] bytes) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        long justified = 2L * bytes.length + FREE_BYTES;
        try {
            Files.write(file, bytes);
            justified += RESULT_SHARE * reader.read(file);
        } catch (InputException e) {
            refused++;
            String line = e.getMessage();
            boolean sound = line.contains(file.getFileName().toString())
                    && line.length() <= MAX_LINE
                    && !CONTROL.matcher(line).find();
            if (!sound) {
                failed(number, bytes, "says " + line);
            }
        } catch (Throwable e) {
            StackTraceElement[] trace = e.getStackTrace();
            failed(number, bytes, "ends with " + e + " at " + (trace.length == 0 ? "?" : trace[0]));
        }
        long nanos = System.nanoTime() - start;
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        if (nanos > MAX_NANOS) {
            failed(number, bytes, "takes " + nanos / 1_000_000 + " ms");
        }
        if (allocated > justified) {
            failed(number, bytes, "takes " + (allocated >> 10) + " KiB for " + bytes.length + " bytes");
        }
    }

    private void failed(int number, byte[] bytes, String what) {
        try {
            Path kept = Files.write(Files.createDirectories(KEPT).resolve(name + "-" + SEED + "-" + number), bytes);
            failures.add(kept + " " + what);
        } catch (IOException e) {
            failures.add(name + " " + number + " " + what + " (not kept: " + e + ")");
        }
    }
}
