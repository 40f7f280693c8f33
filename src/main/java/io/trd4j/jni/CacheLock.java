package io.trd4j.jni;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one process at a time unpack libraries into JavaCPP's cache and load them: another one would load half a library
 * and die of it. The operating system forgets the lock of a process that ends; that it ended before all was unpacked is
 * seen by its file, which is empty then.
 */
final class CacheLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CacheLock.class);

    /** Null where the file system has no locks, or another class loader of this process has this one. */
    private final FileChannel channel;

    private final boolean complete;

    private CacheLock(FileChannel channel, boolean complete) {
        this.channel = channel;
        this.complete = complete;
    }

    /** Waits while another process has it. @param cache the folder, which exists */
    static CacheLock take(Path cache) {
        FileChannel channel = null;
        try {
            channel =
                    FileChannel.open(cache.resolve(".trd4j.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.lock();
            boolean complete = channel.size() > 0;
            channel.truncate(0);
            return new CacheLock(channel, complete);
        } catch (IOException | OverlappingFileLockException e) {
            LOG.debug("libraries are unpacked without a lock: {}", e.toString());
            close(channel);
            return none();
        }
    }

    /** Where there is no folder to lock. */
    static CacheLock none() {
        return new CacheLock(null, true);
    }

    /** Whether nobody left a half in the folder; also when that cannot be known. */
    boolean complete() {
        return complete;
    }

    /** All that was wanted is unpacked. */
    void succeeded() {
        if (channel != null) {
            try {
                channel.write(ByteBuffer.wrap(new byte[] {'1'}), 0);
            } catch (IOException e) {
                LOG.debug("the next process will look at all libraries: {}", e.toString());
            }
        }
    }

    @Override
    public void close() {
        close(channel);
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
