package io.trd4j.model.tensorfile;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Positional reads and whole writes on a channel, in pieces: a heap buffer would else cost a direct one of its size.
 */
public final class ChannelIo {
    private static final int PIECE = 1 << 20;

    private ChannelIo() {}

    /**
     * Fills the buffer from its position to its limit with the file's bytes from {@code position} on.
     *
     * @throws EOFException when the file ends before
     */
    public static void read(FileChannel channel, long position, ByteBuffer target) throws IOException {
        int end = target.limit();
        try {
            while (target.position() < end) {
                target.limit(Math.min(end, target.position() + PIECE));
                int count = channel.read(target, position);
                if (count < 0) {
                    throw new EOFException("the file ended while it was read");
                }
                position += count;
            }
        } finally {
            target.limit(end);
        }
    }

    static void write(FileChannel channel, ByteBuffer source) throws IOException {
        int end = source.limit();
        try {
            while (source.position() < end) {
                source.limit(Math.min(end, source.position() + PIECE));
                channel.write(source);
            }
        } finally {
            source.limit(end);
        }
    }
}
