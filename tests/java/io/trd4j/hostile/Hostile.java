package io.trd4j.hostile;

import io.trd4j.Soak;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * Gives a reader changed files, which {@link Oracle} judges. A long run: {@code -Dtrd.hostile=100000} files per reader,
 * {@code -Dtrd.hostile.seed=2} others. Files that a reader failed on are kept in {@code target/hostile}.
 */
public final class Hostile {
    private static final int FILES = Integer.getInteger("trd.hostile", 300);
    private static final long SEED = Long.getLong("trd.hostile.seed", 1);
    private static final Path KEPT = Path.of("target/hostile");
    private static final int MAX_FAILURES = 10;

    private final HostileReader reader;
    private final Oracle oracle;
    private final List<String> failures = new ArrayList<>();

    private Hostile(HostileReader reader, Path folder) throws IOException {
        this.reader = reader;
        this.oracle = new Oracle(reader, folder);
    }

    /** Checks a reader: it must read the sound files, and refuse at least one that was changed. */
    public static void check(HostileReader reader, Path folder) throws IOException {
        Hostile hostile = new Hostile(reader, folder);
        for (byte[] seed : reader.seeds()) {
            hostile.oracle.sound(seed);
        }
        hostile.run();
    }

    /**
     * A repair of safetensors files: the header's length.
     *
     * @param seed a sound file, with as many bytes behind the header
     */
    public static UnaryOperator<byte[]> header(byte[] seed) {
        long data = seed.length
                - 8
                - ByteBuffer.wrap(seed).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return bytes -> {
            long length = bytes.length - 8 - data;
            if (length > 0) {
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
            }
            return bytes;
        };
    }

    private void run() throws IOException {
        AtomicLong begun = new AtomicLong(System.nanoTime());
        Thread worker = new Thread(() -> {
            for (int i = 0; i < FILES && failures.size() < MAX_FAILURES; i++) {
                Random random = new Random(SEED * 1_000_003 + i);
                byte[] bytes = new Mutations(random, reader.seeds()).next();
                bytes = random.nextBoolean() ? reader.repair().apply(bytes) : bytes;
                begun.set(System.nanoTime());
                AssertionError fault = oracle.fault(bytes);
                if (fault != null) {
                    failed(i, bytes, fault.getMessage());
                }
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
            if (worker.isAlive() && System.nanoTime() - begun.get() > 6 * Oracle.MAX_NANOS) {
                Path kept =
                        Files.copy(oracle.file(), Files.createDirectories(KEPT).resolve(reader.name() + "-hangs"));
                throw new AssertionError(kept + " is still read after a minute");
            }
        }
        Soak.row(reader.name() + ", changed files", FILES, failures.size());
        require(failures.isEmpty(), String.join("\n", failures));
        System.out.println(reader.name() + ": " + FILES + " files, " + oracle.refused() + " refused");
        require(oracle.refused() > 0, reader.name() + ": no file is refused");
    }

    /** Also where there is no JUnit. */
    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }

    private void failed(int number, byte[] bytes, String what) {
        try {
            Path kept = Files.write(
                    Files.createDirectories(KEPT).resolve(reader.name() + "-" + SEED + "-" + number), bytes);
            failures.add(kept + " " + what);
        } catch (IOException e) {
            failures.add(reader.name() + " " + number + " " + what + " (not kept: " + e + ")");
        }
    }
}
