package io.trd4j.jni;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one process at a time unpack libraries into JavaCPP's cache and load them: another one would load half a library
 * and die of it. The operating system forgets the lock of a process that ends; that it ended before all was unpacked is
 * seen by its file: it begins with a 1 when all was.
 */
final class CacheLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CacheLock.class);
    private static final Duration SAY_AFTER = Duration.ofSeconds(10);
    private static final Duration GIVE_UP_AFTER = Duration.ofMinutes(5);
    private static final long PAUSE_MILLIS = 50;
    private static final char COMPLETE = '1';
    /** Stands before the id of the process that holds the lock. */
    private static final char HOLDER = 'p';

    private static final int MAX_HOLDER_BYTES = 32;

    /** Null where the file system has no locks. */
    private final FileChannel channel;
    /** Null where there is no folder to lock. */
    private final String property;

    private final boolean complete;

    private CacheLock(FileChannel channel, String property, boolean complete) {
        this.channel = channel;
        this.property = property;
        this.complete = complete;
    }

    /**
     * Waits while another process has it, or another class loader of this one, for five minutes.
     *
     * @param cache the folder, which exists
     * @throws NativeException when the other one does not end
     */
    static CacheLock take(Path cache) {
        return take(cache, SAY_AFTER, GIVE_UP_AFTER);
    }

    static CacheLock take(Path cache, Duration sayAfter, Duration giveUpAfter) {
        Path file = cache.resolve(".trd4j.lock");
        Waiting waiting = new Waiting(file, sayAfter, giveUpAfter);
        // To close a file gives up the locks that the whole process has on it, those of another class loader's among
        // them. So these keep each other from opening it, by the one thing that all of them see.
        String property = "io.trd4j.lock." + cache.toAbsolutePath().normalize();
        while (System.getProperties().putIfAbsent(property, "taken") != null) {
            waiting.pause("another class loader of this process");
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            while (!isLocked(channel)) {
                waiting.pause(holder(channel));
            }
            boolean complete = start(channel).startsWith("" + COMPLETE);
            channel.truncate(0);
            sayWhoHolds(channel);
            return new CacheLock(channel, property, complete);
        } catch (IOException e) {
            LOG.debug("libraries are unpacked without a lock: {}", e.toString());
            close(channel);
            return new CacheLock(null, property, true);
        } catch (RuntimeException e) {
            close(channel);
            System.getProperties().remove(property);
            throw e;
        }
    }

    /** Where there is no folder to lock. */
    static CacheLock none() {
        return new CacheLock(null, null, true);
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // somebody else's, in this process
        }
    }

    private static String start(FileChannel channel) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(MAX_HOLDER_BYTES);
        channel.read(start, 0);
        return new String(start.array(), 0, start.position(), StandardCharsets.US_ASCII);
    }

    private static void write(FileChannel channel, String text) throws IOException {
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
    }

    private static void sayWhoHolds(FileChannel channel) {
        try {
            write(channel, HOLDER + "" + ProcessHandle.current().pid());
        } catch (IOException e) {
            LOG.debug("others will not know who holds the lock: {}", e.toString());
        }
    }

    /** In words. */
    private static String holder(FileChannel channel) {
        try {
            String start = start(channel);
            return start.matches(HOLDER + "\\d+") ? "process " + start.substring(1) : "another process";
        } catch (IOException e) {
            return "another process"; // on Windows nobody else reads what is locked
        }
    }

    /** For one lock. */
    private static final class Waiting {
        private final Path file;
        private final long sayAfter;
        private final Duration giveUpAfter;
        private final long start = System.nanoTime();
        private boolean said;

        Waiting(Path file, Duration sayAfter, Duration giveUpAfter) {
            this.file = file;
            this.sayAfter = sayAfter.toNanos();
            this.giveUpAfter = giveUpAfter;
        }

        void pause(String holder) {
            long nanos = System.nanoTime() - start;
            if (nanos > giveUpAfter.toNanos()) {
                throw new NativeException(
                        "native libraries cannot be unpacked: " + holder + " has held " + file + " for "
                                + giveUpAfter.toSeconds() + " s; end it, or name another folder with -D"
                                + NativeLibraries.CACHE_PROPERTY + "=FOLDER",
                        new TimeoutException());
            }
            if (nanos > sayAfter && !said) {
                said = true;
                LOG.warn("waiting for {}, which unpacks native libraries and holds {}", holder, file);
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new NativeException("the wait for " + holder + ", which holds " + file + ", was interrupted", e);
            }
        }
    }

    /** Whether nobody left a half in the folder; also when that cannot be known. */
    boolean complete() {
        return complete;
    }

    /** All that was wanted is unpacked. */
    void succeeded() {
        if (channel != null) {
            try {
                channel.truncate(0);
                write(channel, "" + COMPLETE);
            } catch (IOException e) {
                LOG.debug("the next process will look at all libraries: {}", e.toString());
            }
        }
    }

    @Override
    public void close() {
        close(channel);
        if (property != null) {
            System.getProperties().remove(property);
        }
    }

    private static void close(FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                LOG.debug("a lock was not closed: {}", e.toString());
            }
        }
    }
}
