package io.trd4j.io;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A file that was hashed when it was opened, and of which every later read gives the bytes that were hashed, or fails.
 * For each piece of {@value #PIECE} bytes its SHA-256 is kept; a read brings whole pieces through the same open
 * channel, into memory of its own, and compares them before it hands anything out; the last piece is kept. So neither a
 * file that is put in the place of this one nor bytes that are written into it afterwards are ever taken for the hashed
 * ones.
 *
 * <p>Opening hashes every byte twice, and reading once more: about a millisecond per megabyte each time.
 */
public final class HashedFile implements FileBytes {
    private static final int PIECE = 1 << 16;

    private final Path path;
    private final FileChannel channel;
    private final long size;
    private final String sha256;
    /** SHA-256 of the pieces, one after the other. */
    private final byte[] pieces;

    /** As it was verified, from 0 to the limit of its content; nobody changes it. */
    private record Piece(int index, ByteBuffer content) {}

    /** Of the last read; null before the first. */
    private volatile Piece latest;

    private HashedFile(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        size = channel.size();
        Sha256 whole = new Sha256();
        Sha256 piece = new Sha256();
        ByteArrayOutputStream hashes = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(PIECE);
        for (long position = 0; position < size; position += PIECE) {
            fill(position, buffer);
            whole.add(buffer.duplicate());
            hashes.writeBytes(piece.add(buffer).bytes());
        }
        sha256 = whole.hex();
        pieces = hashes.toByteArray();
    }

    /**
     * Opens a file and hashes all of it.
     *
     * @throws InputException when it is a folder, or changes meanwhile
     * @throws IOException when it cannot be read
     */
    public static HashedFile open(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new InputException(file + " is a folder; give the name of a file");
        }
        FileChannel channel = Readable.channel(file);
        try {
            return new HashedFile(file, channel);
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public Path path() {
        return path;
    }

    /** Bytes that were hashed. */
    @Override
    public long size() {
        return size;
    }

    /** Of the whole file, 64 hexadecimal digits. */
    public String sha256() {
        return sha256;
    }

    /** @throws InputException when the file is no longer the one that was hashed */
    @Override
    public void read(long position, ByteBuffer target) throws IOException {
        if (target.remaining() > size - position) {
            throw new EOFException("the file ended while it was read");
        }
        while (target.hasRemaining()) {
            int from = (int) (position % PIECE);
            ByteBuffer piece = verified(Math.toIntExact(position / PIECE));
            int count = Math.min(piece.limit() - from, target.remaining());
            target.put(piece.array(), from, count);
            position += count;
        }
    }

    /** Bytes in memory of its own, which nobody else changes: those who read a little at a time need no second hash. */
    private ByteBuffer verified(int index) throws IOException {
        Piece last = latest;
        if (last != null && last.index == index) {
            return last.content;
        }
        // Another one each time: threads may read at once.
        ByteBuffer content = ByteBuffer.allocate(PIECE);
        fill((long) index * PIECE, content);
        byte[] found = new Sha256().add(content.duplicate()).bytes();
        if (!Arrays.equals(found, 0, found.length, pieces, index * found.length, (index + 1) * found.length)) {
            throw changed();
        }
        latest = new Piece(index, content);
        return content;
    }

    /** Reads the piece that begins there; the buffer then holds it, from 0 to its limit. */
    private void fill(long position, ByteBuffer piece) throws IOException {
        piece.clear().limit((int) Math.min(PIECE, size - position));
        while (piece.hasRemaining()) {
            if (channel.read(piece, position + piece.position()) < 0) {
                throw changed();
            }
        }
        piece.flip();
    }

    private InputException changed() {
        return new InputException(path + " was changed while it was read; wait until nobody writes it, then try again");
    }

    /** Idempotent. */
    @Override
    public void close() throws IOException {
        latest = null;
        channel.close();
    }
}
