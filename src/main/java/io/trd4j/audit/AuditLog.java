package io.trd4j.audit;

import io.trd4j.audit.AuditChain.Tail;
import io.trd4j.data.Part;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.io.InputException;
import io.trd4j.io.Json;
import io.trd4j.io.OneLine;
import io.trd4j.io.OutputLock;
import io.trd4j.io.Writable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;

/**
 * Appends a line of JSON per inspected part to a file (its fields: {@code src/docs/files.md}), and never changes what
 * is there. Each line is one write at the end of the file, and reaches the disk before the call returns, unless that is
 * switched off. Each has the SHA-256 of the line before, so that {@link AuditCheck} finds what was changed or removed.
 *
 * <p>One log at a time writes a file; the threads of several inspectors may share it. Inspection itself knows nothing
 * of it: whoever inspects records.
 */
public final class AuditLog implements AutoCloseable {
    /** As it was given, for messages. */
    private final Path file;
    /** The same, or the file behind a link: it is written, and is to be locked. */
    private final Path target;

    private final boolean sync;
    private final OutputLock lock;
    /** Null before the first line. */
    private FileChannel channel;
    /** Null when it must be read: a line may have been written in part. */
    private Tail tail;

    private AuditLog(Path file, Path target, boolean sync, OutputLock lock) {
        this.file = file;
        this.target = target;
        this.sync = sync;
        this.lock = lock;
    }

    /** Every line is forced to the disk. @throws InputException as the other {@code open} */
    public static AuditLog open(Path file) throws IOException {
        return open(file, true);
    }

    /**
     * Goes on with a record, or begins one; a new file appears with its first line. Where the last line has no line
     * feed, because its writer was killed, the next line begins on one of its own.
     *
     * @param sync whether each line is forced to the disk; without it, lines of the last seconds are lost when the
     *     machine loses power, none when the process is killed
     * @throws InputException when another log writes the file, in this process or another, the file is no audit record,
     *     or cannot be written
     * @throws IOException when it cannot be read
     */
    public static AuditLog open(Path file, boolean sync) throws IOException {
        Writable.requireFile(file);
        Path target = Files.exists(file) ? file.toRealPath() : file;
        AuditLog log = new AuditLog(file, target, sync, OutputLock.of(target));
        try {
            if (Files.exists(target)) {
                log.begin();
            }
            return log;
        } catch (IOException | RuntimeException | Error e) {
            log.close();
            throw e;
        }
    }

    /**
     * Records a part in memory that was inspected just now, before its memory changes.
     *
     * @throws IOException as {@link #inspected(Instant, String, InputHashes, Inspector, Inspection)}
     */
    public void inspected(Part part, Inspector inspector, Inspection result) throws IOException {
        Instant began = Instant.now().minusNanos(result.elapsedNanos());
        inspected(began, part.id(), InputHashes.of(part), inspector, result);
    }

    /**
     * Records an inspected part.
     *
     * @param time when its inspection began
     * @param part its id
     * @param inspector that inspected it; without trusted keys, the first line waits for the model's checksum
     * @param result of this inspector, not yet filled again
     * @throws IOException when the line cannot be written, in one line that names the part; what was recorded stays,
     *     and the next call goes on behind it
     * @throws InputException when the line would have more than 1 MiB, because the part's name has
     * @throws IllegalStateException after {@link #close}
     */
    public void inspected(Instant time, String part, InputHashes inputs, Inspector inspector, Inspection result)
            throws IOException {
        append(part, AuditLine.inspected(time, part, inputs, inspector, result));
    }

    /**
     * Records a part without a verdict: it could not be read, or not be inspected.
     *
     * @param why one line for people
     * @throws IOException as {@link #inspected(Instant, String, InputHashes, Inspector, Inspection)}
     */
    public void refused(Instant time, String part, InputHashes inputs, Inspector inspector, String why)
            throws IOException {
        append(part, AuditLine.refused(time, part, inputs, inspector, why));
    }

    private synchronized void append(String part, Map<String, Object> content) throws IOException {
        if (lock.isClosed()) {
            throw new IllegalStateException("the audit record " + file + " is closed");
        }
        try {
            if (channel == null || tail == null) {
                begin();
            }
            String line = AuditChain.start(tail.last()) + Json.text(content).substring(1);
            byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
            if (bytes.length > AuditChain.MAX_LINE) {
                throw new InputException("the audit record " + file + " has no line of part " + OneLine.start(part)
                        + ": it would have " + bytes.length + " bytes, more than " + AuditChain.MAX_LINE
                        + "; give the part a shorter name");
            }
            ByteBuffer whole = ByteBuffer.allocate(bytes.length + 2);
            if (tail.cutOff()) {
                whole.put((byte) '\n');
            }
            whole.put(bytes).put((byte) '\n').flip();
            tail = null;
            // One write, of which a full disk may take a part; the next one says so.
            while (whole.hasRemaining()) {
                channel.write(whole);
            }
            if (sync) {
                channel.force(false);
            }
            tail = new Tail(AuditChain.hash(bytes), false);
        } catch (IOException e) {
            throw new IOException(
                    file + " cannot be written: " + reason(e) + "; make room on the disk or choose another place: "
                            + "the audit record has no line of part " + part,
                    e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof FileSystemException system && system.getReason() != null
                ? system.getReason()
                : e instanceof FileSystemException ? "it cannot be opened" : e.getMessage();
    }

    private void begin() throws IOException {
        if (channel == null) {
            channel = FileChannel.open(
                    target, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        }
        try (SeekableByteChannel end = Files.newByteChannel(target)) {
            tail = AuditChain.tail(file, end);
        }
    }

    /** Lets others write the file. Idempotent. */
    @Override
    public synchronized void close() throws IOException {
        try {
            if (channel != null) {
                channel.close();
            }
        } finally {
            lock.close();
        }
    }
}
