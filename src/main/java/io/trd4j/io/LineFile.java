package io.trd4j.io;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A text file that is written line by line, UTF-8. One that is begun anew is there when it is committed, or never. */
public final class LineFile implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    /** Null for a file that goes on. */
    private final FileSet anew;

    private final OutputLock lock;

    private LineFile(Path file, FileChannel channel, FileSet anew, OutputLock lock) {
        this.file = file;
        this.channel = channel;
        this.anew = anew;
        this.lock = lock;
    }

    /** Takes the lines that a file has already. */
    @FunctionalInterface
    public interface Reading {
        /**
         * Takes one line.
         *
         * @param number from 1 on
         * @param line without its line feed
         * @param whole whether it has one: a last line without is the rest of a run that was killed, and is removed
         * @throws InputException when it does not belong into the file, which then stays as it is
         */
        void line(long number, String line, boolean whole);
    }

    /**
     * Begins a file anew. Until {@link #commit} it has a temporary name, and the one that it replaces stays. One run at
     * a time has it.
     *
     * @throws InputException when it is a folder or no regular file, or another run has it
     * @throws IOException when it cannot be written; the message names it
     */
    public static LineFile replacing(Path file) throws IOException {
        Writable.requireFile(file);
        OutputLock lock = OutputLock.of(file);
        FileSet set = new FileSet();
        try {
            return new LineFile(file, set.open(file), set, lock);
        } catch (IOException | RuntimeException e) {
            set.close();
            lock.close();
            throw e;
        }
    }

    /**
     * Goes on with a file, or begins it: lines are in it as soon as they are written. One run at a time has it.
     *
     * @param reading takes the lines that are there
     * @throws InputException when it is a folder or no regular file, another run has it, or the reader refuses a line
     * @throws IOException when it cannot be read or written; the message names it
     */
    public static LineFile appending(Path file, Reading reading) throws IOException {
        Writable.requireFile(file);
        OutputLock lock = OutputLock.of(file);
        try {
            FileChannel channel = openExisting(file);
            try {
                long whole = read(channel, reading);
                channel.truncate(whole);
                channel.position(whole);
                return new LineFile(file, channel, null, lock);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static FileChannel openExisting(Path file) throws IOException {
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (AccessDeniedException e) {
            throw e;
        } catch (FileSystemException e) {
            throw new IOException(FileSet.cannot(file, e.getReason()), e);
        }
    }

    /** Returns how many bytes the whole lines have. */
    private static long read(FileChannel channel, Reading reading) throws IOException {
        long end = endOfLines(channel);
        boolean rest = end < channel.size();
        channel.position(0);
        // Not closed: the channel is written to afterwards.
        Reader text = new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8);
        BufferedReader lines = new BufferedReader(text);
        long number = 0;
        String line = lines.readLine();
        while (line != null) {
            String next = lines.readLine();
            reading.line(++number, line, next != null || !rest);
            line = next;
        }
        return end;
    }

    /** Behind the last line feed. */
    private static long endOfLines(FileChannel channel) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate(1 << 16);
        long end = channel.size();
        while (end > 0) {
            long start = Math.max(0, end - piece.capacity());
            piece.clear().limit((int) (end - start));
            while (piece.hasRemaining() && channel.read(piece, start + piece.position()) >= 0) {
                // Until the piece is full.
            }
            for (int i = piece.position() - 1; i >= 0; i--) {
                if (piece.get(i) == '\n') {
                    return start + i + 1;
                }
            }
            end = start;
        }
        return 0;
    }

    /**
     * Writes one line, in one piece.
     *
     * @param line with its line feed
     * @throws IOException when it cannot be written; the message names the file
     */
    public void append(byte[] line) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(line);
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw new IOException(FileSet.cannot(file, e.getMessage()), e);
        }
    }

    /** Says that all lines are written: from now on, a file that was begun anew is there. */
    public void commit() throws IOException {
        channel.force(true);
        if (anew != null) {
            anew.commit();
        }
        channel.close();
    }

    /** Closes the file; one that was begun anew and not committed is removed. Idempotent. */
    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            if (anew != null) {
                anew.close();
            }
            lock.close();
        }
    }
}
